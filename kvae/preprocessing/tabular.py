"""Keras layers between a dict of columns and the inputs of a network.

They run in graphs, strings included, and so can be part of an exported model.
"""

import keras
import numpy as np
from keras import ops

from kvae.preprocessing import numbers
from kvae.preprocessing.encodings import Encoding


class _Alike:
    """Columns that the same operations turn into inputs, and back.

    Args:
        places: list of C ints, the places of the columns in the table.
        encodings: list of their Encodings.
        starts: list of their first inputs.

    Attributes:
        form: Encoding of the first, which says what they have in common.
        inputs: int array (C, W), the inputs of each.
        numbers: Numbers, of numbers and ordered levels; None for others.
    """

    def __init__(self, places, encodings, starts):
        self.places, self.encodings, self.form = places, encodings, encodings[0]
        self.is_text = _is_text(self.form)
        self.inputs = np.array(starts)[:, None] + np.arange(self.form.width)
        is_number = self.form.kind not in ("binary", "constant", "nominal")
        self.numbers = numbers.Numbers(encodings) if is_number else None


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
        schema, start, alike = [], 0, {}
        for place, encoding in enumerate(self.encodings):
            alike.setdefault(_form(encoding), []).append((place, encoding, start))
            schema.append(encoding.attribute(start))
            start = schema[-1].span[1]
        self.schema, self.width = tuple(schema), start
        self._groups = tuple(
            _Alike(*zip(*group, strict=True)) for group in alike.values()
        )

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
        groups = [group for group in self._groups if group.form.width]
        parts = [self._inputs(group, columns) for group in groups]
        inputs = np.concatenate([group.inputs.ravel() for group in groups])
        return ops.take(ops.concatenate(parts, axis=-1), np.argsort(inputs), axis=-1)

    def compute_output_shape(self, columns_shape):
        """Returns (B, F)."""
        return (next(iter(columns_shape.values()))[0], self.width)

    def _inputs(self, group, columns):
        """Returns the inputs of the columns of a group, (B, C W)."""
        form = group.form
        columns = [columns[encoding.key] for encoding in group.encodings]
        if group.is_text:
            column = ops.stack(columns)
        else:
            column = ops.stack([ops.cast(column, "float64") for column in columns])
        if form.levels is not None:
            number = self._places.lookup(_under(group.places, column))
            hole = number < 0
        elif group.is_text:
            number, hole = None, ops.equal(column, "")
        else:
            number, hole = column, ops.isnan(column)
        parts = []
        if form.kind == "nominal":
            codes = form.codes
            if codes is None:
                codes = np.eye(len(form.levels), dtype="float32")
            codes = np.append(codes, np.zeros_like(codes[:1]), axis=0)
            parts = [ops.take(codes, ops.where(hole, len(form.levels), number), 0)]
        elif form.kind == "binary":
            parts = [ops.cast(ops.where(hole, 0, number), "float32")[..., None]]
        elif form.kind != "constant":
            parts = [group.numbers.inputs(ops.cast(number, "float64"), hole)]
        if form.flag:
            parts.append(ops.cast(hole, "float32")[..., None])
        side_by_side = ops.transpose(ops.concatenate(parts, axis=-1), (1, 0, 2))
        return ops.reshape(side_by_side, (-1, group.inputs.size))


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
        found = {}
        for group in self._groups:
            found.update(zip(group.places, self._columns(group, x), strict=True))
        return {e.key: found[place] for place, e in enumerate(self.encodings)}

    def _columns(self, group, x):
        """Returns the columns of a group, a list of C tensors (B,)."""
        import tensorflow as tf

        form, count, hole = group.form, len(group.places), None
        rows = ops.shape(x)[0]
        x = ops.take(x, group.inputs.ravel(), axis=-1)
        x = ops.transpose(ops.reshape(x, (rows, *group.inputs.shape)), (1, 0, 2))
        if form.flag:
            x, hole = x[..., :-1], x[..., -1] > 0.5
        if form.kind == "constant":
            constants = [[encoding.constant] for encoding in group.encodings]
            dtype = tf.string if group.is_text else tf.float64
            columns = tf.repeat(tf.constant(constants, dtype), rows, axis=1)
        elif form.kind == "nominal":
            columns = _choose(group, _nearest(form, x))
        elif form.kind == "binary":
            columns = ops.cast(x[..., 0] > 0.5, "float64")
        else:
            columns = group.numbers.behind(x)
        if form.levels is not None and form.kind != "nominal":
            columns = _choose(group, ops.cast(columns, "int32"))
        if hole is not None:
            missing = tf.constant("" if group.is_text else np.nan, columns.dtype)
            columns = tf.where(hole, missing, columns)
        return tf.unstack(columns, count)


def _form(encoding):
    """Returns what decides which operations turn a column into inputs, and back."""
    fields = encoding.kind, encoding.flag, _is_text(encoding)
    if encoding.kind in ("binary", "constant", "nominal"):
        return *fields, len(encoding.levels or ())
    return "number", *fields[1:], *numbers.form(encoding)


def _is_text(encoding):
    return encoding.levels is not None or isinstance(encoding.constant, str)


def _nearest(form, x):
    """Returns the numbers of the levels whose codes are nearest, int (C, B)."""
    codes = form.codes
    if codes is None:
        return ops.argmax(x, axis=-1)
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


def _under(places, column):
    """Returns the names of levels (C, B) as the table of `_lookup` has them."""
    import tensorflow as tf

    names = tf.constant([[f"{i}/"] for i in places])
    return tf.strings.join([tf.repeat(names, tf.shape(column)[1], axis=1), column])


def _choose(group, places):
    """Returns the levels at places, int (C, B), of each column."""
    import tensorflow as tf

    levels = [level for encoding in group.encodings for level in encoding.levels]
    counts = [len(encoding.levels) for encoding in group.encodings]
    starts = np.array([np.cumsum(counts) - counts], "int32").T
    return tf.gather(tf.constant(levels), starts + ops.cast(places, "int32"))
