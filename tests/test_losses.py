import numpy as np
import pytest
from scipy import stats

from kvae import losses
from kvae.schema import Attribute

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


@pytest.mark.parametrize("name", ["bernoulli", "gaussian"])
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
    with pytest.raises(
        ValueError, match="'bernoulli', 'gaussian', 'mixed'. Received: 'mse'"
    ):
        losses.get("mse")


SCHEMA = (
    Attribute("number", "continuous", (0, 2), "flag"),
    Attribute("answer", "binary", (2, 3)),
    Attribute("colour", "nominal", (3, 7), "flag", levels=("r", "g", "b")),
    Attribute("always", "constant", (7, 7)),
    Attribute("size", "nominal", (7, 9), levels=("s", "l")),
    Attribute("count", "integer", (9, 10)),
)


def mixed_rows(holes):
    """Rows of SCHEMA and outputs for them; `holes` are those of number and colour."""
    x = np.zeros((len(holes), 10))
    x[:, [0, 9]] = STREAM.normal(size=(len(x), 2))
    x[:, 2] = STREAM.integers(0, 2, len(x))
    x[:, 3:6] = np.eye(3)[STREAM.integers(0, 3, len(x))]
    x[:, 7:9] = np.eye(2)[STREAM.integers(0, 2, len(x))]
    for i, (number, colour) in enumerate(holes):
        x[i, :2] = (0, 1) if number else x[i, :2]
        x[i, 3:7] = (0, 0, 0, 1) if colour else x[i, 3:7]
    return x, STREAM.normal(size=x.shape)


def expected_mixed(x, out, variance):
    constant = 0.5 * np.log(2 * np.pi)
    deviation = np.sqrt(variance)
    normal = [stats.norm(out[c], d).logpdf(x[c]) for c, d in ((0, deviation[0]),)]
    total = 0 if x[1] else -normal[0] - constant
    total -= stats.norm(out[9], deviation[1]).logpdf(x[9]) + constant
    total -= stats.bernoulli(1 / (1 + np.exp(-out[2]))).logpmf(int(x[2]))
    for span, hole in ((slice(3, 6), x[6]), (slice(7, 9), 0)):
        p = np.exp(out[span]) / np.exp(out[span]).sum()
        total -= 0 if hole else np.log(p[x[span].argmax()])
    return total


@pytest.mark.parametrize("variance", [(1.0, 1.0), (0.3, 2.5)])
def test_mixed_is_the_log_likelihood_of_each_attribute_that_is_there(variance):
    x, out = mixed_rows([(0, 0), (1, 0), (0, 1), (1, 1)])
    value = losses.Mixed(SCHEMA)(x, out, np.log([variance]))
    expected = [expected_mixed(*row, variance) for row in zip(x, out, strict=True)]
    np.testing.assert_allclose(value, expected, rtol=1e-9)


def test_outputs_of_missing_cells_and_flags_change_nothing():
    x, out = mixed_rows([(1, 1), (0, 0)])
    other = out.copy()
    other[0, [0, 3, 4, 5]] += 7
    other[:, [1, 6]] -= 3
    mixed = losses.Mixed(SCHEMA)
    np.testing.assert_array_equal(mixed(x, out), mixed(x, other))


def test_mixed_replicas_are_rows_of_rows():
    x, out = mixed_rows([(0, 0), (1, 0), (0, 1), (1, 1)])
    mixed, log_variance = losses.Mixed(SCHEMA), STREAM.normal(size=(2, 1, 2))
    stack = mixed(x.reshape(2, 2, 10), out.reshape(2, 2, 10), log_variance, 2)
    for r in range(2):
        own = slice(2 * r, 2 * r + 2)
        expected = mixed(x[own], out[own], log_variance[r])
        np.testing.assert_allclose(stack[r], expected)


def test_mean_rows_are_probabilities_where_they_are_not_numbers():
    _, out = mixed_rows([(0, 0)] * 3)
    mean = np.asarray(losses.Mixed(SCHEMA).mean(out))
    np.testing.assert_array_equal(mean[:, [0, 9]], out[:, [0, 9]])
    np.testing.assert_array_equal(mean[:, [1, 6]], 0)
    np.testing.assert_allclose(mean[:, 2], 1 / (1 + np.exp(-out[:, 2])))
    for span in (slice(3, 6), slice(7, 9)):
        p = np.exp(out[:, span])
        np.testing.assert_allclose(mean[:, span], p / p.sum(1, keepdims=True))


def test_samples_follow_the_mean_rows():
    mixed = losses.Mixed(SCHEMA)
    mean = np.repeat(mixed.mean(mixed_rows([(0, 0)])[1]), 20_000, axis=0)
    x = mixed.sample(mean, np.random.default_rng(0), np.log([[0.25, 4.0]]))
    np.testing.assert_allclose(x.mean(axis=0), mean[0], atol=0.05)
    np.testing.assert_allclose(x[:, [0, 9]].std(axis=0), [0.5, 2], rtol=0.03)
    assert set(x[:, 3:6].sum(axis=1)) == {1.0}


def test_a_hole_that_is_a_zero_does_not_count():
    mixed = losses.Mixed([Attribute("a", "continuous", (0, 1), "zero")])
    np.testing.assert_array_equal(mixed([[0.0], [2.0]], [[5.0], [1.0]]), [0, 0.5])


def test_mixed_needs_a_schema_with_columns():
    with pytest.raises(ValueError, match="expects a schema"):
        losses.get("mixed")
