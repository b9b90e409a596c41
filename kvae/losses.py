"""Terms of the negative ELBO in nats; what a decoder says of x is in likelihoods.

Nothing here averages: sums are over features or latents, so that callers decide (mean
over the batch B, sum over the replicas R).
"""

import keras
from keras import ops


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
    m, s = at_least_float32(z_mean), at_least_float32(z_log_var)
    return 0.5 * ops.sum(ops.exp(s) + ops.square(m) - 1.0 - s, axis=-1)


def cross_entropy(x, logits):
    """Returns -log p of x in [0, 1] by Bernoulli logits, value by value, in nats."""
    # max(l, 0) - l x + log(1 + exp(-|l|)) never overflows.
    stable = ops.maximum(logits, 0.0) - logits * x
    return stable + ops.log1p(ops.exp(-ops.abs(logits)))


def at_least_float32(x):
    """Returns a float32 or float64 tensor.

    Under mixed_bfloat16 a sum over 784 pixels would lose its last digits.
    """
    x = ops.convert_to_tensor(x)
    double = keras.backend.standardize_dtype(x.dtype) == "float64"
    return x if double else ops.cast(x, "float32")


def sum_features(x, batch_axes):
    """Returns sums over all axes but the first 1 or 2."""
    return ops.sum(x, axis=tuple(range(batch_axes, len(x.shape))))
