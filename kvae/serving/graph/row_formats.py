"""How rows travel: as numbers, as PNG files, as serialized tf.Examples.

A format names the tensors that hold rows, reads the rows of the model out of them,
and writes rows into them. Every signature works with every format.
"""

import math

import tensorflow as tf

from kvae.serving.graph import guards

_HOLES = {tf.string: "", tf.float64: math.nan}
_PIXELS_AT_MOST = 2**24  # of a PNG file, before it is decoded


class ArrayRows:
    """Rows as the model has them: one float32 tensor `x` (B, ...).

    Args:
        element_shape: shape of one row.
        support: (low, high), between which values lie; infinite where they may be any.
    """

    suffix, label = "", None

    def __init__(self, element_shape, support):
        self.shape, self.limits = (None, *element_shape), support
        self.specs = {"x": tf.TensorSpec(self.shape, tf.float32)}

    def read(self, who, tensors):
        """Returns rows of the model, float32 (B, ...), checked."""
        return guards.checked(
            who,
            "x",
            tensors["x"],
            shape=self.shape,
            low=self.limits[0],
            high=self.limits[1],
        )

    def write(self, x):
        """Returns the dict of tensors that hold these rows."""
        return {"x": x}

    def request(self, x):
        """Returns the same tensors as a request holds them, for given rows."""
        return self.write(x)


class PngRows:
    """Images as PNG files: one string tensor `image_bytes` (B,).

    Args:
        element_shape: (H, W, C), with 1, 3 or 4 channels; values lie in [0, 1].
    """

    suffix, label = "_png", None
    specs = {"image_bytes": tf.TensorSpec([None], tf.string)}

    def __init__(self, element_shape):
        self.element_shape = tuple(element_shape)
        images = tf.TensorSpec([None, *element_shape], tf.float32)
        files = self.specs["image_bytes"]
        self._decode = tf.function(self._images, [files], autograph=False)
        self._encode = tf.function(self._files, [images], autograph=False)

    def read(self, who, tensors):
        """Returns images, float32 (B, H, W, C) in [0, 1]."""
        files = guards.checked(
            who, "image_bytes", tensors["image_bytes"], shape=(None,)
        )
        return self._decode(files)

    def write(self, x):
        """Returns the images as PNG files of 8 bits."""
        return {"image_bytes": self._encode(x)}

    def _images(self, files):
        height, width, channels = self.element_shape

        def image(file):
            with tf.control_dependencies([_stop_unless_small_png(file)]):
                pixels = tf.io.decode_png(file, channels)
            size = tf.shape(pixels)[:2]
            fits = tf.reduce_all(tf.equal(size, [height, width]))
            message = f"image_bytes: expected {height} x {width} pixels. Received:"
            with tf.control_dependencies([guards.stop_unless(fits, message, size)]):
                pixels = tf.reshape(pixels, self.element_shape)
            return tf.cast(pixels, tf.float32) / 255.0

        spec = tf.TensorSpec(self.element_shape, tf.float32)
        return tf.map_fn(image, files, fn_output_signature=spec)

    def _files(self, x):
        pixels = tf.cast(tf.round(255.0 * tf.clip_by_value(x, 0.0, 1.0)), tf.uint8)
        spec = tf.TensorSpec([], tf.string)
        return tf.map_fn(tf.io.encode_png, pixels, fn_output_signature=spec)

    def request(self, x):
        """Returns the same tensors as a request holds them, for given rows."""
        return self.write(x)


class ExampleRows:
    """Rows as serialized tf.Examples, as TFX sends them: `examples`, string (B,).

    Each example holds one feature for each tensor of another format. What is written
    is written in that other format.

    Args:
        rows: the other format: ArrayRows, PngRows or TableRows.
        label: optional str, a feature more, which names the class of each row: where a
            model has to be told it, as in training, there is no input beside it.
    """

    suffix = "_examples"
    specs = {"examples": tf.TensorSpec([None], tf.string)}

    def __init__(self, rows, label=None):
        self.rows, self.label = rows, label

    def read_classes(self, who, tensors, class_names):
        """Returns int32 (B,), the class in the label of each example, checked."""
        examples = guards.checked(who, "examples", tensors["examples"], shape=(None,))
        feature = tf.io.FixedLenFeature([], tf.string, "")
        names = tf.io.parse_example(examples, {self.label: feature})[self.label]
        return guards.checked_class(
            who, self.label, names, class_names=class_names, shape=(None,)
        )

    def read(self, who, tensors):
        """Returns rows of the model, float32 (B, ...), checked."""
        examples = guards.checked(who, "examples", tensors["examples"], shape=(None,))
        features = {
            name: tf.io.FixedLenFeature(
                spec.shape[1:],
                # tf.Examples know no float64; an absent feature of a table is a hole.
                tf.string if spec.dtype == tf.string else tf.float32,
                None if len(spec.shape) > 1 else _HOLES[spec.dtype],
            )
            for name, spec in self.rows.specs.items()
        }
        parsed = tf.io.parse_example(examples, features)
        columns = {
            name: value if value.dtype == tf.string else tf.cast(value, spec.dtype)
            for (name, spec), value in zip(
                self.rows.specs.items(),
                [parsed[name] for name in self.rows.specs],
                strict=True,
            )
        }
        return self.rows.read(who, columns)

    def write(self, x):
        """Returns the tensors of the other format."""
        return self.rows.write(x)

    def request(self, x, classes=None):
        """Returns the same tensors as a request holds them, for given rows.

        Args:
            x: float32 tensor (B, ...).
            classes: B class names, where there is a label.
        """
        tensors = dict(self.rows.request(x))
        if self.label is not None:
            tensors[self.label] = tf.constant(classes, tf.string)
        columns = {name: tensor.numpy() for name, tensor in tensors.items()}
        examples = [
            _example({name: column[i] for name, column in columns.items()})
            for i in range(len(x))
        ]
        return {"examples": tf.constant(examples, tf.string)}


def _stop_unless_small_png(file):
    """A file of a few bytes can claim a billion pixels: its header is read first."""
    header = tf.strings.substr(file, 0, 24)
    is_png = tf.equal(tf.strings.substr(header, 0, 8), b"\x89PNG\r\n\x1a\n")
    is_png &= tf.equal(tf.strings.length(header), 24)
    # Of a file that is too short, any 24 bytes do: it is refused by its signature.
    sized = tf.strings.substr(tf.strings.join([header, b"\0" * 24]), 0, 24)
    numbers = tf.cast(tf.io.decode_raw(sized, tf.uint8), tf.int64)
    width, height = (
        tf.reduce_sum(numbers[start : start + 4] * [2**24, 2**16, 2**8, 1])
        for start in (16, 20)
    )
    small = (width * height <= _PIXELS_AT_MOST) & (width > 0) & (height > 0)
    return guards.stop_unless(
        is_png & small,
        "image_bytes: expected PNG files of a sane size. Received: a PNG signature:",
        is_png,
        "width, height:",
        tf.stack([width, height]),
    )


def _example(features):
    def feature(value):
        if isinstance(value, bytes):
            return tf.train.Feature(bytes_list=tf.train.BytesList(value=[value]))
        numbers = value.reshape(-1).tolist()
        return tf.train.Feature(float_list=tf.train.FloatList(value=numbers))

    named = {name: feature(value) for name, value in features.items()}
    return tf.train.Example(
        features=tf.train.Features(feature=named)
    ).SerializeToString()
