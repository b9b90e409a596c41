"""Active units: how many latents say anything about x."""

import numpy as np

from kvae.checks import expect_at_least, expect_finite, expect_shape
from kvae.evaluation.disentanglement.known_factors import DIVERGED


def active_units(codes, threshold=0.01):
    """Returns how many latents are active: Var_x(E[z_j | x]) > threshold.

    A latent that the KL has closed has the same mean for every x. The count says
    nothing of factors: a code may be active and entangled.

    Args:
        codes: float array (N, d), means of q(z | x), N >= 2.
        threshold: float, a variance.

    Returns:
        Int, from 0 to d.

    Raises:
        ValueError: for codes that are not finite, of another shape, or a single row.

    Example:
        >>> active_units(np.array([[0.0, 1.0, 0.10], [0.0, -1.0, 0.11]]))
        1

    Reference:
        Burda, Grosse and Salakhutdinov 2016, Importance Weighted Autoencoders, 4.2.
    """
    codes = np.asarray(codes)
    expect_shape("active_units (codes)", "(N, d)", codes.shape, (None, None))
    expect_finite("active_units (codes)", codes, DIVERGED)
    expect_at_least("threshold of active_units", threshold, 0)
    if len(codes) < 2:
        raise ValueError(
            f"active_units expects at least 2 rows, or nothing varies. Received: shape="
            f"{codes.shape}."
        )
    return int((codes.astype("float64").var(axis=0) > threshold).sum())
