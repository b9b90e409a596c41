"""Labels: the classes they name, how many rows each has, and splits class by class.

Which labels are missing is decided by `kvae.checks.missing_labels`.
"""

import numpy as np
import pandas as pd

from kvae import random
from kvae.checks import missing_labels


def class_names_and_indices(y, unlabelled=None):
    """Returns the class names, sorted, and the class index of each label.

    Args:
        y: array (N,) of labels: strings, numbers or booleans, some of them missing.
        unlabelled: optional, a label that also means unlabelled, such as -1.

    Returns:
        (tuple of str, int64 array (N,) with -1 for unlabelled rows).

    Raises:
        ValueError: where y is not one-dimensional, or two labels have the same name,
            such as 1 and "1".

    Example:
        >>> class_names_and_indices(["pear", "fig", None, "pear"])
        (('fig', 'pear'), array([ 1,  0, -1,  1]))
    """
    if np.ndim(y) != 1:
        raise ValueError(
            "Labels expect one value for each row, shape (N,). "
            f"Received: shape={np.shape(y)}."
        )
    y = pd.Series(y).reset_index(drop=True)
    missing = missing_labels(y, unlabelled)
    labels = y[~missing].unique().tolist()
    if all(isinstance(label, float) and label.is_integer() for label in labels):
        labels = [int(label) for label in labels]  # a missing label made them floats
    try:
        labels = sorted(labels)
    except TypeError:  # labels of several types
        labels = sorted(labels, key=str)
    names = tuple(str(label) for label in labels)
    if len(set(names)) < len(names):
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(
            f"Labels expect one spelling for each class. Received: {twice!r} both as "
            "text and as a number. Convert them to one type."
        )
    index = {label: i for i, label in enumerate(labels)}
    indices = np.full(len(y), -1, "int64")
    indices[~missing] = [index[label] for label in y[~missing]]
    return names, indices


def class_counts(y):
    """Returns how many rows each class has; missing labels do not count.

    Args:
        y: Series (N,) of labels.

    Returns:
        Series of int, indexed by label, the largest class first.

    Example:
        >>> class_counts(pd.Series(["pear", "fig", "", "pear"])).to_dict()
        {'pear': 2, 'fig': 1}
    """
    counts = y[~missing_labels(y)].value_counts()
    return counts[counts > 0]  # a category may have no rows


def counts_like(y, balance=False):
    """Returns how many rows to generate: as many of each class as there are real ones.

    Args:
        y: int array of labels; -1 (unlabelled) does not count.
        balance: bool; True first tops every class up to the largest, and then
            doubles it.

    Returns:
        Dict {class index: rows}.

    Example:
        >>> counts_like([0, 0, 0, 1])
        {0: 3, 1: 1}
        >>> counts_like([0, 0, 0, 1], balance=True)
        {0: 3, 1: 5}
    """
    y = np.asarray(y)
    labels, counts = np.unique(y[y >= 0], return_counts=True)
    if balance:
        counts = 2 * counts.max() - counts
    return {int(c): int(n) for c, n in zip(labels, counts, strict=True)}


def held_out(y, share, seed=0):
    """Draws test rows: the same share of every class, leaving at least one row of each.

    Args:
        y: int array (N,) of class indices; unlabelled rows (-1) are never drawn.
        share: float in (0, 1).
        seed: int.

    Returns:
        Bool array (N,), True for test rows.

    Raises:
        ValueError: for a share outside (0, 1), or where no class can spare a row.

    Example:
        >>> int(held_out(np.array([0, 0, 0, 0, 1, -1]), 0.5).sum())
        2
    """
    if not 0 < share < 1:
        raise ValueError(f"test_size expects a share in (0, 1). Received: {share!r}.")
    drawn = np.zeros(len(y), bool)
    for label in np.unique(y[y >= 0]):
        rows = np.flatnonzero(y == label)
        count = min(round(share * len(rows)), len(rows) - 1)
        order = random.generator(seed, "held_out", int(label)).permutation(rows)
        drawn[order[:count]] = True
    if not drawn.any():
        raise ValueError(
            f"A test part of {share:.0%} of each class would hold no row at all: the "
            f"largest class has {np.bincount(y[y >= 0]).max(initial=0)} labelled "
            "row(s). Label more rows, raise test_size, or pass test=."
        )
    return drawn


def stratified_folds(y, folds, seed):
    """Returns a fold number for each row, with every class spread over the folds.

    Args:
        y: int array (N,) of class indices.
        folds: int.
        seed: int.

    Returns:
        Int array (N,); -1 for the only row of a class, which is never held out.

    Example:
        >>> np.bincount(stratified_folds(np.array([0, 0, 1, 1]), 2, seed=0)).tolist()
        [2, 2]
    """
    fold = np.full(len(y), -1)
    for label in np.unique(y):
        rows = np.flatnonzero(y == label)
        if len(rows) > 1:
            order = random.generator(seed, "folds", int(label)).permutation(rows)
            fold[order] = np.arange(len(rows)) % folds
    return fold
