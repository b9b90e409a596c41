import keras
import numpy as np
import pytest
import tensorflow as tf
from scipy import stats

from kvae import likelihoods
from kvae.likelihoods import Bernoulli, Gaussian, Mixed
from kvae.schema import Attribute

STREAM = np.random.default_rng(0)


def test_bernoulli_is_the_log_likelihood():
    x = STREAM.integers(0, 2, size=(6, 3, 2, 1)).astype(float)
    logits = STREAM.normal(size=x.shape)
    p = 1 / (1 + np.exp(-logits))
    expected = stats.bernoulli.logpmf(x.astype(int), p).sum(axis=(1, 2, 3))
    np.testing.assert_allclose(Bernoulli().log_prob(x, logits), expected)


def test_bernoulli_does_not_overflow():
    x, logits = np.array([[1.0, 0.0]]), np.array([[1000.0, -1000.0]])
    value = Bernoulli().log_prob(x, logits)
    np.testing.assert_array_equal(value, [0.0])


def test_gaussian_is_the_log_likelihood_without_constants():
    x, mean = STREAM.normal(size=(2, 6, 3))
    full = stats.norm(mean, 1).logpdf(x).sum(axis=-1)
    constant = 0.5 * 3 * np.log(2 * np.pi)
    np.testing.assert_allclose(Gaussian().log_prob(x, mean), full + constant)


@pytest.mark.parametrize("name", ["bernoulli", "gaussian"])
def test_replicas_are_rows_of_rows(name):
    likelihood = likelihoods.get(name)
    x, x_hat = STREAM.random(size=(2, 2, 5, 4, 3))
    stack = likelihood.log_prob(x, x_hat, batch_axes=2)
    assert stack.shape == (2, 5)
    for r in range(2):
        np.testing.assert_allclose(stack[r], likelihood.log_prob(x[r], x_hat[r]))


def test_bfloat16_sums_in_float32():
    x = keras.ops.ones((1, 1000), "bfloat16")
    value = Gaussian().log_prob(x, keras.ops.zeros_like(x))
    assert keras.backend.standardize_dtype(value.dtype) == "float32"
    np.testing.assert_array_equal(value, [-500.0])


def test_unknown_reconstruction_names_the_known():
    with pytest.raises(
        ValueError, match="'bernoulli', 'gaussian', 'mixed'. Received: 'mse'"
    ):
        likelihoods.get("mse")


SCHEMA = (
    Attribute("number", "continuous", (0, 2), "flag"),
    Attribute("answer", "binary", (2, 3)),
    Attribute("colour", "nominal", (3, 7), "flag", levels=("r", "g", "b")),
    Attribute("always", "constant", (7, 7)),
    Attribute("size", "nominal", (7, 9), levels=("s", "l")),
    Attribute("count", "integer", (9, 10)),
)


EVERY = [Bernoulli(), Gaussian(), Mixed(SCHEMA)]


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
    """Returns log p of one row of SCHEMA, without constants."""
    constant = 0.5 * np.log(2 * np.pi)
    deviation = np.sqrt(variance)
    normal = stats.norm(out[0], deviation[0]).logpdf(x[0])
    total = 0 if x[1] else normal + constant
    total += stats.norm(out[9], deviation[1]).logpdf(x[9]) + constant
    total += stats.bernoulli(1 / (1 + np.exp(-out[2]))).logpmf(int(x[2]))
    for span, hole in ((slice(3, 6), x[6]), (slice(7, 9), 0)):
        p = np.exp(out[span]) / np.exp(out[span]).sum()
        total += 0 if hole else np.log(p[x[span].argmax()])
    return total


@pytest.mark.parametrize("variance", [(1.0, 1.0), (0.3, 2.5)])
def test_mixed_is_the_log_likelihood_of_each_attribute_that_is_there(variance):
    x, out = mixed_rows([(0, 0), (1, 0), (0, 1), (1, 1)])
    value = Mixed(SCHEMA).log_prob(x, out, np.log([variance]))
    expected = [expected_mixed(*row, variance) for row in zip(x, out, strict=True)]
    np.testing.assert_allclose(value, expected, rtol=1e-9)


def test_outputs_of_missing_cells_and_flags_change_nothing():
    x, out = mixed_rows([(1, 1), (0, 0)])
    other = out.copy()
    other[0, [0, 3, 4, 5]] += 7
    other[:, [1, 6]] -= 3
    mixed = Mixed(SCHEMA)
    np.testing.assert_array_equal(mixed.log_prob(x, out), mixed.log_prob(x, other))


def test_mixed_replicas_are_rows_of_rows():
    x, out = mixed_rows([(0, 0), (1, 0), (0, 1), (1, 1)])
    mixed, log_variance = Mixed(SCHEMA), STREAM.normal(size=(2, 1, 2))
    stack = mixed.log_prob(
        x.reshape(2, 2, 10), out.reshape(2, 2, 10), log_variance, batch_axes=2
    )
    for r in range(2):
        rows = slice(2 * r, 2 * r + 2)
        expected = mixed.log_prob(x[rows], out[rows], log_variance[r])
        np.testing.assert_allclose(stack[r], expected)


def test_mean_rows_are_probabilities_where_they_are_not_numbers():
    _, out = mixed_rows([(0, 0)] * 3)
    mean = np.asarray(Mixed(SCHEMA).mean(out))
    np.testing.assert_array_equal(mean[:, [0, 9]], out[:, [0, 9]])
    np.testing.assert_array_equal(mean[:, [1, 6]], 0)
    np.testing.assert_allclose(mean[:, 2], 1 / (1 + np.exp(-out[:, 2])))
    for span in (slice(3, 6), slice(7, 9)):
        p = np.exp(out[:, span])
        np.testing.assert_allclose(mean[:, span], p / p.sum(1, keepdims=True))


def drawn(likelihood, mean, log_variance=None):
    """Rows around mean rows, by NumPy, and the random numbers they are made of."""
    numbers = likelihood.random_numbers(np.random.default_rng(0), mean.shape)
    return likelihood.sample(mean, *numbers, log_variance), numbers


def test_samples_of_a_table_follow_the_mean_rows():
    mean = np.repeat(Mixed(SCHEMA).mean(mixed_rows([(0, 0)])[1]), 20_000, axis=0)
    x, _ = drawn(Mixed(SCHEMA), mean, np.log([[0.25, 4.0]]))
    np.testing.assert_allclose(x.mean(axis=0), mean[0], atol=0.05)
    np.testing.assert_allclose(x[:, [0, 9]].std(axis=0), [0.5, 2], rtol=0.03)
    assert set(x[:, 3:6].sum(axis=1)) == {1.0}


def test_samples_of_numbers_and_of_probabilities_scatter_around_the_mean():
    mean = np.repeat(STREAM.random((1, 2, 3)), 20_000, axis=0)
    for likelihood, variance in (
        (Gaussian(), np.ones((2, 3))),
        (Bernoulli(), mean[0] * (1 - mean[0])),
    ):
        x, _ = drawn(likelihood, mean)
        np.testing.assert_allclose(x.mean(axis=0), mean[0], atol=0.03)
        np.testing.assert_allclose(x.var(axis=0), variance, rtol=0.05)
    assert set(np.unique(x)) == {0.0, 1.0}


@pytest.mark.parametrize("likelihood", EVERY, ids=lambda likelihood: likelihood.name)
def test_samples_of_tensors_in_a_graph_are_those_of_arrays(likelihood):
    outputs = mixed_rows([(0, 0)] * 500)[1].astype("float32")
    mean = np.asarray(likelihood.mean(outputs))
    log_variance = np.log([[0.25, 4.0]]).astype("float32")
    x, numbers = drawn(likelihood, mean, log_variance)
    assert (type(x), x.dtype, x.shape) == (np.ndarray, mean.dtype, mean.shape)
    tensors = [None if n is None else tf.constant(n, "float32") for n in numbers]
    graph = tf.function(likelihood.sample, autograph=False)
    in_graph = graph(tf.constant(mean), *tensors, tf.constant(log_variance))
    assert in_graph.dtype == tf.float32
    np.testing.assert_allclose(in_graph, x, atol=1e-5)


@pytest.mark.parametrize("likelihood", EVERY, ids=lambda likelihood: likelihood.name)
def test_no_rows_are_no_problem(likelihood):
    assert drawn(likelihood, np.zeros((0, 10), "float32"))[0].shape == (0, 10)


def test_values_fit_where_they_can_be_drawn():
    x, _ = mixed_rows([(0, 0), (1, 1)])
    for likelihood in (Gaussian(), Mixed(SCHEMA)):
        assert likelihood.fits(x)
    assert not Bernoulli().fits(x)
    assert Bernoulli().fits(np.array([[0, 1]]))
    for column, fits in ((0, True), (2, False), (4, False), (9, True)):
        other = x.copy()
        other[1, column] = 2
        assert Mixed(SCHEMA).fits(other) == fits


@pytest.mark.parametrize("likelihood", EVERY, ids=lambda likelihood: likelihood.name)
def test_is_known_by_its_name_and_round_trips_through_keras_saving(likelihood):
    assert likelihoods.serialize(likelihood) == likelihood.name
    again = likelihoods.get(likelihood.name, SCHEMA)
    assert type(again) is type(likelihood)
    assert likelihoods.get(likelihood) is likelihood
    copy = likelihoods.get(keras.saving.serialize_keras_object(likelihood))
    assert type(copy) is type(likelihood)
    assert copy.schema == likelihood.schema == again.schema


def test_a_hole_that_is_a_zero_does_not_count():
    mixed = Mixed([Attribute("a", "continuous", (0, 1), "zero")])
    value = mixed.log_prob([[0.0], [2.0]], [[5.0], [1.0]])
    np.testing.assert_array_equal(value, [0, -0.5])


def test_mixed_needs_a_schema_with_columns():
    with pytest.raises(ValueError, match="expects a schema"):
        likelihoods.get("mixed")
