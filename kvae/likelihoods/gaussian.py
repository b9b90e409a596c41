"""Any numbers."""

import keras
from keras import ops

from kvae import losses
from kvae.likelihoods.likelihood import Likelihood, library_of


@keras.saving.register_keras_serializable(package="kvae")
class Gaussian(Likelihood):
    """Any numbers, with variance 1; the decoder gives means.

    log p(x | z) = -0.5 sum((x - mean)^2), without the constant.

    Example:
        >>> import numpy as np
        >>> Gaussian().log_prob(np.ones((1, 2)), np.zeros((1, 2))).numpy()
        array([-1.])
    """

    name = "gaussian"

    def log_prob(self, x, outputs, log_variance=None, batch_axes=1):
        """Returns log p(x | z), (B,) or (R, B); see `Likelihood.log_prob`."""
        x, mean = losses.at_least_float32(x), losses.at_least_float32(outputs)
        return -losses.sum_features(0.5 * ops.square(x - mean), batch_axes)

    def mean(self, outputs):
        """Returns the outputs: they are the means."""
        return outputs

    def random_numbers(self, generator, shape):
        """Returns (standard normal numbers, None)."""
        return generator.standard_normal(shape), None

    def sample(self, mean, normal, uniform, log_variance=None):
        """Returns rows with noise of variance 1; see `Likelihood.sample`."""
        return mean + library_of(mean).array(normal, mean.dtype)
