"""A DataFrame as a dict of tensors, and back: dtypes, categories, order and index.

Numbers and dates become float64 with NaN for holes, everything else text with "" for
holes, which is what a graph or a server can take.
"""

import dataclasses

import numpy as np
import pandas as pd
from pandas.api import types

from kvae.checks import expect_table
from kvae.preprocessing.columns import (
    Column,
    is_date,
    numbers_of,
    numpy_date,
    read_column,
    ticks,
)


@dataclasses.dataclass(frozen=True)
class FrameFormat:
    """The columns of a frame, in their order; `FrameFormat.of(frame)` reads them off.

    Args:
        columns: tuple of Column.

    Example:
        >>> frame = pd.DataFrame({"n": [1.5, None], "colour": ["red", "blue"]})
        >>> form = FrameFormat.of(frame)
        >>> [(column.key, column.kind) for column in form.columns]
        [('n', 'constant'), ('colour', 'binary')]
        >>> form.to_frame(form.to_tensors(frame)).equals(frame)
        True
    """

    columns: tuple[Column, ...]

    @classmethod
    def of(cls, frame):
        """Reads the format of a frame.

        Args:
            frame: DataFrame; the training rows alone.

        Returns:
            FrameFormat.

        Raises:
            ValueError: for a frame without rows or columns, two columns of one name,
                infinite or complex numbers, and values that cannot be compared.
        """
        expect_table(frame)
        texts = [str(name) for name in frame.columns]
        whole = len(set(texts)) == len(texts) and all(texts)
        keys = texts if whole else [f"column {i}" for i in range(len(texts))]
        return cls(
            tuple(
                read_column(name, key, series)
                for key, (name, series) in zip(keys, frame.items(), strict=True)
            )
        )

    def to_tensors(self, frame):
        """Returns the columns as tensors.

        Args:
            frame: DataFrame with these columns, in any order; others are left out.

        Returns:
            Dict {key: float64 array (N,), or object array (N,) of str}. A value that
            is not among a column's levels is spelled as it is.

        Raises:
            ValueError: names the columns that are absent, or hold no numbers or dates
                where they did when the format was read.
        """
        absent = [c.name for c in self.columns if c.name not in frame.columns]
        if absent:
            raise ValueError(
                f"This table expects the columns it was made from. Absent: {absent}."
            )
        return {c.key: _tensor(frame[c.name], c) for c in self.columns}

    def to_frame(self, tensors, index=None):
        """Returns the frame behind tensors; the inverse of `to_tensors`.

        Args:
            tensors: dict {key: tensor (N,)}.
            index: optional index (N,).

        Returns:
            DataFrame with names, dtypes, categories and order as read.
        """
        columns = [as_series(np.asarray(tensors[c.key]), c) for c in self.columns]
        frame = pd.DataFrame(dict(enumerate(columns)), copy=False)
        frame.columns = pd.Index([c.name for c in self.columns])
        if index is not None:
            frame.index = index
        return frame


def _tensor(series, column):
    if column.spellings is not None:
        return _texts(series, column)
    if not is_date(column.dtype):
        if types.is_object_dtype(column.dtype):  # a word that no training row had
            series = pd.to_numeric(series, errors="coerce")
        return numbers_of(column.name, series)
    if not is_date(series.dtype):
        raise ValueError(
            f"Column {column.name!r} expects dates, as when this table was made. "
            f"Received: dtype {series.dtype}. Convert it with pandas.to_datetime."
        )
    known = series.notna().to_numpy()
    numbers = np.full(len(series), np.nan)
    counts = ticks(series[known].astype(column.dtype))
    numbers[known] = (counts - column.origin) / column.step
    return numbers


def _texts(series, column):
    try:
        codes, values = pd.factorize(series)
    except TypeError as error:
        raise ValueError(
            f"Column {column.name!r} expects words or numbers. Received: {error}."
        ) from error
    known = dict(zip(column.levels, column.spellings, strict=True))
    taken = set(column.spellings)
    texts = np.empty(len(values) + 1, object)
    texts[-1] = ""  # the code of a hole is -1
    for i, value in enumerate(values.tolist()):
        text = known.get(value)
        if text is None:  # a level that no training row had
            text = str(value)
            while text in taken or not text:
                text += "?"
        texts[i] = text
    return texts[codes]


def as_series(values, column):
    """Returns the values of a tensor (N,) as a Series with the dtype of its Column."""
    if column.spellings is not None:
        return _from_texts(values, column)
    values = values.astype("float64")
    hole = np.isnan(values)
    if is_date(column.dtype):
        return _from_ticks(values, hole, column)
    if types.is_object_dtype(column.dtype):
        whole = column.decimals == 0
        objects = np.where(hole, 0, values).astype(object)
        objects[:] = [int(v) if whole else v for v in objects]
        objects[hole] = column.hole
        return pd.Series(objects, dtype=object)
    if not types.is_integer_dtype(column.dtype):
        return pd.Series(values).astype(column.dtype)
    dtype = column.dtype
    dense = dtype.subtype if isinstance(dtype, pd.SparseDtype) else dtype
    info = np.iinfo(dense if isinstance(dense, np.dtype) else dense.numpy_dtype)
    # A float64 at the upper end of 64 bits rounds beyond it: the one below does not.
    most = np.nextafter(float(info.max), 0) if info.bits == 64 else info.max
    bounded = np.where(hole, 0, np.rint(values)).clip(info.min, most)
    whole = bounded.astype(info.dtype)
    if column.bounds is not None:
        low, high = column.bounds  # float64 rounds them, to either side
        whole[values <= float(low)], whole[values >= float(high)] = low, high
    whole = pd.Series(whole).astype(column.dtype)
    return whole.mask(hole) if hole.any() else whole


def _from_ticks(values, hole, column):
    steps = np.rint(np.where(hole, 0, values)).astype("int64")
    counts = column.origin + column.step * steps
    dtype = numpy_date(column.dtype)
    zoned = isinstance(dtype, pd.DatetimeTZDtype)
    unit = dtype.unit if zoned else np.datetime_data(dtype)[0]
    letter = "m" if types.is_timedelta64_dtype(dtype) else "M"
    dates = counts.view(f"{letter}8[{unit}]")
    dates[hole] = "NaT"
    dates = pd.Series(dates)
    if zoned:
        dates = dates.dt.tz_localize("UTC").dt.tz_convert(dtype.tz)
    return dates.astype(column.dtype)


def _from_texts(values, column):
    place = {text: i for i, text in enumerate(column.spellings)}
    place |= {text.encode(): i for i, text in enumerate(column.spellings)}
    codes, texts = pd.factorize(values)
    codes = np.array([place.get(text, -1) for text in texts] + [-1])[codes]
    dtype = column.dtype
    if isinstance(dtype, pd.CategoricalDtype):
        places = dtype.categories.get_indexer(list(column.levels))
        codes = np.append(places, -1).astype("int64")[codes]
        return pd.Series(pd.Categorical.from_codes(codes, dtype=dtype))
    levels = np.empty(len(column.levels) + 1, object)
    for i, level in enumerate(column.levels):
        levels[i] = level  # tuples must stay values
    levels[-1] = column.hole
    values = levels[codes]
    if types.is_bool_dtype(dtype) and isinstance(dtype, np.dtype):
        return pd.Series(values.astype(bool))
    return pd.Series(values, dtype=dtype)
