"""How sharp images are: VAEs are said to blur them."""

import numpy as np

from kvae.checks import expect_finite, expect_shape


def sharpness(images):
    """How sharp each image is: the variance of its Laplacian.

    Comparable between images of the same things, such as originals and their
    reconstructions: what a blur takes away are fine differences.

    Args:
        images: float array (N, H, W, C), H and W at least 3.

    Returns:
        float64 array (N,), in squared units of a pixel; the mean of the channels.

    Raises:
        ValueError: for arrays of another shape, NaN or inf.

    Example:
        >>> edge = np.repeat([[0.0, 0.0, 1.0, 1.0]], 4, axis=0)
        >>> ramp = np.repeat([[0.0, 0.33, 0.67, 1.0]], 4, axis=0)
        >>> sharpness(np.stack([edge, ramp])[..., None]).round(4).tolist()
        [1.0, 0.0001]

    Reference:
        Pech-Pacheco et al. 2000, Diatom autofocusing in brightfield microscopy.
    """
    images = np.asarray(images)
    expect_shape("sharpness", "(N, H, W, C)", images.shape, (None,) * 4)
    expect_finite("sharpness", images)
    if min(images.shape[1:3]) < 3:
        raise ValueError(
            "sharpness expects images of at least 3 x 3 pixels. Received: shape "
            f"{images.shape}."
        )
    x = images.astype("float64")
    across = x[:, 1:-1, :-2] + x[:, 1:-1, 2:]
    down = x[:, :-2, 1:-1] + x[:, 2:, 1:-1]
    return (across + down - 4 * x[:, 1:-1, 1:-1]).var(axis=(1, 2)).mean(axis=-1)
