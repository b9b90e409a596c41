import numpy as np
import pytest

from kvae.preprocessing import random_affine


def blob(size=41):
    """A bright spot right of the centre."""
    rows, columns = np.mgrid[:size, :size] - size // 2
    spot = np.exp(-((columns - 8) ** 2 + rows**2) / 8)
    return np.repeat(spot[None, ..., None], 200, axis=0)


def centres(images):
    """Centre of mass of each image, (x, y) from the middle."""
    size = images.shape[1]
    rows, columns = np.mgrid[:size, :size] - size // 2
    mass = images[..., 0].sum(axis=(1, 2))
    x = (images[..., 0] * columns).sum(axis=(1, 2)) / mass
    y = (images[..., 0] * rows).sum(axis=(1, 2)) / mass
    return x, y


def test_shifts_go_as_far_as_asked_in_every_direction():
    x, y = centres(random_affine(blob(), 0, shift=0.1, rotation=0, scaling=0))
    for way in (x - 8, y):
        assert -4.15 < way.min() < -3.5
        assert 3.5 < way.max() < 4.15


def test_rotations_turn_around_the_centre():
    x, y = centres(random_affine(blob(), 0, shift=0, rotation=15, scaling=0))
    np.testing.assert_allclose(np.hypot(x, y), 8, atol=0.05)
    angle = np.degrees(np.arctan2(y, x))
    assert -15.2 < angle.min() < -13
    assert 13 < angle.max() < 15.2


def test_scalings_move_along_the_radius():
    x, y = centres(random_affine(blob(), 0, shift=0, rotation=0, scaling=0.1))
    np.testing.assert_allclose(y, 0, atol=0.01)
    assert 7.15 < x.min() < 7.4
    assert 8.6 < x.max() < 8.85


def test_without_changes_the_images_stay():
    x = np.random.default_rng(0).random((3, 8, 7, 2)).astype("float32")
    same = random_affine(x, 0, shift=0, rotation=0, scaling=0)
    np.testing.assert_allclose(same, x, atol=1e-5)


def test_seeds_differ_and_repeat():
    first, again, other = (random_affine(blob(), seed) for seed in (0, 0, 1))
    np.testing.assert_array_equal(first, again)
    assert not np.allclose(first, other)


def test_refuses_what_is_no_image():
    with pytest.raises(ValueError, match=r"\(N, H, W, C\)"):
        random_affine(np.zeros((3, 8, 8)), seed=0)
