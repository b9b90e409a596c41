"""Sweeps: what each latent changes, alone, between its usual values."""

import numpy as np

from kvae.checks import expect_at_least, expect_count, expect_finite, expect_shape


def sweep(z_mean, latents, points=7, span=2.0, around=None):
    """Returns codes in which one latent at a time moves, and the others stay.

    It moves about its mean over the rows, within so many of its standard deviations.

    Args:
        z_mean: float array (N, d), codes of rows, which say what is usual.
        latents: J ints, which latents move.
        points: int P, how many values each of them takes.
        span: float, how far from its mean, in its standard deviations.
        around: optional float array (d,), the code whose values the others keep; by
            default the mean code.

    Returns:
        Float array (J, P, d), to be decoded.

    Raises:
        ValueError: where z_mean is not (N, d) or not finite, around is not (d,), a
            latent does not exist, or points or span are out of range.

    Example:
        >>> codes = np.array([[0.0, 5.0], [2.0, 5.0]])
        >>> sweep(codes, latents=[0], points=3, span=1.0).tolist()
        [[[0.0, 5.0], [1.0, 5.0], [2.0, 5.0]]]

    Reference:
        Higgins et al. 2017, beta-VAE, figure 2 ("latent traversals", around the code of
        an image).
    """
    z_mean = np.asarray(z_mean)
    expect_shape("sweep", "(N, d)", z_mean.shape, (None, None))
    expect_finite("sweep", z_mean)
    expect_count("points of sweep", points, 2)
    expect_at_least("span of sweep", span, 0)
    latents = np.asarray(latents, "int64")
    width = z_mean.shape[1]
    if ((latents < 0) | (latents >= width)).any():
        raise ValueError(
            f"sweep expects latents from 0 to {width - 1}. Received: "
            f"{latents.tolist()}."
        )
    middle, deviation = z_mean.mean(axis=0), z_mean.std(axis=0)
    around = middle if around is None else np.asarray(around)
    expect_shape("around of sweep", "(d,)", around.shape, (width,))
    z = np.tile(around, (len(latents), points, 1))
    steps = np.linspace(-span, span, points)
    for row, latent in enumerate(latents):
        z[row, :, latent] = middle[latent] + steps * deviation[latent]
    return z
