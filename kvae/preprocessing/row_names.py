"""Columns that name or number the rows of a table, and tell nothing else."""

import numpy as np
import pandas as pd
from pandas.api import types

_FEW = 20  # so many rows may have different values by chance
_COUNTED = 5  # and fewer may be 1, 2, 3, ...


def row_names(frame):
    """Returns the columns that name or number rows, and tell nothing else.

    These are whole numbers that count the rows, from 0 or 1, in any order; and whole
    numbers and words that are different in each of more than 20 rows. Measurements
    with decimals, and dates, are none. Where a column has no name (pandas calls it
    Unnamed: 0), fewer rows suffice, and numbers may begin again.

    Args:
        frame: DataFrame of inputs.

    Returns:
        (list of names of columns that count, of others).

    Example:
        >>> frame = pd.DataFrame({"id": range(1, 31), "x": np.linspace(0, 1, 30)})
        >>> row_names(frame)
        (['id'], [])
    """
    counting, naming = [], []
    for name, column in frame.items():
        known, unnamed = column.dropna(), str(name).startswith("Unnamed: ")
        if len(known) < 2 or 2 * len(known) < len(column):
            continue
        whole = _is_whole(known)
        if whole and _counts(known.to_numpy("float64"), unnamed):
            counting.append(name)
        elif len(known) <= (2 if unnamed else _FEW) or not known.is_unique:
            continue
        elif whole or (types.is_string_dtype(known) and not _is_category(column)):
            naming.append(name)
    return counting, naming


def _counts(numbers, unnamed):
    """Returns whether whole numbers (N,) count the rows."""
    ordered = np.sort(numbers)
    first = ordered[0]
    if len(numbers) >= (2 if unnamed else _COUNTED) and first in (0, 1):
        if (ordered == first + np.arange(len(numbers))).all():
            return True
    # Tables that were put together, each with row numbers of its own.
    return unnamed and bool(np.mean(np.diff(numbers) == 1) > 0.5)


def _is_whole(known):
    if types.is_integer_dtype(known.dtype):
        return True
    return types.is_float_dtype(known.dtype) and bool((known % 1 == 0).all())


def _is_category(column):
    return isinstance(column.dtype, pd.CategoricalDtype)
