"""Shares, with the variance that explains a batch best."""

import keras
from keras import ops

from kvae import losses
from kvae.likelihoods.bernoulli import Bernoulli

# Below 0.003 of the range, one grey value of 256, a variance says nothing of images.
LEAST_VARIANCE = 1e-5


@keras.saving.register_keras_serializable(package="kvae")
class OptimalGaussian(Bernoulli):
    """Shares such as grey values, Gaussian, with the variance that explains them best.

    The decoder gives logits of the means. With D features,

        log p(x | z) = -0.5 (sum((x - mean)^2) / s^2 + D log s^2),
        s^2 = mean over batch and features of (x - mean)^2,

    without the constant: of all variances this one makes the batch likeliest, so that
    the weight of the reconstruction against the KL follows from the data. As images are
    learned s^2 falls, and finer details count. Reconstructions are sharper than with
    "bernoulli" at the same beta, and codes say more: the KL is higher. What a row gets
    depends on its batch.

    Rows that are drawn are the mean rows: noise of each pixel alone would be no image.

    Example:
        >>> import numpy as np
        >>> x = np.array([[0.9, 0.1]])  # both are 0.4 from the mean, 0.5
        >>> nats = OptimalGaussian().log_prob(x, np.zeros((1, 2)))
        >>> float(nats[0].numpy().round(3)), round(-1 - 2 * float(np.log(0.4)), 3)
        (0.833, 0.833)

    Reference:
        Rybkin, Daniilidis and Levine 2021, Simple and Effective VAE Training with
        Calibrated Decoders, equation 4 and section 4.2 (optimal sigma-VAE).
    """

    name = "optimal_gaussian"
    expected_values = "in [0, 1]; divide bytes by 255, or use reconstruction='gaussian'"

    def log_prob(self, x, outputs, log_variance=None, batch_axes=1):
        """Returns log p(x | z), (B,) or (R, B); see `Likelihood.log_prob`."""
        x, outputs = losses.at_least_float32(x), losses.at_least_float32(outputs)
        square = ops.square(x - ops.sigmoid(outputs))
        features = tuple(range(batch_axes, len(x.shape)))
        row = ops.mean(square, axis=features)  # (B,) or (R, B)
        variance = ops.mean(row, axis=-1, keepdims=True)
        variance = ops.maximum(variance, LEAST_VARIANCE)
        count = 1
        for axis in features:
            count *= x.shape[axis]
        return -0.5 * count * (row / variance + ops.log(variance))

    def random_numbers(self, generator, shape):
        """Returns (None, None): nothing is random."""
        return None, None

    def sample(self, mean, normal, uniform, log_variance=None):
        """Returns the mean rows; see the class."""
        return mean
