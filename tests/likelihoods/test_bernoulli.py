import numpy as np
from scipy import stats

from kvae.likelihoods import Bernoulli

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
