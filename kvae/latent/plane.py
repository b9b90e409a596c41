"""Codes in a plane that people can look at."""

import numpy as np
from sklearn.decomposition import PCA

from kvae.checks import expect_shape


def plane(codes, *others):
    """Projects codes onto the two directions in which the first vary most.

    Args:
        codes: float array (N, d), means of codes.
        *others: float arrays (M, d), projected by the same directions.

    Returns:
        (list of float arrays (N, 2), (M, 2), ...; share of the variance that is seen).
        With one latent the second coordinate is 0.

    Raises:
        ValueError: for codes of other dimensions.

    Example:
        >>> points, share = plane(np.eye(3)[:, :2], np.zeros((1, 2)))
        >>> [p.shape for p in points], round(share, 3)
        ([(3, 2), (1, 2)], 1.0)
    """
    expect_shape("plane", "(N, d)", np.shape(codes), (None, None))
    for other in others:
        expect_shape("plane", "(M, d)", np.shape(other), (None, np.shape(codes)[1]))
    components = min(2, *np.shape(codes))
    pca = PCA(components, random_state=0).fit(codes)
    points = []
    for each in (codes, *others):
        flat = np.zeros((len(each), 2))
        if len(each):
            flat[:, :components] = pca.transform(each)
        points.append(flat)
    shares = pca.explained_variance_ratio_
    # Codes that do not vary have no shares.
    return points, float(np.nan_to_num(shares).sum())
