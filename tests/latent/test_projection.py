"""The plane of the map."""

import numpy as np
import pytest

from kvae.latent.projection import Projection, limits, nearest_place


def test_sees_the_directions_in_which_codes_vary_most():
    z = np.random.default_rng(0).normal(size=(500, 4)) * [0.1, 5, 0.1, 2]
    projection = Projection(z)
    u, s, _ = np.linalg.svd(z - z.mean(axis=0), full_matrices=False)
    expected = (u * s)[:, :2]
    np.testing.assert_allclose(np.abs(projection.to_map(z)), np.abs(expected), 1e-6)
    assert projection.seen == pytest.approx((s[:2] ** 2).sum() / (s**2).sum())


def test_a_place_of_the_map_is_where_its_code_lies():
    projection = Projection(np.random.default_rng(0).normal(size=(50, 6)))
    places = np.random.default_rng(1).normal(size=(7, 2))
    latent = projection.to_latent(places)
    np.testing.assert_allclose(projection.to_map(latent), places, atol=1e-12)


@pytest.mark.parametrize("shape", [(1, 3), (5, 1), (1, 1)])
def test_one_latent_and_one_row_have_a_map(shape):
    projection = Projection(np.arange(np.prod(shape), dtype="float64").reshape(shape))
    assert projection.to_map(np.zeros(shape)).shape == (shape[0], 2)
    assert 0 <= projection.seen <= 1


def test_codes_that_do_not_vary_have_a_map():
    z = np.ones((4, 3))
    assert Projection(z).seen == 0
    assert limits(Projection(z).to_map(z)) == ((-1.0, 1.0), (-1.0, 1.0))


def test_the_nearest_place_within_reach_is_meant():
    places = np.random.default_rng(0).random((40, 2))
    for place in np.random.default_rng(1).random((20, 2)):
        distance = np.linalg.norm(places - place, axis=1)
        expected = distance.argmin() if distance.min() <= 0.1 else -1
        assert nearest_place(places, place, (0.1, 0.1)) == expected


def test_other_shapes_are_refused():
    with pytest.raises(ValueError, match="Projection expects .*N, d"):
        Projection(np.zeros(3))
