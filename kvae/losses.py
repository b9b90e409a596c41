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


def total_correlation(z, z_mean, z_log_var):
    """KL(q(z) || prod_j q(z_j)), estimated within a batch: what latents share.

    q(z) is taken as the mixture of the q(z | x) of the batch's rows:

        mean_i [log sum_m q(z_i | x_m) - sum_j log sum_m q(z_ij | x_m)] + (d - 1) log B

    Chen et al. weight the batch by the number of all rows, N, which adds (d - 1) log N,
    a constant: gradients are the same.

    Args:
        z: float tensor (..., B, d), draws from q(z | x).
        z_mean: float tensor (..., B, d).
        z_log_var: float tensor (..., B, d).

    Returns:
        Float32 (or float64) tensor (...), in nats. Of independent latents it is about
        0, or below: in a small batch each row is its own neighbour. It is at most
        (d - 1) log B.

    Example:
        >>> import numpy as np
        >>> z = np.array([[1.0, 1.0], [-1.0, -1.0]])  # two latents that say the same
        >>> round(float(total_correlation(z, z, np.full((2, 2), -5.0))), 3)  # log 2
        0.693

    Reference:
        Chen et al. 2018, Isolating Sources of Disentanglement in VAEs, equation 2 and
        section 4.1.
    """
    z, m, s = (at_least_float32(part) for part in (z, z_mean, z_log_var))
    # (..., B, B, d): row i under the distribution of row m; log(2 pi) / 2 cancels.
    m, s = ops.expand_dims(m, -3), ops.expand_dims(s, -3)
    square = ops.square(ops.expand_dims(z, -2) - m) * ops.exp(-s)
    log_q = -0.5 * (square + s)
    together = ops.logsumexp(ops.sum(log_q, axis=-1), axis=-1)
    apart = ops.sum(ops.logsumexp(log_q, axis=-2), axis=-1)
    rows = ops.cast(ops.shape(z)[-2], z.dtype)
    return ops.mean(together - apart, axis=-1) + (z.shape[-1] - 1) * ops.log(rows)


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
