import keras
import numpy as np
from scipy import stats

from kvae.likelihoods import Gaussian

STREAM = np.random.default_rng(0)


def test_gaussian_is_the_log_likelihood_without_constants():
    x, mean = STREAM.normal(size=(2, 6, 3))
    full = stats.norm(mean, 1).logpdf(x).sum(axis=-1)
    constant = 0.5 * 3 * np.log(2 * np.pi)
    np.testing.assert_allclose(Gaussian().log_prob(x, mean), full + constant)


def test_bfloat16_sums_in_float32():
    x = keras.ops.ones((1, 1000), "bfloat16")
    value = Gaussian().log_prob(x, keras.ops.zeros_like(x))
    assert keras.backend.standardize_dtype(value.dtype) == "float32"
    np.testing.assert_array_equal(value, [-500.0])
