import keras
import numpy as np
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


def test_total_correlation_equals_a_loop_over_rows_and_latents():
    z, m, s = STREAM.normal(size=(3, 2, 5, 4))
    for r in range(2):
        terms = []
        for i in range(5):
            each = stats.norm(m[r], np.exp(s[r] / 2)).logpdf(z[r, i])  # (m, j)
            mixture = np.log(np.exp(each.sum(axis=1)).mean())
            latents = np.log(np.exp(each).mean(axis=0)).sum()
            terms.append(mixture - latents)
        value = losses.total_correlation(z, m, s)[r]
        np.testing.assert_allclose(value, np.mean(terms), rtol=1e-6)


def test_total_correlation_is_that_of_normal_latents():
    """-log(1 - rho^2) / 2 of two normal latents with correlation rho, 0 if it is 0."""
    draws = STREAM.normal(size=(2000, 2))
    for rho in (0.0, 0.9):
        z = draws @ np.linalg.cholesky([[1, rho], [rho, 1]]).T
        # q(z | x) is narrow beside q(z), and wide beside the distance of rows.
        noisy = z + 0.2 * STREAM.normal(size=z.shape)
        value = losses.total_correlation(noisy, z, np.full(z.shape, np.log(0.04)))
        expected = -0.5 * np.log(1 - (rho / 1.04) ** 2)
        np.testing.assert_allclose(value, expected, atol=0.05)


def test_cross_entropy_is_minus_the_log_likelihood_of_each_value():
    x = STREAM.integers(0, 2, size=(6, 3))
    logits = STREAM.normal(size=x.shape)
    expected = -stats.bernoulli.logpmf(x, 1 / (1 + np.exp(-logits)))
    np.testing.assert_allclose(losses.cross_entropy(x.astype(float), logits), expected)


def test_sums_are_over_features_and_not_in_bfloat16():
    x = losses.at_least_float32(keras.ops.ones((2, 3, 1000), "bfloat16"))
    assert keras.backend.standardize_dtype(x.dtype) == "float32"
    np.testing.assert_array_equal(losses.sum_features(x, 1), [3000.0] * 2)
    np.testing.assert_array_equal(losses.sum_features(x, 2), [[1000.0] * 3] * 2)
