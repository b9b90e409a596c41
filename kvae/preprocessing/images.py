"""Small random shifts, rotations and scalings: the rival of every image sampler."""

import numpy as np
from keras import ops

from kvae import random
from kvae.checks import expect_shape

# 2.5 of 28 pixels: fractions of the side mean the same for small images.
SHIFT = 2.5 / 28
ROTATION = 15.0
SCALING = 0.1


def random_affine(x, seed, shift=SHIFT, rotation=ROTATION, scaling=SCALING):
    """Moves, turns and scales each image a little, around its centre, at random.

    Args:
        x: float array (N, H, W, C).
        seed: int.
        shift: float, largest shift in each direction, as a share of the side.
        rotation: float, largest rotation in degrees, either way.
        scaling: float, largest relative change of size, either way.

    Returns:
        Float32 array (N, H, W, C); what comes in from outside is 0.

    Raises:
        ValueError: where x are not images.

    Example:
        >>> random_affine(np.ones((2, 8, 8, 1)), seed=0).shape
        (2, 8, 8, 1)
    """
    x = np.asarray(x, "float32")
    expect_shape("random_affine", "(N, H, W, C)", x.shape, (None, None, None, None))
    stream = random.generator(seed, "affine")
    n, height, width = x.shape[:3]
    dx, dy = (side * stream.uniform(-shift, shift, n) for side in (width, height))
    angle = np.deg2rad(stream.uniform(-rotation, rotation, n))
    scale = 1.0 / (1.0 + stream.uniform(-scaling, scaling, n))
    cos, sin = scale * np.cos(angle), scale * np.sin(angle)
    # Output pixel p comes from input pixel A (p - centre) + centre - A shift.
    cx, cy = (width - 1) / 2, (height - 1) / 2
    transform = np.stack(
        [
            cos,
            -sin,
            cx - cos * (cx + dx) + sin * (cy + dy),
            sin,
            cos,
            cy - sin * (cx + dx) - cos * (cy + dy),
            np.zeros(n),
            np.zeros(n),
        ],
        axis=1,
    ).astype("float32")
    moved = ops.image.affine_transform(
        x, transform, interpolation="bilinear", fill_mode="constant"
    )
    return np.asarray(moved)
