import numpy as np
import pytest
from scipy import stats

from kvae import losses

STREAM = np.random.default_rng(0)


def test_kl_equals_the_integral_over_the_density():
    mean, log_var = 0.7, -0.4
    grid = np.linspace(-12, 12, 200_001)
    q = stats.norm(mean, np.exp(log_var / 2)).pdf(grid)
    log_ratio = stats.norm(mean, np.exp(log_var / 2)).logpdf(grid)
    log_ratio = log_ratio - stats.norm.logpdf(grid)
    expected = np.trapezoid(q * log_ratio, grid)
    value = losses.kl_divergence(np.array([mean]), np.array([log_var]))
    np.testing.assert_allclose(value, expected, rtol=1e-6)


def test_kl_is_summed_over_latents_only():
    m, s = STREAM.normal(size=(2, 3, 5, 4))
    expected = 0.5 * (np.exp(s) + m**2 - 1 - s).sum(axis=-1)
    np.testing.assert_allclose(losses.kl_divergence(m, s), expected)


def test_bernoulli_is_minus_the_log_likelihood():
    x = STREAM.integers(0, 2, size=(6, 3, 2, 1)).astype(float)
    logits = STREAM.normal(size=x.shape)
    p = 1 / (1 + np.exp(-logits))
    expected = -stats.bernoulli.logpmf(x.astype(int), p).sum(axis=(1, 2, 3))
    np.testing.assert_allclose(losses.bernoulli(x, logits), expected)


def test_bernoulli_does_not_overflow():
    value = losses.bernoulli(np.array([[1.0, 0.0]]), np.array([[1000.0, -1000.0]]))
    np.testing.assert_array_equal(value, [0.0])


def test_gaussian_is_the_log_likelihood_without_constants():
    x, mean = STREAM.normal(size=(2, 6, 3))
    full = -stats.norm(mean, 1).logpdf(x).sum(axis=-1)
    constant = 0.5 * 3 * np.log(2 * np.pi)
    np.testing.assert_allclose(losses.gaussian(x, mean), full - constant)


@pytest.mark.parametrize("name", sorted(losses.RECONSTRUCTIONS))
def test_replicas_are_rows_of_rows(name):
    loss = losses.get(name)
    x, x_hat = STREAM.random(size=(2, 2, 5, 4, 3))
    stack = loss(x, x_hat, batch_axes=2)
    assert stack.shape == (2, 5)
    for r in range(2):
        np.testing.assert_allclose(stack[r], loss(x[r], x_hat[r]))


def test_bfloat16_sums_in_float32():
    import keras

    x = keras.ops.ones((1, 1000), "bfloat16")
    value = losses.gaussian(x, keras.ops.zeros_like(x))
    assert keras.backend.standardize_dtype(value.dtype) == "float32"
    np.testing.assert_array_equal(value, [500.0])


def test_unknown_reconstruction_names_the_known():
    with pytest.raises(ValueError, match="'bernoulli', 'gaussian'. Received: 'mse'"):
        losses.get("mse")
