"""Draws from p(x | z) inside the served graph: a table's row instead of its mean.

`Mixed.sample` in TensorFlow, from the two seeds of each row: whoever asks for rows of a
table wants its words and its scatter, not the likeliest word in every row.
"""

import numpy as np
import tensorflow as tf

from kvae.serving.graph import randomness as sampling


def draw_rows(vae, mean, seeds, index=None):
    """Returns rows drawn around mean rows.

    Args:
        vae: BetaVAE, MultiVAE or ConditionalVAE whose reconstruction is "mixed".
        mean: float32 tensor (B, F), from its decoder.
        seeds: int64 tensor (B, 2).
        index: int32 tensor (B,), whose variances of a MultiVAE.

    Returns:
        Float32 tensor (B, F): numbers, and one-hot codes.
    """
    mixed, width = vae.likelihood, mean.shape[-1]
    noise = sampling.noise(seeds, "cells", width)
    uniform = 0.5 * tf.math.erfc(-noise / np.sqrt(2.0).astype("float32"))
    own = mixed.gaussian
    normal = tf.gather(noise, own, axis=1) * _deviation(vae, index)
    parts, columns = [tf.gather(mean, own, axis=1) + normal], [own]
    own = mixed.bernoulli
    drawn = tf.gather(uniform, own, axis=1) < tf.gather(mean, own, axis=1)
    parts, columns = [*parts, tf.cast(drawn, tf.float32)], [*columns, own]
    for own in mixed.categorical:
        below = tf.cumsum(tf.gather(mean, own, axis=1), axis=-1)
        drawn = tf.gather(uniform, own[:, :1], axis=1) * below[..., -1:]
        level = tf.reduce_sum(tf.cast(below <= drawn, tf.int32), axis=-1)
        levels = own.shape[1]
        one_hot = tf.one_hot(tf.minimum(level, levels - 1), levels)
        parts.append(tf.reshape(one_hot, (-1, own.size)))
        columns.append(own.ravel())
    rest = np.setdiff1d(np.arange(width), np.concatenate(columns))  # flags of holes
    parts.append(tf.gather(mean, rest, axis=1))
    order = np.argsort(np.concatenate([*columns, rest]))
    return tf.gather(tf.concat(parts, axis=1), order, axis=1)


def _deviation(vae, index):
    """Standard deviations of the Gaussian columns, (B, G) or (1, G)."""
    log_variance = vae.log_variance
    if log_variance is None:
        return 1.0
    if vae.replicas is not None:
        log_variance = tf.gather(log_variance[:, 0], index)
    return tf.exp(0.5 * tf.cast(log_variance, tf.float32))
