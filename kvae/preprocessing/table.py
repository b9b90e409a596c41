"""Turns a DataFrame into the inputs of a VAE, and back."""

import numpy as np
import pandas as pd

from kvae.preprocessing import written_dates
from kvae.preprocessing.columns import is_date
from kvae.preprocessing.encodings import MOST_ONE_HOT, learn_encoding
from kvae.preprocessing.frame import FrameFormat, as_series
from kvae.preprocessing.joined import Joined
from kvae.preprocessing.tabular import FromInputs, ToInputs

MOST_NUMBERS = 2**23  # that an array of rows and columns holds, 64 MiB


class Table:
    """The transform of a table, learned on training rows.

    Args:
        frame: DataFrame, the training rows, without labels.
        together: groups of column names whose values stay together: each group is
            learned, and served, as one column of words.

    Attributes:
        form: FrameFormat.
        schema: tuple of Attribute, the inputs.
        to_inputs: layer `ToInputs`.
        from_inputs: layer `FromInputs`.

    Raises:
        ValueError: as `FrameFormat.of`.

    Example:
        >>> frame = pd.DataFrame({"n": [1, 2, 9], "colour": ["red", None, "blue"]})
        >>> table = Table(frame)
        >>> x = table.transform(frame)
        >>> x.shape, table.inverse(x).equals(frame)
        ((3, 3), True)
    """

    def __init__(self, frame, together=()):
        self._joined = Joined(tuple(map(tuple, together)))
        self._names, self._distinct = list(frame.columns), self._joined.distinct(frame)
        frame = self._joined.join(frame)
        self.form = FrameFormat.of(frame)
        tensors = self.form.to_tensors(frame)
        self._set([learn_encoding(tensors[c.key], c) for c in self.form.columns])

    @property
    def width(self):
        """int: the number of inputs."""
        return self.to_inputs.width

    def transform(self, frame):
        """Returns the inputs of rows, float32 array (N, F)."""
        if not self.width:
            return np.zeros((len(frame), 0), "float32")
        tensors = self.form.to_tensors(self._joined.join(frame))
        parts = [
            np.asarray(self.to_inputs({key: t[rows] for key, t in tensors.items()}))
            for rows in self._batches(len(frame))
        ]
        return np.concatenate(parts)

    def inverse(self, x, index=None):
        """Returns the rows behind inputs (N, F), a DataFrame like the training rows."""
        x = np.asarray(x, "float32")
        parts = [self.from_inputs(x[rows]) for rows in self._batches(len(x))]
        tensors = {
            key: np.concatenate([np.asarray(part[key]) for part in parts])
            for key in parts[0]
        }
        frame = self.form.to_frame(tensors, index)
        return self._joined.split(frame, self._distinct, self._names)

    def _batches(self, num_rows):
        """Returns slices of rows, since alike columns take arrays of all at once."""
        sizes = [max(e.width, len(e.levels or ())) for e in self.to_inputs.encodings]
        step = max(1, MOST_NUMBERS // max(sum(sizes), 1))
        return [slice(i, i + step) for i in range(0, num_rows or 1, step)]

    def describe(self):
        """Returns what was understood of each column.

        Returns:
            DataFrame indexed by column: kind, inputs, holes (share), values, remark.
        """
        pairs = zip(self.form.columns, self.to_inputs.encodings, strict=True)
        lines = [_describe(column, encoding) for column, encoding in pairs]
        names = [column.name for column in self.form.columns]
        return pd.DataFrame(lines, index=pd.Index(names, name="column"))

    def __getstate__(self):
        # The layers hold TensorFlow's lookup tables, which cannot be pickled.
        return {
            "form": self.form,
            "encodings": self.to_inputs.encodings,
            "joined": (self._joined, self._distinct, self._names),
        }

    def __setstate__(self, state):
        self.form = state["form"]
        names = [column.name for column in self.form.columns]
        nothing = (Joined(), {}, names)  # of a table that an earlier version has saved
        self._joined, self._distinct, self._names = state.get("joined", nothing)
        self._set(state["encodings"])

    def _set(self, encodings):
        self.to_inputs = ToInputs(encodings, name="to_inputs")
        self.from_inputs = FromInputs(encodings, name="from_inputs")
        self.schema = self.to_inputs.schema


def _describe(column, encoding):
    remark, values = "", ""
    if column.kind == "constant":
        remark = "always the same: kept as it is"
        values = encoding.constant
        if column.holes == 1:
            remark, values = "empty: kept as it is", ""
    elif encoding.levels is not None:
        shown = ", ".join(encoding.levels[:4])
        values = shown + (", ..." if len(encoding.levels) > 4 else "")
        if len(encoding.levels) > MOST_ONE_HOT:
            remark = f"{len(encoding.levels)} levels: coded as binary numbers"
    elif column.kind == "binary":
        values = "0, 1"
    else:
        values = " to ".join(_texts(_ends(encoding), column))
    if remark == "":
        remark = "; ".join(_remarks(column, encoding))
    return {
        "kind": column.kind,
        "inputs": encoding.width,
        "holes": round(column.holes, 4),
        "values": values,
        "remark": remark,
    }


def _remarks(column, encoding):
    """Yields what one would not expect of a column: spikes, grids, written dates."""
    if encoding.spikes is not None:
        if encoding.levels is None:
            names = _texts(encoding.spikes, column)
        else:
            names = [encoding.levels[int(place)] for place in encoding.spikes]
        pairs = zip(names, encoding.shares, strict=True)
        yield ", ".join(f"{name} in {share:.0%}" for name, share in pairs) + " of rows"
    if encoding.written_dates is not None:
        yield f"dates, written {encoding.written_dates}"
    if encoding.grid is not None and column.kind != "datetime":
        decimals, origin, step = encoding.grid
        start = f" from {origin / 10**decimals:g}" if origin % step else ""
        yield f"in steps of {step / 10**decimals:g}{start}"
    elif encoding.bounds is not None and _has_gaps(encoding):
        yield f"{len(encoding.knots)} values, and none between"


def _has_gaps(encoding):
    """Whether one might expect other numbers between the ones that were seen."""
    if encoding.levels is not None or encoding.decimals is None:
        return encoding.levels is None
    steps = (encoding.knots[-1] - encoding.knots[0]) * 10**encoding.decimals
    return steps > 2 * len(encoding.knots)


def _ends(encoding):
    """Returns the smallest and the largest number, as the column has them."""
    knots = np.array(encoding.knots or ())
    if encoding.written_dates is not None:
        calendar = written_dates.calendar(encoding.written_dates)
        knots = calendar[knots.astype(int)]
    numbers = np.append(knots, encoding.spikes or ())
    return [numbers.min(), numbers.max()]


def _texts(numbers, column):
    """Returns numbers as texts, dates as dates."""
    if is_date(column.dtype):
        return [str(date) for date in as_series(np.array(numbers), column)]
    if column.written_dates is not None:
        return [f"{number:.0f}" for number in numbers]
    return [f"{number:g}" for number in numbers]
