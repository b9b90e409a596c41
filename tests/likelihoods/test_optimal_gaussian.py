import numpy as np
import pytest
from scipy import optimize, stats

from kvae import BetaVAE, DenseDecoder, DenseEncoder, load
from kvae.data.batches import batches
from kvae.evaluation import sharpness
from kvae.likelihoods import OptimalGaussian
from kvae.likelihoods.optimal_gaussian import LEAST_VARIANCE

STREAM = np.random.default_rng(0)


def test_no_other_variance_makes_a_batch_likelier():
    x, logits = STREAM.random((6, 4, 3)), STREAM.normal(size=(6, 4, 3))
    mean = 1 / (1 + np.exp(-logits))

    def unlikely(log_deviation):
        return -stats.norm(mean, np.exp(log_deviation)).logpdf(x).sum()

    best = optimize.minimize_scalar(unlikely, bounds=(-5, 2), method="bounded")
    constant = -0.5 * x.size * np.log(2 * np.pi)
    found = np.sum(OptimalGaussian().log_prob(x, logits))
    assert found + constant == pytest.approx(-best.fun, rel=1e-6)


def test_replicas_have_a_variance_each():
    x, logits = STREAM.random((2, 5, 4, 4, 1)), STREAM.normal(size=(2, 5, 4, 4, 1))
    x[1] = 0.5
    stack = OptimalGaussian().log_prob(x, logits, batch_axes=2)
    assert stack.shape == (2, 5)
    for r in range(2):
        alone = OptimalGaussian().log_prob(x[r], logits[r])
        np.testing.assert_allclose(stack[r], alone)


def test_images_that_are_met_exactly_are_no_infinite_gain():
    x = np.full((2, 10), 0.5)
    nats = OptimalGaussian().log_prob(x, np.zeros((2, 10)))
    np.testing.assert_allclose(nats, -5 * np.log(LEAST_VARIANCE))


def test_reconstructions_are_sharper_than_those_of_bernoulli():
    digits = load("digits")
    sharp = {}
    for reconstruction in ("bernoulli", "optimal_gaussian"):
        vae = BetaVAE(
            DenseEncoder(8, (64,)),
            DenseDecoder((8, 8, 1), (64,)),
            beta=1.0,
            reconstruction=reconstruction,
        )
        vae.compile("adam", steps_per_execution=50)
        vae.fit(batches(digits.train.x, batch_size=64, steps=600), verbose=0)
        z_mean, _ = vae.encode(digits.train.x[:300])
        sharp[reconstruction] = sharpness(np.asarray(vae.decode(z_mean))).mean()
    assert sharp["optimal_gaussian"] > 1.2 * sharp["bernoulli"]
