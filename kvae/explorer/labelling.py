"""Painting labels: what is known, what spread from it, which row is next."""

import numpy as np
import pandas as pd

AMONG = 5  # times as many of the most doubtful rows as are proposed


def with_painted(given, painted, hidden=False):
    """Returns labels (N,), those painted by hand above those that were given.

    Args:
        given: int array (N,) of class indices, -1 = none.
        painted: list of (row, class index), the later ones above the earlier; class -1
            takes a label away.
        hidden: bool, whether the given labels are left out.

    Example:
        >>> with_painted(np.array([0, 1, -1]), [(2, 1), (0, -1)]).tolist()
        [-1, 1, 1]
    """
    labels = np.full(len(given), -1) if hidden else np.array(given)
    for row, label in painted:
        labels[row] = label
    return labels


def margins(probability):
    """Returns how far the likeliest class is ahead of the next, (N,), from 0 to 1.

    Args:
        probability: float array (N, K).

    Example:
        >>> margins(np.array([[0.5, 0.5, 0.0], [0.25, 0.75, 0.0]])).tolist()
        [0.0, 0.5]
    """
    if probability.shape[1] < 2:
        return np.ones(len(probability))
    ordered = np.sort(probability, axis=1)
    return ordered[:, -1] - ordered[:, -2]


def next_rows(spread, labels, count):
    """Returns the rows whose label would say most: those without, then doubtful ones.

    Rows that no label reached come first; then those with the smallest margin between
    their two likeliest classes. One of each pair of classes before a second one, so
    that ten doubts are not one doubt ten times.

    Args:
        spread: Spread of N rows.
        labels: int array (N,), -1 = unlabelled; labelled rows are not proposed.
        count: int, rows to propose at most.

    Returns:
        Int array of at most `count` rows.

    Reference:
        Scheffer, Decomain and Wrobel 2001, Active Hidden Markov Models (margins).
    """
    open_rows = np.flatnonzero(labels < 0)
    margin = np.where(spread.label < 0, -1.0, margins(spread.probability))
    open_rows = open_rows[np.argsort(margin[open_rows], kind="stable")]
    open_rows = open_rows[: AMONG * count]
    # Later rows of a pair of classes wait until each pair has had its turn.
    likeliest = np.sort(np.argsort(-spread.probability[open_rows], axis=1)[:, :2])
    pairs = pd.Series([str(pair) for pair in likeliest.tolist()])
    turn = pairs.groupby(pairs).cumcount().to_numpy()
    return open_rows[np.argsort(turn, kind="stable")][:count]


def label_table(spread, labels, given, classes):
    """Returns every row's label, and where it comes from.

    Args:
        spread: Spread of N rows, or None before labels have spread.
        labels: int array (N,), known labels, -1 = none.
        given: int array (N,), those that the model was trained with.
        classes: K strings.

    Returns:
        DataFrame of N rows: label, origin ("given", "painted", "spread" or ""),
        probability, margin.
    """
    known = labels >= 0
    origin = np.where(known, np.where(labels == given, "given", "painted"), "")
    found, probability = labels, np.where(known, 1.0, np.nan)
    margin = probability
    if spread is not None:
        found = np.where(known, labels, spread.label)
        origin = np.where(~known & (found >= 0), "spread", origin)
        probability = np.where(known, 1.0, spread.probability.max(axis=1))
        margin = np.where(known, 1.0, margins(spread.probability))
    names = np.array([*classes, ""], object)  # -1 is the last
    return pd.DataFrame(
        {
            "label": names[found],
            "origin": origin,
            "probability": probability.round(4),
            "margin": margin.round(4),
        }
    )
