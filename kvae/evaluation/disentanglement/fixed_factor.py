"""Rows that share the value of one factor: what two of the scores are made from."""

import numpy as np


def shared_rows(who, levels, factors, size, stream):
    """Draws sets of rows that share the value of one factor; the others are free.

    The value is that of a random row. In a set no row is like its first: of two rows
    in a pair neither is the other.

    Args:
        who: str, the function that asks.
        levels: int array (N, K) of levels >= 0.
        factors: int array (M,), the factor that each set shares.
        size: int L, rows of a set.
        stream: numpy Generator.

    Returns:
        Int array (M, L) of row numbers.

    Raises:
        ValueError: where no two rows share a value of a factor that is asked for.

    Example:
        >>> levels = np.array([[0, 0], [0, 1], [1, 0], [1, 1]])
        >>> stream = np.random.default_rng(0)
        >>> rows = shared_rows("f", levels, np.zeros(5, int), 2, stream)
        >>> levels[rows][:, :, 0].std(axis=1).tolist()
        [0.0, 0.0, 0.0, 0.0, 0.0]
    """
    rows = np.empty((len(factors), size), "int64")
    for k, level in enumerate(levels.T):
        sets = np.flatnonzero(factors == k)
        order = np.argsort(level, kind="stable")  # the rows of a value side by side
        counts = np.bincount(level)
        starts = np.cumsum(counts) - counts
        shared = np.flatnonzero(counts[level] > 1)
        if len(sets) and not len(shared):
            raise ValueError(
                f"{who} expects rows that share a value of each factor. Received: "
                f"{len(level)} rows in one half, of which no two share a value of "
                f"factor {k}. Pass more rows, or cut the factor into fewer levels."
            )
        value = level[shared[stream.integers(len(shared), size=len(sets))]][:, None]
        place = stream.integers(counts[value], size=(len(sets), size))
        step = stream.integers(1, counts[value], size=(len(sets), size - 1))
        place[:, 1:] = (place[:, :1] + step) % counts[value]
        rows[sets] = order[starts[value] + place]
    return rows


def scaled(codes):
    """Returns the latents that vary, each divided by its standard deviation."""
    deviation = codes.std(axis=0)
    varies = deviation > 0
    return codes[:, varies] / deviation[varies]
