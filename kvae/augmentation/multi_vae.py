"""Multi-VAE: one VAE for each class, trained as one stack.

These functions make the seeds, rows and batches that train a `MultiVAE`:

    seeds = class_seeds(seed=0, num_classes=10)
    vae = MultiVAE(DenseEncoder(8, seeds=seeds), DenseDecoder((8, 8, 1), seeds=seeds))
    vae.compile("adam")
    vae.fit(class_batches(x, y, seeds, steps=1000, mix_in=0.2))

Reference: Moreno-Barea, Jerez and Franco 2020; Iser 2023, "Multi-VAE".
"""

import numpy as np

from kvae import random
from kvae.checks import class_indices, expect_at_least
from kvae.data.batches import batches


def class_seeds(seed, num_classes):
    """Returns a seed for the VAE of each class, which depends on no other class."""
    return tuple(random.derive(seed, "multi_vae", c) for c in range(num_classes))


def class_rows(y, seeds, mix_in=0.0, unlabelled=None):
    """Returns the training rows of each class's VAE.

    Args:
        y: array (N,), class indices 0 ... K - 1; missing labels are left out.
        seeds: K ints, from `class_seeds`.
        mix_in: float in [0, 1), the share of a class's training set that is drawn
            from the other classes (the deck's mix-in is 0.2).
        unlabelled: optional int, a label that means unlabelled too, such as -1.

    Returns:
        List of K int arrays of row numbers.

    Raises:
        ValueError: for a class without rows, or a mix_in outside [0, 1).

    Example:
        >>> class_rows(np.array([0, 0, 1]), seeds=(1, 2))
        [array([0, 1]), array([2])]
    """
    y = class_indices("class_rows", y, len(y), unlabelled)
    expect_at_least("mix_in", mix_in, 0)
    if mix_in >= 1:
        raise ValueError(f"mix_in expects a share below 1. Received: {mix_in}.")
    if y.max(initial=-1) >= len(seeds):
        raise ValueError(
            f"class_rows expects labels below {len(seeds)}, the number of seeds. "
            f"Received: {y.max()}."
        )
    rows = []
    for label, seed in enumerate(seeds):
        own, others = (
            np.flatnonzero(y == label),
            np.flatnonzero((y >= 0) & (y != label)),
        )
        if len(own) == 0:
            raise ValueError(
                "A Multi-VAE expects rows of every class. "
                f"Class {label} of {len(seeds)} has none."
            )
        wanted = round(len(own) * mix_in / (1 - mix_in))
        mixed = random.generator(seed, "mix_in").permutation(others)[:wanted]
        rows.append(np.concatenate([own, mixed]))
    return rows


def class_batches(x, y, seeds, batch_size=32, steps=None, mix_in=0.0):
    """Returns batches (K, B, ...) in which replica c sees the rows of class c.

    Args:
        x: float array (N, ...).
        y: array (N,), class indices; missing labels are left out.
        seeds: K ints, from `class_seeds`, the same as the model's.
        batch_size: int B.
        steps: int, how many batches; by default one pass over the largest class.
        mix_in: float, as in `class_rows`.

    Returns:
        tf.data.Dataset of x.

    Raises:
        ValueError: as `class_rows` and `kvae.batches`.
    """
    rows = class_rows(y, seeds, mix_in)
    return batches(x, batch_size=batch_size, steps=steps, seeds=seeds, rows=rows)
