"""Which rows are near which: the graph that labels spread over."""

import numpy as np
from sklearn.neighbors import NearestNeighbors

from kvae.checks import expect_count, expect_finite, expect_shape


def neighbours(z, k=10):
    """Returns the k nearest rows of every row, itself excluded, nearest first.

    Euclidean and exact: scikit-learn's search over blocks of all pairs.
    `tools/benchmark_graph.py` times the alternatives.

    Args:
        z: float array (N, d), such as the latent means of codes.
        k: int >= 1; clipped to N - 1.

    Returns:
        (indices, distances): int array (N, k), and float array (N, k) of z's dtype,
        with min(k, N - 1) columns. A row is never its own neighbour, its duplicates
        are at distance 0; equally near neighbours come in the order of their indices.

    Raises:
        ValueError: where z is not (N, d), empty, or not finite, or k < 1.

    Example:
        >>> indices, distances = neighbours([[0.0], [1.0], [3.0]], k=1)
        >>> indices.ravel(), distances.ravel()
        (array([1, 0, 1]), array([1., 1., 2.]))
    """
    z = np.asarray(z)
    expect_count("k of neighbours", k, 1)
    expect_shape("neighbours", "(N, d)", z.shape, (None, None), remedy="Reshape z.")
    if len(z) == 0:
        raise ValueError("neighbours expects at least one row. Received: none.")
    expect_finite("neighbours", z)
    z = z if z.dtype == "float32" else z.astype("float64")
    k = min(k, len(z) - 1)
    if k == 0:
        return np.zeros((1, 0), "int64"), np.zeros((1, 0), z.dtype)
    # Without an argument, kneighbors leaves each row out by index, not by distance.
    search = NearestNeighbors(n_neighbors=k, algorithm="brute").fit(z)
    indices = search.kneighbors(return_distance=False)
    # From differences: |a|^2 - 2 ab + |b|^2 would round duplicates away from 0.
    distances = np.stack(
        [np.linalg.norm(z - z[column], axis=1) for column in indices.T], axis=1
    )
    order = np.lexsort((indices, distances), axis=1)
    return (
        np.take_along_axis(indices, order, axis=1),
        np.take_along_axis(distances, order, axis=1),
    )
