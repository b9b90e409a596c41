"""Everything random derives from (seed, purpose, step) and from nothing else.

No global state, no position in a stack, no order of execution: the same seed gives
the same numbers to a model alone and to the same model in any company.
"""

import hashlib

import numpy as np
from sklearn.utils import check_random_state


def _digest(seed, purpose, size):
    if not isinstance(seed, int | np.integer) or isinstance(seed, bool):
        raise ValueError(f"seed expects an integer. Received: {seed!r}.")
    words = [str(int(seed))]
    for word in purpose:
        # int(...): a NumPy integer must mean the same as Python's.
        whole = isinstance(word, int | np.integer)
        words.append(str(int(word)) if whole else repr(str(word)))
    text = "/".join(words).encode()
    return int.from_bytes(hashlib.blake2b(text, digest_size=size).digest(), "little")


def derive(seed, *purpose):
    """Returns an integer in [0, 2**32) that depends on seed and purpose alone.

    Args:
        seed: int.
        *purpose: strings or ints that name what the number is for.

    Example:
        >>> derive(0, "encoder", "kernel") == derive(0, "encoder", "kernel")
        True
        >>> derive(0, "encoder", "kernel") == derive(1, "encoder", "kernel")
        False
    """
    return _digest(seed, purpose, 4)


def generator(seed, *purpose):
    """Returns a NumPy generator whose stream depends on seed and purpose alone."""
    return np.random.Generator(np.random.PCG64(_digest(seed, purpose, 16)))


def from_state(random_state):
    """Returns the seed that a `random_state` of scikit-learn's kind means.

    Args:
        random_state: None, int or np.random.RandomState, which moves on.

    Example:
        >>> from_state(3) == from_state(3)
        True
    """
    return int(check_random_state(random_state).randint(2**31 - 1))


def normal_in_graph(keys, steps, shape, dtype="float32"):
    """Draws standard normal noise inside a TensorFlow graph, without state.

    SplitMix64 counts up from a start that key and step choose; Box and Muller turn
    its bits into normal numbers. TensorFlow's stateless noise takes one key: an
    operation for each of hundreds of replicas would cost more than their training.

    Args:
        keys: int, or list of R ints (one per replica), from `derive`.
        steps: int tensor, () or (R,): which draw of each stream.
        shape: shape of the noise, (B, d) or (R, B, d).
        dtype: str, dtype of the noise.

    Returns:
        Tensor of the given shape; replica r depends on keys[r] and steps[r] alone, up
        to rounding.

    Reference:
        Steele, Lea and Flood 2014, Fast splittable pseudorandom number generators.
    """
    import tensorflow as tf

    exact = "float64" if dtype == "float64" else "float32"
    keys = tf.constant(keys, tf.uint64)
    start = split_mix(keys, tf.cast(steps, tf.uint64))
    count = tf.reduce_prod(shape[len(keys.shape) :])
    return tf.cast(tf.reshape(normal_after(start, count, exact), shape), dtype)


def normal_after(start, count, dtype="float32"):
    """Returns standard normal numbers (..., count) that states of SplitMix64 decide.

    Args:
        start: uint64 tensor (...), one state for each stream, from `split_mix`.
        count: int or int tensor, numbers of each stream.
        dtype: "float32" or "float64".
    """
    import tensorflow as tf

    pairs = (count + 1) // 2
    bits = split_mix(start[..., None], tf.range(1, pairs + 1))

    def uniform(bits):  # 23 bits: (bits + 1/2) / 2^23 is exact, and never 0 or 1
        return (tf.cast(bits, dtype) + 0.5) * 2.0**-23

    first = uniform(tf.bitwise.right_shift(bits, _word(41)))
    low = tf.bitwise.right_shift(bits, _word(9))
    second = uniform(tf.bitwise.bitwise_and(low, _word(2**23 - 1)))
    radius, angle = tf.sqrt(-2.0 * tf.math.log(first)), 2.0 * np.pi * second
    noise = tf.concat([radius * tf.cos(angle), radius * tf.sin(angle)], axis=-1)
    return noise[..., :count]


def split_mix(seeds, counts):
    """Returns the numbers at these places of SplitMix64's streams, uint64 tensors."""
    import tensorflow as tf

    def fold(bits, by):
        return tf.bitwise.bitwise_xor(bits, tf.bitwise.right_shift(bits, _word(by)))

    bits = seeds + tf.cast(counts, tf.uint64) * _word(0x9E3779B97F4A7C15)
    bits = fold(bits, 30) * _word(0xBF58476D1CE4E5B9)
    bits = fold(bits, 27) * _word(0x94D049BB133111EB)
    return fold(bits, 31)


def _word(value):
    import tensorflow as tf

    return tf.constant(value, tf.uint64)
