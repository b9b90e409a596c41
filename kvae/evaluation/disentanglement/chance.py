"""Shares of right answers, less those that chance gives."""

import numpy as np


def above_chance(share, chance):
    """Returns (share - chance) / (1 - chance): 0 by chance, 1 where all is right.

    Example:
        >>> above_chance(0.75, chance=0.5)
        0.5
    """
    return (share - chance) / (1.0 - chance)


def mean_recall(y_true, y_pred, adjusted=True):
    """Returns the mean share of rows told right, over the levels that occur.

    Args:
        y_true: int array (N,) of levels >= 0.
        y_pred: int array (N,).
        adjusted: bool, whether what chance gives, one over the number of levels, counts
            as 0.

    Example:
        >>> y = np.array([0, 0, 1, 1])
        >>> mean_recall(y, np.array([0, 0, 1, 0]), adjusted=False)
        0.75
        >>> mean_recall(y, np.array([0, 0, 0, 0]))
        0.0
    """
    # scikit-learn's balanced accuracy, without its warning of levels that are absent.
    rows = np.bincount(y_true)
    right = np.bincount(y_true, weights=y_true == y_pred)
    recall = right[rows > 0] / rows[rows > 0]
    mean = float(recall.mean())
    if not adjusted or len(recall) == 1:
        return mean
    return above_chance(mean, 1 / len(recall))
