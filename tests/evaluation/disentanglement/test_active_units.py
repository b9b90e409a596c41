import numpy as np
import pytest

from kvae.evaluation.disentanglement.active_units import active_units
from kvae.models.beta_vae import ACTIVE_VARIANCE


def test_three_bounds(factors, random_codes):
    assert active_units(factors) == factors.shape[1]
    assert active_units(random_codes) == random_codes.shape[1]
    assert active_units(np.repeat(factors, 2, axis=1)) == 2 * factors.shape[1]
    assert active_units(np.ones((5, 3))) == 0


def test_the_threshold_is_a_variance_and_that_of_the_models():
    codes = np.array([[0.0, 0.0], [0.21, 0.19]])  # variances 0.011 and 0.009
    assert active_units(codes) == 1
    assert active_units(codes, threshold=ACTIVE_VARIANCE) == 1
    assert active_units(codes, threshold=0.02) == 0


@pytest.mark.parametrize(
    ("codes", "message"),
    [
        (np.ones(3), r"active_units \(codes\) expects an input of shape \(N, d\)"),
        (np.full((3, 2), np.nan), "finite numbers.*diverged"),
        (np.ones((1, 2)), "at least 2 rows"),
    ],
)
def test_says_what_is_wrong(codes, message):
    with pytest.raises(ValueError, match=message):
        active_units(codes)
    with pytest.raises(ValueError, match="threshold of active_units"):
        active_units(np.ones((2, 2)), threshold=-1)
