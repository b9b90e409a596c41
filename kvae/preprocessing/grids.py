"""Which numbers a column can hold: multiples of a step, or the ones that were seen."""

import numpy as np

MOST_DECIMALS = 6
# A tenth of the rows may lie beside a round grid, but not a tenth of a handful of rows.
SHARE_ON_GRID = 0.9
FEW_ROWS = 50
# By chance m numbers agree modulo s about once in s ** (m - 2) times: two always do.
LEAST_ODDS = 100
ROUND_STEPS = sorted(
    {2, 12, 15, 30, 60} | {m * 10**i for i in range(9) for m in (5, 10, 20, 25)}
)
EXACT = 2.0**53  # beyond, a float64 skips whole numbers
LEAST_REPEATS = 5
MOST_UNSEEN = 0.02


def decimals_of(distinct):
    """Returns how many decimals numbers need, 0 to 6, or None for more.

    Args:
        distinct: float array (N,).

    Example:
        >>> decimals_of(np.array([1.25, 3.0]))
        2
    """
    return next(
        (d for d in range(MOST_DECIMALS + 1) if has_decimals(distinct, d).all()), None
    )


def has_decimals(numbers, decimals):
    """Returns which numbers need no more decimals, bool array (N,)."""
    scale = 10.0**decimals
    with np.errstate(over="ignore", invalid="ignore"):
        return np.round(numbers * scale) / scale == numbers


def find_grid(values):
    """Returns the grid that numbers lie on.

    All numbers lie on the grid of their largest common step, unless that can be chance;
    where at least 9 of 10 rows, of 50 or more, lie on a coarser grid with a round step
    (5, 10, 25, ..., or 12, 15, 30, 60), it is that one.

    Args:
        values: float array (N,), none missing.

    Returns:
        (decimals, origin, step), three ints: numbers are (origin + k step) /
        10^decimals for whole k. None where they have more than 6 decimals.

    Example:
        >>> find_grid(np.arange(2.0, 40.0, 4.0))
        (0, 2, 4)
    """
    distinct, counts = np.unique(values, return_counts=True)
    few = len(values) < FEW_ROWS
    least = len(values) if few else SHARE_ON_GRID * len(values)
    for decimals in range(MOST_DECIMALS + 1):
        on = has_decimals(distinct, decimals)
        if counts[on].sum() >= least:
            break
    else:
        return None
    scaled = np.rint(distinct[on] * 10.0**decimals)
    if np.abs(scaled).max() >= EXACT:
        return None
    units, counts = scaled.astype("int64"), counts[on]
    origin, step = int(units[0]), int(np.gcd.reduce(units - units[0]))
    if step < 2 or not _is_no_chance(step, len(units)):
        origin, step = 0, 1
    for coarse in [] if few else _steps_above(step, units, counts, least):
        rests, places = np.unique(units % coarse, return_inverse=True)
        rows = np.bincount(places, counts)
        best = int(rows.argmax())
        if rows[best] >= least and _is_no_chance(coarse, int((places == best).sum())):
            return decimals, int(rests[best]), coarse
    return decimals, origin, step


def _steps_above(step, units, counts, least):
    """Returns the round steps above one, largest first, that can be a grid of units.

    Every multiple of a prime number is left out where less than `least` rows agree
    modulo that prime: most numbers end there, after three looks.
    """
    coarse = [s for s in ROUND_STEPS[::-1] if s > step]
    for prime in (2, 3, 5):
        if np.bincount(units % prime, counts).max() < least:
            coarse = [s for s in coarse if s % prime]
    return coarse


def is_closed(values):
    """Whether a new row would hardly have a number that no row had.

    The chance of one is about the share of rows whose number is nowhere else.

    Args:
        values: float array (N,), none missing.

    Example:
        >>> is_closed(np.repeat([1.0, 10.0, 1000.0], 20)), is_closed(np.arange(60.0))
        (True, False)

    Reference:
        Good 1953, The Population Frequencies of Species.
    """
    _, counts = np.unique(values, return_counts=True)
    often = len(values) >= LEAST_REPEATS * len(counts)
    return bool(often and (counts == 1).sum() <= MOST_UNSEEN * len(values))


def _is_no_chance(step, num_distinct):
    return (num_distinct - 2) * np.log(step) >= np.log(LEAST_ODDS)
