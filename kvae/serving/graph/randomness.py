"""Randomness inside the served graph: a row depends on its own two seeds alone.

SplitMix64, as in training, on the two numbers of each row. There is no state: the
same seeds give the same row in every process, at every place of every batch, and row
i of a request for n rows with one seed is the row of seeds (seed, i).
"""

import numpy as np
import tensorflow as tf

from kvae import random


def row_seeds(seed, n):
    """Returns int64 (n, 2): row i has the seeds (seed, i).

    Example:
        >>> row_seeds(tf.constant(7, tf.int64), 2).numpy().tolist()
        [[7, 0], [7, 1]]
    """
    places = tf.range(tf.cast(n, tf.int64))
    return tf.stack([tf.fill(tf.shape(places), seed), places], axis=1)


def noise(seeds, purpose, latent_dim):
    """Returns standard normal noise, float32 (B, d).

    Args:
        seeds: int64 tensor (B, 2), any values.
        purpose: str; other purposes get other numbers.
        latent_dim: int d.
    """
    return tf.ensure_shape(_noise(seeds, _key(purpose), latent_dim), (None, latent_dim))


def as_uniform(noise):
    """Returns standard normal numbers as numbers that are uniform in [0, 1)."""
    return 0.5 * tf.math.erfc(-noise / np.sqrt(2.0).astype("float32"))


def choose(seeds, purpose, counts):
    """Returns for each row a whole number from 0 to counts - 1.

    Args:
        seeds: int64 tensor (B, 2).
        purpose: str.
        counts: int32 tensor (B,), each >= 1.

    Returns:
        int32 tensor (B,).
    """
    return _choose(seeds, _key(purpose), counts)


def _key(purpose):
    return tf.constant(random.derive(0, "serving", purpose), tf.uint64)


# One function of the graph each, however many signatures draw.
_SEEDS, _KEY = tf.TensorSpec([None, 2], tf.int64), tf.TensorSpec([], tf.uint64)


@tf.function(input_signature=[_SEEDS, _KEY, tf.TensorSpec([], tf.int32)])
def _noise(seeds, key, count):
    return random.normal_after(_start(seeds, key), count)


@tf.function(input_signature=[_SEEDS, _KEY, tf.TensorSpec([None], tf.int32)])
def _choose(seeds, key, counts):
    # The upper bits: as an int64 they are no negative number.
    bits = tf.bitwise.right_shift(_start(seeds, key), tf.constant(2, tf.uint64))
    chosen = tf.math.floormod(tf.cast(bits, tf.int64), tf.cast(counts, tf.int64))
    return tf.cast(chosen, tf.int32)


def _start(seeds, key):
    first = random.split_mix(key, tf.cast(seeds[:, 0], tf.uint64))
    return random.split_mix(first, tf.cast(seeds[:, 1], tf.uint64))
