"""Values of a number that stand out: the zeros of rain, the 40 hours of a week."""

import numpy as np

MOST_SPIKES = 8
LEAST_SHARE = 0.05  # of the rows
LEAST_COUNT = 5
TIMES_OTHERS = 5


def find_spikes(values):
    """Returns the values that stand out, and the shares of rows that have them.

    A value stands out where 5 % of the rows have it, at least 5, and 5 times as many as
    have the median other value. Where all other rows have one value, that counts as
    well: then there is nothing else.

    Args:
        values: float array (N,), none missing.

    Returns:
        (spikes, shares): tuples of float, in increasing order of the spikes; at most 8
        stand out, the most frequent.

    Example:
        >>> find_spikes(np.array([0.0] * 8 + [1.5, 3.0]))
        ((0.0,), (0.8,))
    """
    distinct, counts = np.unique(values, return_counts=True)
    least = max(LEAST_COUNT, LEAST_SHARE * len(values))
    frequent = np.flatnonzero(counts >= least)  # 20 at most, by their share
    frequent = frequent[np.argsort(-counts[frequent], kind="stable")]
    chosen = [
        i for i in frequent if counts[i] >= TIMES_OTHERS * _median_without(counts, i)
    ]
    chosen = chosen[:MOST_SPIKES]
    if chosen and len(distinct) - len(chosen) < 2:
        chosen = list(range(len(distinct)))
    chosen = sorted(chosen)
    return (
        tuple(distinct[chosen].tolist()),
        tuple((counts[chosen] / max(len(values), 1)).tolist()),
    )


def _median_without(counts, i):
    return np.median(np.delete(counts, i)) if len(counts) > 1 else np.inf
