"""Rows of a table in the user's own columns and units: both ways inside the graph."""

import tensorflow as tf

from kvae.preprocessing.columns import is_date
from kvae.serving.graph import guards
from kvae.serving.graph.date_texts import DateTexts
from kvae.serving.graph.served_samplers import offered

# Names in the requests that hold rows, and in the answers; those of samplers too.
_TAKEN = ("accepted", "class", "score", "seed", "seeds")


class TableRows:
    """One tensor for each column: text, or numbers; "" and NaN are holes.

    Args:
        table: `kvae.preprocessing.Table`.
        target: str, what labels are called in answers.
        date_formats: optional dict {column: form of its dates}, as of `DateTexts`.

    Raises:
        ValueError: for a column whose name a request needs itself, and formats of
            columns that hold no dates.
    """

    suffix, label = "", None

    def __init__(self, table, target, date_formats=None):
        self.to_inputs, self.from_inputs = table.to_inputs, table.from_inputs
        self.encodings = table.to_inputs.encodings
        if not self.to_inputs.built:  # what is exported must be, weights or not
            self.to_inputs.build(None)
        keys = [encoding.key for encoding in self.encodings]
        taken = sorted({*_TAKEN, *offered("sigma"), target} & set(keys))
        if taken:
            raise ValueError(
                f"export expects other names of columns than {', '.join(taken)}, which "
                "requests and answers use themselves. Rename them before the table is "
                "learned."
            )
        self.dates = _dates(table, date_formats or {})
        self.specs = {
            encoding.key: tf.TensorSpec(
                [None],
                tf.string
                if _is_text(encoding) or encoding.key in self.dates
                else tf.float64,
            )
            for encoding in self.encodings
        }
        # One function of the graph each way, however many signatures call it; dates
        # have become numbers before.
        number = tf.TensorSpec([None], tf.float64)
        inputs = [
            number if key in self.dates else spec for key, spec in self.specs.items()
        ]
        x = tf.TensorSpec([None, self.to_inputs.width], tf.float32)
        self._read = tf.function(self._inputs, inputs, autograph=False)
        self._write = tf.function(self._columns, [x], autograph=False)

    def read(self, who, tensors):
        """Returns rows of the model, float32 (B, F), checked."""
        columns = {
            encoding.key: self._checked(who, encoding, tensors[encoding.key])
            for encoding in self.encodings
        }
        return self._read(*guards.same_length(who, **columns))

    def write(self, x):
        """Returns {column: tensor} behind rows; whole numbers as int64 if they fit."""
        columns = self._write(x)
        return {key: columns[key] for key in self.specs}

    def request(self, x):
        """Returns the same tensors as a request holds them, for given rows."""
        columns = self.from_inputs(x)
        for key, texts in self.dates.items():
            columns[key] = texts.write(columns[key])
        return columns

    def _inputs(self, *columns):
        return self.to_inputs(dict(zip(self.specs, columns, strict=True)))

    def _columns(self, x):
        columns = self.request(x)
        for encoding in self.encodings:
            key, decimals = encoding.key, encoding.decimals
            if key in self.dates:
                continue
            if decimals and not _is_text(encoding):
                columns[key] = _rounded(columns[key], decimals)
            elif decimals == 0 and not encoding.flag and _fits_int64(encoding):
                columns[key] = tf.cast(columns[key], tf.int64)
        return columns

    def _checked(self, who, encoding, column):
        key = encoding.key
        if key in self.dates:
            return self.dates[key].read(who, key, column, holes=encoding.flag)
        if _is_text(encoding):
            levels = encoding.levels or (encoding.constant,)
            allowed = (*levels, "") if encoding.flag else levels
            return guards.checked_choice(
                who, key, column, allowed=allowed, shape=(None,)
            )
        return guards.checked(who, key, column, shape=(None,), holes=encoding.flag)


def _dates(table, formats):
    """Returns {key: DateTexts} of the columns of dates."""
    pairs = list(zip(table.form.columns, table.to_inputs.encodings, strict=True))
    dated = [
        (column, max([0, *(encoding.knots or ()), *(encoding.spikes or ())]))
        for column, encoding in pairs
        if is_date(column.dtype) and column.spellings is None
    ]
    odd = sorted(set(formats) - {column.key for column, _ in dated})
    if odd:
        raise ValueError(
            "date_formats of export expects columns of dates. Received: "
            f"{', '.join(odd)}; those of dates are "
            f"{[column.key for column, _ in dated]}."
        )
    return {
        column.key: DateTexts(column, last, formats.get(column.key))
        for column, last in dated
    }


def _is_text(encoding):
    return encoding.levels is not None or isinstance(encoding.constant, str)


def _fits_int64(encoding):
    if _is_text(encoding):
        return False
    ends = *(encoding.knots or ()), *(encoding.spikes or ()), encoding.constant or 0
    return all(abs(number) < 2.0**63 for number in ends)  # beyond, a cast turns round


def _rounded(column, decimals):
    """TensorFlow turns a division by 100 into a product with 0.01: 1.7100000000000002.

    The number nearest to its text is what the user wrote.
    """
    text = tf.strings.as_string(column, precision=decimals)
    hole = tf.math.is_nan(column)
    number = tf.strings.to_number(tf.where(hole, "0", text), tf.float64)
    return tf.where(hole, column, number)
