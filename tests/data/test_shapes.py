import numpy as np
import pytest

import kvae
from kvae.data.shapes import FACTORS, SHAPES, factor_grid, random_points, render

POSITIONS = tuple(np.random.default_rng(0).permutation(73_728)[:3000])
POINTS = factor_grid()[list(POSITIONS)]


def moments(images):
    """The area and the centroid, in shares of the side, from pixels alone."""
    size = images.shape[1]
    pixels = images[..., 0].astype("float64")
    centres = (np.arange(size) + 0.5) / size
    area = pixels.sum(axis=(1, 2))
    x = pixels.sum(axis=1) @ centres / area
    y = pixels.sum(axis=2) @ centres / area
    return area / size**2, x, y


@pytest.mark.parametrize("size", [32, 64])
def test_moments_of_the_pixels_agree_with_the_factors(size):
    area, x, y = moments(render(POINTS, size))
    scale = np.array(FACTORS["scale"])[POINTS[:, 1]]
    np.testing.assert_allclose(np.sqrt(area), scale, rtol=0.03)
    pixel = 1 / size
    np.testing.assert_allclose(x, np.take(FACTORS["x"], POINTS[:, 3]), atol=0.2 * pixel)
    np.testing.assert_allclose(y, np.take(FACTORS["y"], POINTS[:, 4]), atol=0.2 * pixel)


def test_the_moments_name_the_level_of_every_factor():
    area, x, y = moments(render(POINTS))
    for name, value in (("scale", np.sqrt(area)), ("x", x), ("y", y)):
        level = np.abs(value[:, None] - np.array(FACTORS[name])).argmin(axis=1)
        np.testing.assert_array_equal(level, POINTS[:, list(FACTORS).index(name)])


def test_the_long_axis_shows_the_rotation():
    points = factor_grid(scale=5, x=8, y=8)
    images = render(points, 64)[..., 0].astype("float64")
    down, across = np.mgrid[:64, :64] + 0.5
    for point, image in zip(points, images, strict=True):
        weight = image / image.sum()
        u = across - (across * weight).sum()
        v = down - (down * weight).sum()
        skew = 2 * (u * v * weight).sum()
        angle = 0.5 * np.arctan2(skew, ((u * u - v * v) * weight).sum()) % np.pi
        off = (angle - FACTORS["rotation"][point[2]] + np.pi / 2) % np.pi - np.pi / 2
        assert abs(off) < 0.1


def test_agrees_with_rendering_at_sixteen_times_the_size():
    points = POINTS[:60]
    fine = render(points, 512)[..., 0]
    coarse = fine.reshape(60, 32, 16, 32, 16).mean(axis=(2, 4))
    np.testing.assert_allclose(render(points, 32)[..., 0], coarse, atol=0.2)
    assert np.abs(render(points, 32)[..., 0] - coarse).mean() < 1e-3


def test_no_two_points_of_the_grid_look_the_same():
    points = factor_grid(scale=(0, 1), x=(7, 8), y=8)
    images = render(points).reshape(len(points), -1)
    squares = (images**2).sum(axis=1)
    distance = squares[:, None] + squares - 2 * images @ images.T
    np.fill_diagonal(distance, np.inf)
    assert distance.min() > 0.1


def test_a_picture_does_not_depend_on_its_company():
    alone = np.concatenate([render(point[None]) for point in POINTS[:5]])
    np.testing.assert_array_equal(render(POINTS[:5]), alone)
    assert alone.min() == 0 and alone.max() == 1
    assert not alone[:, [0, -1]].any() and not alone[:, :, [0, -1]].any()


def test_the_source_is_the_same_always_and_labelled_by_any_factor():
    one = kvae.load("shapes", num_train=50, num_test=10)
    same = kvae.load("shapes", num_train=50, num_test=10)
    np.testing.assert_array_equal(one.train.x, same.train.x)
    assert one.class_names == SHAPES
    by_scale = kvae.load("shapes", size=64, label="scale", num_train=50, num_test=10)
    assert by_scale.num_classes == 6
    assert by_scale.element_shape == (64, 64, 1)
    with one.scoring() as test:
        seen = {row.tobytes() for row in one.train.x}
        assert not any(row.tobytes() in seen for row in test.x)


def test_the_factors_of_every_image_of_the_source_are_known():
    source = kvae.load("shapes", num_train=30, num_test=10)
    points = random_points(40)
    with source.scoring() as test:
        images = np.concatenate([source.train.x, test.x])
        labels = np.concatenate([source.train.y, test.y])
    np.testing.assert_array_equal(images, render(points))
    np.testing.assert_array_equal(labels, points[:, 0])
    assert len(np.unique(random_points(73_728), axis=0)) == 73_728


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: factor_grid(colour=0), "factor expects one of"),
        (lambda: factor_grid(scale=6), "'scale' expects indices from 0 to 5"),
        (lambda: render([[0, 0, 0, 0, 16]]), "'y' expects indices"),
        (lambda: render([0, 0, 0, 0, 0]), r"shape \(N, 5\)"),
        (lambda: render(POINTS[:1], size=4), "size expects a whole number >= 8"),
        (lambda: kvae.load("shapes", label="hue"), "label expects one of"),
        (lambda: kvae.load("shapes", num_train=80_000), "at most 73728 images"),
    ],
)
def test_points_off_the_grid_are_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()
