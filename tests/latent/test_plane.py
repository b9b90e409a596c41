import numpy as np
import pytest

from kvae.latent.plane import plane


def test_two_directions_are_those_of_a_singular_value_decomposition():
    z = np.random.default_rng(0).normal(size=(50, 5)) * [5, 3, 1, 1, 1]
    (points,), share = plane(z)
    centred = z - z.mean(axis=0)
    _, values, directions = np.linalg.svd(centred, full_matrices=False)
    np.testing.assert_allclose(np.abs(points), np.abs(centred @ directions[:2].T))
    assert share == pytest.approx((values[:2] ** 2).sum() / (values**2).sum())


def test_others_are_projected_by_the_same_directions():
    z = np.random.default_rng(0).normal(size=(20, 4))
    (first, again), _ = plane(z, z[5:7])
    np.testing.assert_allclose(first[5:7], again)


def test_one_latent_is_a_line_and_codes_that_do_not_vary_a_point():
    (line,), share = plane(np.arange(5.0)[:, None])
    assert not line[:, 1].any() and share == pytest.approx(1)
    (point,), share = plane(np.ones((4, 3)))
    assert not point.any() and share == 0


def test_codes_of_another_space_are_an_error():
    with pytest.raises(ValueError, match="plane expects"):
        plane(np.ones((4, 3)), np.ones((4, 2)))
