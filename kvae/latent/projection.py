"""The map: codes in a plane, and the way back from a place in it."""

import numpy as np
from sklearn.decomposition import PCA

from kvae.checks import expect_shape


class Projection:
    """The plane through codes in which they vary most.

    With two latents it is the latent space itself, turned; with one, its second
    coordinate is 0.

    Args:
        z: float array (N, d), codes.

    Attributes:
        seen: float, the share of the codes' variance that lies in the plane.

    Example:
        >>> z = np.array([[0.0, 0, 5], [4, 0, 5], [0, 2, 5], [4, 2, 5]])
        >>> projection = Projection(z)
        >>> round(projection.seen, 3)
        1.0
        >>> bool(np.allclose(projection.to_latent(projection.to_map(z)), z))
        True
    """

    def __init__(self, z):
        z = np.asarray(z, "float64")
        expect_shape("Projection", "(N, d)", z.shape, (None, None))
        self.mean = z.mean(axis=0)
        count = min(2, *z.shape)
        if len(z) > 1:
            with np.errstate(invalid="ignore"):  # codes that do not vary: 0 / 0
                pca = PCA(count, random_state=0).fit(z)
            axes, shares = pca.components_, pca.explained_variance_ratio_
        else:
            axes, shares = np.eye(count, z.shape[1]), np.zeros(count)
        self.axes = np.zeros((2, z.shape[1]))
        self.axes[:count] = axes
        self.seen = float(np.nan_to_num(shares).sum())

    def to_map(self, z):
        """Returns where codes (N, d) are in the plane, (N, 2)."""
        return (np.asarray(z) - self.mean) @ self.axes.T

    def to_latent(self, places):
        """Returns the codes (N, d) at places (N, 2) of the plane."""
        return np.asarray(places) @ self.axes + self.mean


def limits(places, margin=0.06):
    """Returns ((low, high), (low, high)) of a map that shows all places (N, 2).

    Example:
        >>> limits(np.array([[0.0, 1.0], [10.0, 1.0]]), margin=0.1)
        ((-1.0, 11.0), (0.0, 2.0))
    """
    ends = []
    for axis in np.asarray(places).T:
        low, high = float(axis.min()), float(axis.max())
        wider = margin * (high - low) or 1.0  # a line gets some width, too
        ends.append((low - wider, high + wider))
    return tuple(ends)


def nearest_place(places, place, reach):
    """Returns the position of the place that was meant, or -1 for none within reach.

    Args:
        places: float array (N, 2).
        place: (x, y).
        reach: (float, float), how far away it may be in either direction.

    Example:
        >>> nearest_place([[0, 0], [5, 5]], (4.5, 5), (1, 1))
        1
        >>> nearest_place([[0, 0], [5, 5]], (3, 3), (1, 1))
        -1
    """
    distance = (np.asarray(places) - place) / np.asarray(reach)
    squared = (distance**2).sum(axis=1)
    found = int(squared.argmin())
    return found if squared[found] <= 1 else -1
