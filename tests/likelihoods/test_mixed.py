import numpy as np
import pytest
from scipy import stats

from kvae import likelihoods
from kvae.likelihoods import Bernoulli, Gaussian, Mixed
from kvae.schema import Attribute

STREAM = np.random.default_rng(0)
SCHEMA = (
    Attribute("number", "continuous", (0, 2), "flag"),
    Attribute("answer", "binary", (2, 3)),
    Attribute("colour", "nominal", (3, 7), "flag", levels=("r", "g", "b")),
    Attribute("always", "constant", (7, 7)),
    Attribute("size", "nominal", (7, 9), levels=("s", "l")),
    Attribute("count", "integer", (9, 10)),
    Attribute("rain", "continuous", (10, 15), "flag", spikes=(0.0, -1.0)),
)


def mixed_rows(holes):
    """Rows of SCHEMA and outputs; `holes` are those of number, then colour and rain."""
    x = np.zeros((len(holes), 15))
    x[:, [0, 9]] = STREAM.normal(size=(len(x), 2))
    x[:, 2] = STREAM.integers(0, 2, len(x))
    x[:, 3:6] = np.eye(3)[STREAM.integers(0, 3, len(x))]
    x[:, 7:9] = np.eye(2)[STREAM.integers(0, 2, len(x))]
    x[:, 10:13] = np.eye(3)[np.arange(len(x)) % 3]
    x[:, 13] = x[:, 12] * STREAM.normal(size=len(x))
    for i, (number, colour) in enumerate(holes):
        x[i, :2] = (0, 1) if number else x[i, :2]
        x[i, 3:7] = (0, 0, 0, 1) if colour else x[i, 3:7]
        x[i, 10:15] = (0, 0, 0, 0, 1) if colour else x[i, 10:15]
    return x, STREAM.normal(size=x.shape)


def expected_mixed(x, out, variance):
    """Returns log p of one row of SCHEMA, without constants."""
    constant = 0.5 * np.log(2 * np.pi)
    deviation = np.sqrt(variance)
    normal = stats.norm(out[0], deviation[0]).logpdf(x[0])
    total = 0 if x[1] else normal + constant
    total += stats.norm(out[9], deviation[1]).logpdf(x[9]) + constant
    total += stats.bernoulli(1 / (1 + np.exp(-out[2]))).logpmf(int(x[2]))
    if x[12]:  # no spike
        total += stats.norm(out[13], deviation[2]).logpdf(x[13]) + constant
    for span, hole in ((slice(3, 6), x[6]), (slice(7, 9), 0), (slice(10, 13), x[14])):
        p = np.exp(out[span]) / np.exp(out[span]).sum()
        total += 0 if hole else np.log(p[x[span].argmax()])
    return total


@pytest.mark.parametrize("variance", [(1.0, 1.0, 1.0), (0.3, 2.5, 0.7)])
def test_mixed_is_the_log_likelihood_of_each_attribute_that_is_there(variance):
    x, out = mixed_rows([(0, 0), (1, 0), (0, 0), (0, 1), (1, 1)])
    value = Mixed(SCHEMA).log_prob(x, out, np.log([variance]))
    expected = [expected_mixed(*row, variance) for row in zip(x, out, strict=True)]
    np.testing.assert_allclose(value, expected, rtol=1e-9)


def test_outputs_of_missing_cells_and_flags_change_nothing():
    x, out = mixed_rows([(1, 1), (0, 0)])
    other = out.copy()
    other[0, [0, 3, 4, 5, 10, 11, 12]] += 7
    other[:, [1, 6, 13, 14]] -= 3  # the second row has a spike
    mixed = Mixed(SCHEMA)
    np.testing.assert_array_equal(mixed.log_prob(x, out), mixed.log_prob(x, other))


def test_mixed_replicas_are_rows_of_rows():
    x, out = mixed_rows([(0, 0), (1, 0), (0, 1), (1, 1)])
    mixed, log_variance = Mixed(SCHEMA), STREAM.normal(size=(2, 1, 3))
    stack = mixed.log_prob(
        x.reshape(2, 2, 15), out.reshape(2, 2, 15), log_variance, batch_axes=2
    )
    for r in range(2):
        rows = slice(2 * r, 2 * r + 2)
        expected = mixed.log_prob(x[rows], out[rows], log_variance[r])
        np.testing.assert_allclose(stack[r], expected)


def test_mean_rows_are_probabilities_where_they_are_not_numbers():
    _, out = mixed_rows([(0, 0)] * 3)
    mean = np.asarray(Mixed(SCHEMA).mean(out))
    np.testing.assert_array_equal(mean[:, [0, 9, 13]], out[:, [0, 9, 13]])
    np.testing.assert_array_equal(mean[:, [1, 6, 14]], 0)
    np.testing.assert_allclose(mean[:, 2], 1 / (1 + np.exp(-out[:, 2])))
    for span in (slice(3, 6), slice(7, 9), slice(10, 13)):
        p = np.exp(out[:, span])
        np.testing.assert_allclose(mean[:, span], p / p.sum(1, keepdims=True))


def drawn(likelihood, mean, log_variance=None):
    """Rows around mean rows, by NumPy, and the random numbers they are made of."""
    numbers = likelihood.random_numbers(np.random.default_rng(0), mean.shape)
    return likelihood.sample(mean, *numbers, log_variance), numbers


def test_samples_of_a_table_follow_the_mean_rows():
    mean = np.repeat(Mixed(SCHEMA).mean(mixed_rows([(0, 0)])[1]), 20_000, axis=0)
    x, _ = drawn(Mixed(SCHEMA), mean, np.log([[0.25, 4.0, 1.0]]))
    np.testing.assert_allclose(x[:, :13].mean(axis=0), mean[0, :13], atol=0.05)
    np.testing.assert_allclose(x[:, [0, 9]].std(axis=0), [0.5, 2], rtol=0.03)
    assert set(x[:, 3:6].sum(axis=1)) == set(x[:, 10:13].sum(axis=1)) == {1.0}


def test_a_number_is_drawn_where_there_is_no_spike_and_is_zero_elsewhere():
    mean = np.repeat(Mixed(SCHEMA).mean(mixed_rows([(0, 0)])[1]), 20_000, axis=0)
    mean[:, 10:13] = 1 / 3
    # More columns than the schema has, as a ConditionalVAE's decoder gives them.
    x, _ = drawn(Mixed(SCHEMA), np.pad(mean, [(0, 0), (0, 2)]), np.log([[1, 1, 0.25]]))
    number = x[x[:, 12] == 1, 13]
    np.testing.assert_allclose(number.mean(), mean[0, 13], atol=0.03)
    np.testing.assert_allclose(number.std(), 0.5, rtol=0.03)
    np.testing.assert_array_equal(x[x[:, 12] == 0, 13], 0)


def test_values_fit_where_they_can_be_drawn():
    x, _ = mixed_rows([(0, 0), (1, 1)])
    for likelihood in (Gaussian(), Mixed(SCHEMA)):
        assert likelihood.fits(x)
    assert not Bernoulli().fits(x)
    assert Bernoulli().fits(np.array([[0, 1]]))
    for column, fits in ((0, True), (2, False), (4, False), (9, True), (11, False)):
        other = x.copy()
        other[1, column] = 2
        assert Mixed(SCHEMA).fits(other) == fits


def test_a_hole_that_is_a_zero_does_not_count():
    mixed = Mixed([Attribute("a", "continuous", (0, 1), "zero")])
    value = mixed.log_prob([[0.0], [2.0]], [[5.0], [1.0]])
    np.testing.assert_array_equal(value, [0, -0.5])


def test_mixed_needs_a_schema_with_columns():
    with pytest.raises(ValueError, match="expects a schema"):
        likelihoods.get("mixed")
