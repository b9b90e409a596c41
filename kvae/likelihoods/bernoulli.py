"""Zeros and ones, or shares of them."""

import keras
from keras import ops

from kvae import losses
from kvae.likelihoods.likelihood import Likelihood, library_of


@keras.saving.register_keras_serializable(package="kvae")
class Bernoulli(Likelihood):
    """Zeros and ones, or shares of them; the decoder gives logits.

    -log p(x | z) is binary cross-entropy: sum(log(1 + exp(l)) - l x), l = logits.

    Example:
        >>> import numpy as np
        >>> Bernoulli().log_prob(np.ones((1, 2)), np.zeros((1, 2))).numpy().round(3)
        array([-1.386])
    """

    name = "bernoulli"
    support = (0.0, 1.0)
    expected_values = "in [0, 1]; divide bytes by 255, or use reconstruction='gaussian'"

    def log_prob(self, x, outputs, log_variance=None, batch_axes=1):
        """Returns log p(x | z), (B,) or (R, B); see `Likelihood.log_prob`."""
        x, logits = losses.at_least_float32(x), losses.at_least_float32(outputs)
        return -losses.sum_features(losses.cross_entropy(x, logits), batch_axes)

    def mean(self, outputs):
        """Returns the probabilities."""
        return ops.sigmoid(outputs)

    def random_numbers(self, generator, shape):
        """Returns (None, uniform numbers)."""
        return None, generator.random(shape)

    def sample(self, mean, normal, uniform, log_variance=None):
        """Returns rows of zeros and ones; see `Likelihood.sample`."""
        return library_of(mean).array(uniform < mean, mean.dtype)
