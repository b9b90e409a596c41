"""Which generated rows one would doubt: their label, or that they are new."""

import numpy as np
import pandas as pd
from sklearn.ensemble import RandomForestClassifier
from sklearn.neighbors import NearestNeighbors

from kvae import random
from kvae.checks import expect_finite, expect_shape

MOST_ROWS = 5_000  # real rows that a forest, and distances, are of


def doubts(real, new, seed=0):
    """Says how doubtful generated rows are.

    Args:
        real: (x, y): float array (N, F) and int array (N,) of class indices.
        new: (x, y), generated rows (M, F) and their labels.
        seed: int.

    Returns:
        DataFrame of M rows: probability (of the row's label, by a random forest of the
        real rows; of more than 5,000 some are drawn), nearest (position of the nearest
        of these real rows), distance (Euclidean, to it).

    Raises:
        ValueError: for numbers that are not finite, or rows of another width.

    Example:
        >>> x, y = np.arange(20.0)[:, None], np.arange(20) // 10
        >>> doubts((x, y), (x, 1 - y))["probability"].max() < 0.5
        np.True_
    """
    (x, y), (new_x, label) = real, new
    x, new_x = (np.asarray(a).reshape(len(a), -1) for a in (x, new_x))
    for rows in (x, new_x):
        expect_finite("doubts", rows)
    expect_shape("doubts", "(M, F)", new_x.shape, (None, x.shape[1]))
    kept = np.arange(len(x))
    if len(x) > MOST_ROWS:
        stream = random.generator(seed, "doubts")
        kept = np.sort(stream.choice(kept, MOST_ROWS, replace=False))
    forest = RandomForestClassifier(
        200,
        min_samples_leaf=2,
        n_jobs=-1,
        random_state=random.derive(seed, "doubts") % 2**31,
    ).fit(x[kept], y[kept])
    forest.set_params(n_jobs=1)  # several add up in an order that is never the same
    place = pd.Index(forest.classes_).get_indexer(label)
    probability = forest.predict_proba(new_x)[np.arange(len(new_x)), place]
    search = NearestNeighbors(n_neighbors=1).fit(x[kept])
    distance, nearest = search.kneighbors(new_x)
    return pd.DataFrame(
        {
            # A class that was not drawn from the many is not known to the forest.
            "probability": np.where(place >= 0, probability, np.nan),
            "nearest": kept[nearest[:, 0]],
            "distance": distance[:, 0],
        }
    )
