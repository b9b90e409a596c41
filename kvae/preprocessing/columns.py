"""The description of a column of a table, read off its training rows."""

import dataclasses

import numpy as np
import pandas as pd
from pandas.api import types

from kvae.preprocessing.grids import EXACT, MOST_DECIMALS, decimals_of
from kvae.preprocessing.spikes import find_spikes
from kvae.preprocessing.written_dates import form_of_dates

FLOAT32_EXACT = 2.0**23
PROOFS = 3  # different numbers that show that arithmetic has moved some


@dataclasses.dataclass(frozen=True)
class Column:
    """What must be known about a column to write it again.

    Args:
        name: the column's name in the frame.
        key: str, its name in the dict of tensors.
        kind: one of `kvae.schema.KINDS`.
        dtype: pandas or NumPy dtype.
        levels: tuple of the values that occur, where it becomes text; else None.
        spellings: tuple of str, one for each level, none of them "".
        decimals: int, how many decimals its numbers have; None for many.
        origin: int, of dates: the first, in units of the dtype.
        step: int, of dates: the largest step that all are whole multiples of.
        bounds: (int, int), the ends of whole numbers that float64 does not hold
            exactly; else None.
        written_dates: "YYYYMMDD" or "YYYYMM", where numbers, up to spikes, are dates
            like 20190219; else None.
        holes: float, the share of the rows that is missing.
        hole: what stands for a hole in a column of objects, None or NaN.
    """

    name: object
    key: str
    kind: str
    dtype: object
    levels: tuple | None = None
    spellings: tuple[str, ...] | None = None
    decimals: int | None = None
    origin: int = 0
    step: int = 1
    bounds: tuple[int, int] | None = None
    written_dates: str | None = None
    holes: float = 0.0
    hole: object = None


def read_column(name, key, series):
    """Returns the Column that describes a series.

    Args:
        name: its name in the frame.
        key: str, its name in the dict of tensors.
        series: Series (N,), N >= 1.

    Raises:
        ValueError: for infinite or complex numbers, and values like lists, which
            cannot be compared.

    Example:
        >>> column = read_column("n", "n", pd.Series([1.0, None, 3.0]))
        >>> column.kind, column.decimals, round(column.holes, 2)
        ('integer', 0, 0.33)
    """
    known = series.dropna()
    fields = {"name": name, "key": key, "dtype": series.dtype}
    fields["holes"] = 1 - len(known) / len(series)
    if fields["holes"] and types.is_object_dtype(series.dtype):
        fields["hole"] = series[series.isna()].iloc[0]
    if known.empty:
        return Column(kind="constant", levels=(), spellings=(), **fields)
    if is_date(series.dtype):
        counts = ticks(known)
        origin = int(counts.min())
        step = int(np.gcd.reduce(counts - origin)) or 1
        kind = "datetime" if (counts != origin).any() else "constant"
        return Column(kind=kind, origin=origin, step=step, decimals=0, **fields)
    if _is_numeric(known):
        return Column(**_numeric_kind(name, known), **fields)
    levels = _levels(name, known)
    kind = {1: "constant", 2: "binary"}.get(len(levels), "nominal")
    is_category = isinstance(series.dtype, pd.CategoricalDtype)
    if kind == "nominal" and is_category and series.dtype.ordered:
        kind = "ordinal"
    return Column(kind=kind, levels=levels, spellings=spell(levels), **fields)


def is_date(dtype):
    """Whether a dtype holds dates, or lengths of time."""
    return types.is_datetime64_any_dtype(dtype) or types.is_timedelta64_dtype(dtype)


def ticks(series):
    """Returns dates (N,), none missing, as int64 counts of their unit, in UTC."""
    series = series.astype(numpy_date(series.dtype))
    if isinstance(series.dtype, pd.DatetimeTZDtype):
        series = series.dt.tz_convert("UTC").dt.tz_localize(None)
    return series.to_numpy().astype("int64")


def numpy_date(dtype):
    """Returns a dtype of dates as it is, and for Arrow's the one of NumPy or pandas."""
    if not isinstance(dtype, pd.ArrowDtype):
        return dtype
    import pyarrow  # an ArrowDtype proves that it is installed

    arrow = dtype.pyarrow_dtype
    if not pyarrow.types.is_timestamp(arrow) or arrow.tz is None:
        return dtype.numpy_dtype
    return pd.DatetimeTZDtype(arrow.unit, arrow.tz)


def numbers_of(name, series):
    """Returns numbers as float64 (N,), NaN for holes; raises ValueError for others."""
    try:
        if types.is_complex_dtype(series.dtype):
            raise ValueError("complex numbers")
        numbers = pd.to_numeric(series).to_numpy("float64", na_value=np.nan)
        if _is_float32(series.dtype):
            numbers = shortened(numbers)
    except (TypeError, ValueError) as error:
        raise ValueError(
            f"Column {name!r} expects real numbers. Received: {error}."
        ) from error
    if np.isinf(numbers).any():
        raise ValueError(
            f"Column {name!r} expects finite numbers. Received: "
            f"{int(np.isinf(numbers).sum())} infinite value(s) (inf). Replace them, or "
            "mark them as missing."
        )
    return numbers if _is_float32(series.dtype) else without_noise(numbers)


def spell(levels):
    """Returns a different text for each level, never "".

    Example:
        >>> spell(("a", "", 1, "1"))
        ('a', "'' (str)", '1 (int)', "'1' (str)")
    """
    plain, spellings = [str(level) for level in levels], []
    twice = {text for text in plain if plain.count(text) > 1} if _repeats(plain) else ()
    taken = set(plain)
    for level, text in zip(levels, plain, strict=True):
        if not text or text in twice:
            text = f"{level!r} ({type(level).__name__})"
            while text in taken:
                text += "'"
            taken.add(text)
        spellings.append(text)
    return tuple(spellings)


def _repeats(texts):
    return len(set(texts)) < len(texts)


def shortened(numbers):
    """Returns float32 numbers as one would write them: 0.1, not 0.10000000149.

    Args:
        numbers: float64 array (N,), from float32; those with at most 6 decimals, all
            of them significant, are changed, by less than float32 can tell.

    Example:
        >>> shortened(np.array([0.1, 1 / 3], "float32").astype("float64"))
        array([0.1       , 0.33333334])
    """
    written, short = numbers.copy(), numbers.astype("float32")
    for decimals in range(MOST_DECIMALS, 0, -1):
        rounded = np.round(numbers, decimals)
        fits = (rounded.astype("float32") == short) & (
            np.abs(rounded) * 10.0**decimals < FLOAT32_EXACT
        )
        written[fits] = rounded[fits]
    return written


def without_noise(numbers):
    """Returns numbers as one would write them: 0.3, not 0.30000000000000004.

    Args:
        numbers: float64 array (N,), some NaN; those that arithmetic has moved by no
            more than 4 units in the last place (of the largest, where that holds for
            all) away from a number with few decimals, at most 6, are changed, where
            there are three such numbers.

    Example:
        >>> without_noise(np.array([3 * 0.1, 6 * 0.1, 7 * 0.1])).tolist()
        [0.3, 0.6, 0.7]
    """
    size = np.abs(numbers)
    most = np.nanmax(size, initial=1)
    # By chance 8 neighbours of a number hold one of so few decimals once in a million.
    decimals = min(MOST_DECIMALS, int(-6 - np.log10(8 * np.spacing(most))))
    if decimals < 1:
        return numbers
    written = np.round(numbers, decimals)
    away = np.abs(written - numbers)
    moved = away <= 4 * np.spacing(size)
    if len(np.unique(numbers[moved & (away > 0)])) < PROOFS:
        return numbers
    # -2e-16 is noise among -0.09999999999999978 and its like.
    if (np.isnan(away) | (away <= 4 * np.spacing(most))).all():
        moved[:] = True
    return np.where(moved, written, numbers)


def _is_float32(dtype):
    dense = dtype.subtype if isinstance(dtype, pd.SparseDtype) else dtype
    return getattr(dense, "numpy_dtype", dense) == np.float32


def _is_numeric(known):
    if types.is_bool_dtype(known.dtype):
        return False
    if types.is_object_dtype(known.dtype):
        kinds = ("integer", "floating", "mixed-integer-float")
        return types.infer_dtype(known) in kinds
    return types.is_numeric_dtype(known.dtype)


def _numeric_kind(name, known):
    numbers = numbers_of(name, known)
    distinct = np.unique(numbers)
    fields = {"decimals": decimals_of(distinct)}
    if max(-distinct[0], distinct[-1]) >= EXACT and types.is_integer_dtype(known.dtype):
        low, high = fields["bounds"] = int(known.min()), int(known.max())
        if float(low) == float(high) and low != high:
            raise ValueError(
                f"Column {name!r} expects numbers that float64 can tell apart. "
                f"Received: whole numbers from {low} to {high}, which it cannot. "
                "Subtract the smallest, or turn them into words."
            )
    if len(distinct) == 1:
        return {"kind": "constant", **fields}
    if distinct.tolist() == [0.0, 1.0]:
        return {"kind": "binary", **fields}
    spikes, _ = find_spikes(numbers)
    dates = form_of_dates(numbers[~np.isin(numbers, spikes)])
    if dates is not None:
        return {"kind": "datetime", "written_dates": dates, **fields}
    return {"kind": "integer" if fields["decimals"] == 0 else "continuous", **fields}


def _levels(name, known):
    """Returns the values that occur: categories in their order, others sorted."""
    if isinstance(known.dtype, pd.CategoricalDtype):
        occurring = set(known.unique())
        return tuple(c for c in known.dtype.categories.tolist() if c in occurring)
    try:
        levels = known.unique().tolist()
    except TypeError as error:
        raise ValueError(
            f"Column {name!r} expects numbers, words or dates. Received: values that "
            f"cannot be compared ({error}), such as lists. Drop it, or turn them into "
            "numbers or words."
        ) from error
    try:
        return tuple(sorted(levels))
    except TypeError:
        return tuple(sorted(levels, key=lambda level: (str(type(level)), str(level))))
