"""Columns that depend on each other: one determines the other, or is never above it."""

import itertools

import numpy as np
import pandas as pd
from pandas.api import types

from kvae.preprocessing.columns import is_date, ticks

FEWEST_ROWS = 20
MOST_LEVELS = 500
MOST_COLUMNS = 60  # each pair of columns is looked at
# Of rows paired at random: where fewer were out of order, the order is no news.
LEAST_DISORDER = 0.05


def determined_pairs(frame):
    """Returns pairs of columns of which one determines the other.

    A pair is (a, b) where no value of a occurs with two values of b, or the other way
    round: a city and its postcode, a school degree and its number. Columns with less
    than two rows for each of their values are left out, since they would determine
    anything.

    Args:
        frame: DataFrame of N rows, at least 20.

    Returns:
        List of (name, name), in the order of the columns.

    Example:
        >>> frame = pd.DataFrame({"city": list("aabb") * 6, "code": [1, 1, 2, 2] * 6})
        >>> determined_pairs(frame)
        [('city', 'code')]
    """
    if len(frame) < FEWEST_ROWS:
        return []
    codes = {}
    for name, column in frame.items():
        code, levels = _codes(column)
        if 2 <= levels <= min(MOST_LEVELS, len(frame) // 2):
            codes[name] = code, levels
        if len(codes) == MOST_COLUMNS:
            break
    pairs = []
    for a, b in itertools.combinations(codes, 2):
        (of_a, height), (of_b, width) = codes[a], codes[b]
        known = (of_a >= 0) & (of_b >= 0)
        cells = np.bincount(of_a[known] * width + of_b[known], minlength=height * width)
        occurs = cells.reshape(height, width) > 0
        count_a, count_b = occurs.any(axis=1).sum(), occurs.any(axis=0).sum()
        if 2 <= min(count_a, count_b) and occurs.sum() == max(count_a, count_b):
            pairs.append((a, b))
    return pairs


def ordered_pairs(frame):
    """Returns pairs of columns (low, high) of which the first is never above the other.

    Such as start and end, or part and total. Where rows paired at random would keep
    the order, too, it says nothing, and the pair is left out; so are equal columns.

    Args:
        frame: DataFrame of N rows, at least 20.

    Returns:
        List of (low, high).

    Example:
        >>> start = np.arange(40) % 10
        >>> ordered_pairs(pd.DataFrame({"start": start, "end": start + 2}))
        [('start', 'end')]
    """
    numbers = {}
    for name, column in frame.items():
        if is_date(column.dtype) or (
            types.is_numeric_dtype(column.dtype)
            and not types.is_bool_dtype(column.dtype)
        ):
            if column.nunique() > 2:
                numbers[name] = _numbers(column)
        if len(numbers) == MOST_COLUMNS:
            break
    pairs = []
    for a, b in itertools.permutations(numbers, 2):
        (unit, of_a, known_a), (other, of_b, known_b) = numbers[a], numbers[b]
        if unit != other:
            continue
        known = known_a & known_b
        low, high = of_a[known], of_b[known]
        if len(low) < FEWEST_ROWS or not (low <= high).all() or (low == high).all():
            continue
        # The share of pairs (i, j) with low[i] > high[j].
        below = np.searchsorted(np.sort(high), low, side="left")
        if below.mean() / len(high) >= LEAST_DISORDER:
            pairs.append((a, b))
    return pairs


def unseen(real, new, pairs):
    """Returns which new rows hold values that no real row holds together.

    Args:
        real: DataFrame of N rows.
        new: DataFrame of M rows with the same columns.
        pairs: from `determined_pairs`.

    Returns:
        DataFrame of bools (M, pairs), a column for each pair. A hole makes no pair.
    """
    found = {}
    for a, b in pairs:
        known = set(map(tuple, real[[a, b]].astype(object).to_numpy().tolist()))
        there = new[[a, b]].notna().all(axis=1).to_numpy()
        rows = map(tuple, new[[a, b]].astype(object).to_numpy().tolist())
        found[a, b] = [row not in known for row in rows] & there
    return pd.DataFrame(found, index=new.index)


def disordered(new, pairs):
    """Returns which new rows are out of order, a DataFrame of bools (M, pairs).

    Args:
        new: DataFrame of M rows.
        pairs: from `ordered_pairs`.
    """
    found = {(a, b): (new[a] > new[b]).fillna(False).astype(bool) for a, b in pairs}
    return pd.DataFrame(found, index=new.index)


def in_order(new, pairs):
    """Returns new rows with the values of disordered pairs exchanged.

    Args:
        new: DataFrame of M rows.
        pairs: from `ordered_pairs`.
    """
    new = new.copy()
    for _ in range(len(pairs)):  # of a <= b <= c an exchange may disturb the next
        odd = disordered(new, pairs)
        if not odd.to_numpy().any():
            break
        for a, b in pairs:
            rows = (new[a] > new[b]).fillna(False).to_numpy(bool)
            low, high = new.loc[rows, b].to_numpy(), new.loc[rows, a].to_numpy()
            new.loc[rows, a], new.loc[rows, b] = low, high
    return new


def _codes(column):
    """Returns (int64 array (N,), -1 = hole; number of levels)."""
    if types.is_float_dtype(column.dtype):
        known = column.dropna()
        if (known != known.round()).any():
            return np.full(len(column), -1), 0
    try:
        codes, levels = pd.factorize(column)
    except TypeError:
        return np.full(len(column), -1), 0
    return codes.astype("int64"), len(levels)


def _numbers(column):
    """Returns (dtype of dates or None, numbers (N,), which of them are no holes)."""
    known = column.notna().to_numpy()
    if not is_date(column.dtype):
        return None, column.to_numpy("float64", na_value=np.nan), known
    counts = np.zeros(len(column), "int64")
    counts[known] = ticks(column[known])
    return column.dtype, counts, known
