"""Everything random derives from (seed, purpose, step) and from nothing else.

No global state, no position in a stack, no order of execution: the same seed gives
the same numbers to a model alone and to the same model in any company.
"""

import hashlib

import numpy as np


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


def normal_in_graph(keys, steps, shape, dtype="float32"):
    """Draws standard normal noise inside a TensorFlow graph, without state.

    Args:
        keys: int, or list of R ints (one per replica), from `derive`.
        steps: int tensor, () or (R,): which draw of each stream.
        shape: shape of the noise, (B, d) or (R, B, d).
        dtype: str, dtype of the noise.

    Returns:
        Tensor of the given shape; replica r depends on keys[r] and steps[r] alone.
    """
    import tensorflow as tf

    steps = tf.cast(steps, tf.int64)
    if isinstance(keys, int):
        return tf.random.stateless_normal(shape, [keys, steps], dtype=dtype)
    # One small op per replica: faster than map_fn, and vectorized_map cannot do it.
    each = [
        tf.random.stateless_normal(shape[1:], [key, steps[r]], dtype=dtype)
        for r, key in enumerate(keys)
    ]
    return tf.stack(each)
