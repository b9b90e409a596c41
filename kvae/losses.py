"""The two halves of the negative ELBO, in nats, summed over features or latents.

Nothing here averages: every function returns one number per row, so that callers
decide (mean over the batch B, sum over the replicas R).
"""

import keras
from keras import ops

from kvae.checks import expect_one_of


def kl_divergence(z_mean, z_log_var):
    """KL(q(z|x) || N(0, I)) = 0.5 * sum(exp(s) + m^2 - 1 - s), s = z_log_var.

    Args:
        z_mean: float tensor (..., d).
        z_log_var: float tensor (..., d), the logarithm of the variance.

    Returns:
        Float32 (or float64) tensor (...), in nats.

    Example:
        >>> import numpy as np
        >>> float(kl_divergence(np.zeros(3), np.zeros(3)))
        0.0

    Reference:
        Kingma and Welling 2013, Auto-Encoding Variational Bayes, appendix B.
    """
    m, s = _at_least_float32(z_mean), _at_least_float32(z_log_var)
    return 0.5 * ops.sum(ops.exp(s) + ops.square(m) - 1.0 - s, axis=-1)


def bernoulli(x, logits, batch_axes=1):
    """-log p(x | z) of a Bernoulli decoder: binary cross-entropy on logits.

    Args:
        x: tensor (B, ...) or (R, B, ...) with values in [0, 1].
        logits: tensor of the same shape, the decoder's output.
        batch_axes: int, leading axes to keep: 1 for (B, ...), 2 for (R, B, ...).

    Returns:
        Float tensor (B,) or (R, B), in nats, summed over features.
    """
    x, logits = _at_least_float32(x), _at_least_float32(logits)
    # max(l, 0) - l x + log(1 + exp(-|l|)) never overflows.
    stable = ops.maximum(logits, 0.0) - logits * x
    return _sum_features(stable + ops.log1p(ops.exp(-ops.abs(logits))), batch_axes)


def gaussian(x, mean, batch_axes=1):
    """-log p(x | z) of a Gaussian decoder with unit variance, constants dropped.

    Args:
        x: tensor (B, ...) or (R, B, ...).
        mean: tensor of the same shape, the decoder's output.
        batch_axes: int, leading axes to keep: 1 for (B, ...), 2 for (R, B, ...).

    Returns:
        Float tensor (B,) or (R, B): 0.5 * sum((x - mean)^2), in nats.
    """
    x, mean = _at_least_float32(x), _at_least_float32(mean)
    return _sum_features(0.5 * ops.square(x - mean), batch_axes)


RECONSTRUCTIONS = {"bernoulli": bernoulli, "gaussian": gaussian}


def get(identifier):
    """Returns a reconstruction loss from its name."""
    expect_one_of("reconstruction", identifier, RECONSTRUCTIONS)
    return RECONSTRUCTIONS[identifier]


def _at_least_float32(x):
    # Under mixed_bfloat16 a sum over 784 pixels would lose its last digits.
    x = ops.convert_to_tensor(x)
    double = keras.backend.standardize_dtype(x.dtype) == "float64"
    return x if double else ops.cast(x, "float32")


def _sum_features(x, batch_axes):
    return ops.sum(x, axis=tuple(range(batch_axes, len(x.shape))))
