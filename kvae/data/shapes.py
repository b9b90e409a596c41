"""Rendered shapes with known factors: disentanglement with ground truth, no download.

Like dSprites (Matthey et al. 2017): one white shape on black, five factors. But no two
points of the grid give the same picture: no shape looks the same after less than half a
turn, and rotations stay below half a turn.
"""

import itertools
from concurrent import futures

import numpy as np

from kvae import random
from kvae.checks import expect_count, expect_one_of
from kvae.data.guarded import Rows
from kvae.data.source import Source

SHAPES = ("rectangle", "ellipse", "triangle")
# Values of each factor: names; side of a square of the same area, and the position of
# the centroid, as shares of the image's side; angles in radians.
FACTORS = {
    "shape": SHAPES,
    "scale": tuple(np.linspace(0.14, 0.24, 6)),
    "rotation": tuple(np.arange(16) * np.pi / 16),
    "x": tuple(np.linspace(0.3, 0.7, 16)),
    "y": tuple(np.linspace(0.3, 0.7, 16)),
}
_BLOCK = 64  # images; their pixels stay in the cache


def shapes(data_dir=None, size=32, label="shape", num_train=10_000, num_test=2_000):
    """Returns a source of rendered shapes, at random points of the factor grid.

    The points are always the same, and none occurs twice: `random_points` has them,
    the training images first. For other points see `factor_grid` and `render`.

    Args:
        data_dir: ignored; nothing is read.
        size: int, height and width in pixels; 32 and 64 are usual.
        label: str, the factor that is the class.
        num_train: int, training images.
        num_test: int, test images.

    Returns:
        Source of grey images (N, size, size, 1) in [0, 1].

    Raises:
        ValueError: for an unknown factor, or more images than the grid has points.
    """
    expect_one_of("label", label, FACTORS)
    expect_count("num_train", num_train, 1)
    expect_count("num_test", num_test, 1)
    points = random_points(num_train + num_test)
    names = tuple(str(value) for value in FACTORS[label])
    y = points[:, list(FACTORS).index(label)]
    rows = Rows(render(points, size), y)
    return Source(
        f"shapes/{label}",
        train=rows.take(slice(num_train)),
        guarded_test=rows.take(slice(num_train, None)),
        class_names=names,
        citation="Rendered, after dSprites (Matthey et al. 2017).",
        licence="CC0",
    )


def random_points(count):
    """Returns the factors of the first images that `shapes` renders.

    Args:
        count: int N; of a source with `num_train` training images the test images are
            the points from `num_train` on.

    Returns:
        Int64 array (N, 5) of indices: shape, scale, rotation, x, y; no point twice.

    Raises:
        ValueError: for more images than the grid has points.

    Example:
        >>> source = shapes(num_train=2, num_test=1)
        >>> bool((render(random_points(3)[:2]) == source.train.x).all())
        True
    """
    grid = factor_grid()
    if count > len(grid):
        raise ValueError(
            f"shapes expects at most {len(grid)} images, the points of its grid. "
            f"Received: {count}."
        )
    return random.generator(0, "shapes").permutation(grid)[:count]


def factor_grid(**chosen):
    """Returns points of the factor grid, in order; all 73,728 of them by default.

    Args:
        **chosen: for any factor, an index or several, to take a part of the grid.

    Returns:
        Int64 array (N, 5) of indices: shape, scale, rotation, x, y.

    Raises:
        ValueError: for an unknown factor or an index outside its range.

    Example:
        >>> factor_grid(shape=1, scale=5, rotation=0, x=(0, 15), y=8).tolist()
        [[1, 5, 0, 0, 8], [1, 5, 0, 15, 8]]
    """
    for name in chosen:
        expect_one_of("factor", name, list(FACTORS))
    axes = [
        np.atleast_1d(chosen.get(name, np.arange(len(values))))
        for name, values in FACTORS.items()
    ]
    points = np.array(list(itertools.product(*axes)), "int64").reshape(-1, len(FACTORS))
    return _expect_on_grid(points)


def render(factors, size=32):
    """Renders shapes, antialiased: a pixel at the edge is as grey as it is covered.

    To first order: edges are taken as straight, so that a pixel at a sharp corner may
    be a little too light or too dark.

    Args:
        factors: int array (N, 5), points of `factor_grid`.
        size: int, height and width in pixels.

    Returns:
        Float32 array (N, size, size, 1) in [0, 1].

    Raises:
        ValueError: for factors of another shape or off the grid.

    Example:
        >>> image = render([[0, 5, 0, 8, 8]])[0]
        >>> round(float(image.sum()) ** 0.5 / 32, 2)  # the scale
        0.24
    """
    expect_count("size", size, 8)
    factors = _expect_on_grid(np.asarray(factors))
    images = np.empty((len(factors), size, size, 1), "float32")
    starts = range(0, len(factors), _BLOCK)

    def block(start):
        rows = slice(start, start + _BLOCK)
        images[rows, ..., 0] = _render_block(factors[rows], size)

    with futures.ThreadPoolExecutor() as pool:  # NumPy computes outside the lock
        list(pool.map(block, starts))
    return images


def _render_block(factors, size):
    """Coverage of pixels, (B, size, size)."""
    kind = factors[:, 0]
    scale, angle, x, y = (
        np.take(np.array(FACTORS[name], "float32"), factors[:, i])[:, None, None]
        for i, name in enumerate(FACTORS)
        if name != "shape"
    )
    centres = (np.arange(size, dtype="float32") + 0.5) / size
    across, down = centres[None, None, :] - x, centres[None, :, None] - y
    cosine, sine = np.cos(angle) / scale, np.sin(angle) / scale
    u = cosine * across + sine * down  # in units of the scale
    v = cosine * down - sine * across
    coverage = np.empty(u.shape, "float32")
    for i, edges in enumerate(_EDGES):
        of_kind = kind == i
        if of_kind.any():
            pixels = scale[of_kind] * np.float32(size)
            coverage[of_kind] = _covered(edges(u[of_kind], v[of_kind]), pixels)
    return coverage


def _covered(distances, pixels):
    """Share of each pixel inside all edges; a corner is where two of them meet."""
    coverage = 1.0
    for distance in distances:
        distance *= pixels
        distance += 0.5
        coverage = coverage * np.clip(distance, 0.0, 1.0, out=distance)
    return coverage


# Distances to the edges, positive inside, of shapes with area 1 and centroid 0.
def _rectangle(u, v):
    half_width, half_height = 0.5 * 2**0.5, 0.5 / 2**0.5
    return half_width - np.abs(u), half_height - np.abs(v)


def _ellipse(u, v):
    a, b = (2 / np.pi) ** 0.5, (0.5 / np.pi) ** 0.5
    u, v = u / a, v / b
    # First-order distance f / |grad f| of f = 1 - r, r = sqrt(u^2 + v^2).
    square = u * u + v * v
    slope = np.sqrt((u / a) ** 2 + (v / b) ** 2) + 1e-6
    return ((np.sqrt(square) - square) / slope,)


def _triangle(u, v):
    height, base = 1.25 * 2**0.5, 2**0.5 / 1.25
    rising = np.hypot(height, base / 2)
    # Centroid a third of the height above the base; two equal sides, a third edge.
    side = base / 3 * height / rising - u * (base / 2 / rising)
    across = v * (height / rising)
    return side - across, side + across, u + height / 3


_EDGES = (_rectangle, _ellipse, _triangle)


def _expect_on_grid(factors):
    counts = [len(values) for values in FACTORS.values()]
    if factors.ndim != 2 or factors.shape[1] != len(counts):
        raise ValueError(
            f"Factors expect an array of shape (N, {len(counts)}): "
            f"{', '.join(FACTORS)}. Received: shape={factors.shape}."
        )
    off = ((factors < 0) | (factors >= counts)).any(axis=0)
    if off.any():
        name = list(FACTORS)[off.argmax()]
        raise ValueError(
            f"Factor {name!r} expects indices from 0 to {len(FACTORS[name]) - 1}. "
            f"Received: {factors[:, off.argmax()].min()} to "
            f"{factors[:, off.argmax()].max()}."
        )
    return factors
