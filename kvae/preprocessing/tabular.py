"""Keras layers between a dict of columns and the inputs of a network.

They run in graphs, strings included, and so can be part of an exported model.
"""

import keras
import numpy as np
from keras import ops

from kvae.preprocessing.encodings import Encoding
from kvae.preprocessing.numbers import number_behind, number_inputs


class _Tabular(keras.layers.Layer):
    """What both directions share: the encodings, and their config."""

    def __init__(self, encodings, **kwargs):
        # Keras would cast float64 columns to float32 on their way in.
        super().__init__(autocast=False, **kwargs)
        self.encodings = tuple(
            encoding
            if isinstance(encoding, Encoding)
            else Encoding.from_config(encoding)
            for encoding in encodings
        )
        schema, start = [], 0
        for encoding in self.encodings:
            schema.append(encoding.attribute(start))
            start = schema[-1].span[1]
        self.schema, self.width = tuple(schema), start

    def build(self, input_shape=None):
        """Does nothing: there are no weights to make."""

    def get_config(self):
        """Returns the encodings."""
        return {
            **super().get_config(),
            "encodings": [encoding.get_config() for encoding in self.encodings],
        }


@keras.saving.register_keras_serializable(package="kvae")
class ToInputs(_Tabular):
    """Columns to inputs: dict of tensors (B,) -> float tensor (B, F).

    A hole has 0 in all inputs of its column, and 1 in its flag, where training rows
    had holes. A level that no training row had counts as a hole.

    Args:
        encodings: list of Encoding, or of their configs.

    Call arguments:
        columns: dict {key: float tensor (B,), NaN for holes; or string tensor (B,), ""
            for holes}.

    Returns:
        Float32 tensor (B, F).

    Example:
        >>> layer = ToInputs([Encoding("colour", "nominal", levels=("r", "g", "b"))])
        >>> layer({"colour": np.array(["g", "b"])}).numpy().tolist()
        [[0.0, 1.0, 0.0], [0.0, 0.0, 1.0]]
    """

    def __init__(self, encodings, **kwargs):
        super().__init__(encodings, **kwargs)
        self._places = _lookup(self.encodings)

    def call(self, columns):
        """Returns the inputs."""
        absent = [e.key for e in self.encodings if e.key not in columns]
        if absent:
            raise ValueError(
                f"{self.name} expects a tensor for each column. Absent: {absent}."
            )
        parts = []
        for i, encoding in enumerate(self.encodings):
            parts += self._inputs(i, encoding, columns[encoding.key])
        return ops.concatenate(parts, axis=-1)

    def compute_output_shape(self, columns_shape):
        """Returns (B, F)."""
        return (next(iter(columns_shape.values()))[0], self.width)

    def _inputs(self, i, encoding, column):
        """Returns a list of tensors (B, ...): the values, and the flag."""
        if encoding.levels is not None:
            number = self._places.lookup(_under(i, column))
            hole = number < 0
        elif isinstance(encoding.constant, str):
            number, hole = None, ops.equal(column, "")
        else:
            number = ops.cast(column, "float64")
            hole = ops.isnan(number)
        parts = []
        if encoding.kind == "nominal":
            codes = encoding.codes
            if codes is None:
                codes = np.eye(len(encoding.levels), dtype="float32")
            codes = np.append(codes, np.zeros_like(codes[:1]), axis=0)
            parts = [ops.take(codes, ops.where(hole, len(encoding.levels), number), 0)]
        elif encoding.kind != "constant":
            parts = number_inputs(encoding, ops.cast(number, "float64"), hole)
        if encoding.flag:
            parts.append(ops.cast(hole, "float32")[:, None])
        return parts


@keras.saving.register_keras_serializable(package="kvae")
class FromInputs(_Tabular):
    """Inputs to columns, the inverse of `ToInputs`: (B, F) -> dict of tensors (B,).

    Any input is read as something that the column can hold: the likeliest level or
    spike, a number within the range of the training rows and on their grid. A hole is
    where the flag is above 1/2.

    Args:
        encodings: list of Encoding, or of their configs.

    Call arguments:
        x: float tensor (B, F), inputs or a decoder's mean rows.

    Returns:
        Dict {key: float64 tensor (B,), or string tensor (B,)}.

    Example:
        >>> layer = FromInputs([Encoding("colour", "nominal", levels=("r", "g", "b"))])
        >>> layer(np.array([[0.2, 0.7, 0.1]]))["colour"].numpy().tolist()
        [b'g']
    """

    def call(self, x):
        """Returns the columns."""
        if x.shape[-1] != self.width:
            raise ValueError(
                f"{self.name} expects inputs of shape (B, F) = (None, {self.width}). "
                f"Received: shape={tuple(x.shape)}."
            )
        return {
            encoding.key: self._column(encoding, x[:, slice(*attribute.span)])
            for encoding, attribute in zip(self.encodings, self.schema, strict=True)
        }

    def _column(self, encoding, x):
        text = encoding.levels is not None or isinstance(encoding.constant, str)
        hole = None
        if encoding.flag:
            x, hole = x[:, :-1], x[:, -1] > 0.5
        if encoding.kind == "constant":
            column = _repeated(encoding.constant, x)
        elif encoding.kind == "nominal":
            column = _choose(encoding.levels, _nearest(encoding, x))
        else:
            column = number_behind(encoding, x)
            if text:
                column = _choose(encoding.levels, ops.cast(column, "int32"))
        if hole is None:
            return column
        return _where(hole, "" if text else np.nan, column)


def _nearest(encoding, x):
    """Returns the number of the level whose code is nearest, int (B,)."""
    if encoding.codes is None:
        return ops.argmax(x, axis=-1)
    codes = encoding.codes
    x = ops.cast(x, "float32")
    # |x - c|^2 up to |x|^2, which is the same for all levels.
    away = ops.sum(np.square(codes), axis=-1) - 2 * ops.matmul(x, codes.T)
    return ops.argmin(away, axis=-1)


def _lookup(encodings):
    """Returns a table: "<number of the column>/<level>" -> number of the level."""
    import tensorflow as tf

    pairs = {
        f"{i}/{level}": place
        for i, encoding in enumerate(encodings)
        for place, level in enumerate(encoding.levels or ())
    }
    # A table must hold something, even where no column is text.
    keys, places = list(pairs) or ["-"], list(pairs.values()) or [-1]
    with tf.init_scope():
        start = tf.lookup.KeyValueTensorInitializer(
            tf.constant(keys), tf.constant(places, "int32")
        )
        return tf.lookup.StaticHashTable(start, default_value=-1)


def _under(i, column):
    import tensorflow as tf

    return tf.strings.join([f"{i}/", column])


def _choose(levels, places):
    import tensorflow as tf

    return tf.gather(tf.constant(levels), places)


def _repeated(value, x):
    import tensorflow as tf

    value = tf.constant(value, tf.string if isinstance(value, str) else tf.float64)
    return tf.fill([tf.shape(x)[0]], value)


def _where(hole, value, column):
    import tensorflow as tf

    return tf.where(hole, tf.constant(value, column.dtype), column)
