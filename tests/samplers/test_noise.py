import numpy as np
import pytest

from kvae.samplers import Noise


def test_alpha_is_the_variance_around_the_parent(make_codes, means_of):
    codes = make_codes()
    draws = Noise(alpha=0.25).draw(codes, 20_000, seed=0)
    noise = draws.z - means_of(codes, draws.parent)
    np.testing.assert_allclose(noise.mean(axis=0), 0, atol=0.02)
    np.testing.assert_allclose(noise.var(axis=0), 0.25, rtol=0.03)


def test_without_variance_the_parents_come_back(make_codes, means_of):
    codes = make_codes()
    draws = Noise(alpha=0).draw(codes, 5, seed=0)
    np.testing.assert_array_equal(draws.z, means_of(codes, draws.parent))


@pytest.mark.parametrize("alpha", [-0.1, np.nan, "a"])
def test_refuses_what_is_no_variance(alpha):
    with pytest.raises(ValueError, match="alpha of sampler 'noise' expects"):
        Noise(alpha)
