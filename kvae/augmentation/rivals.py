"""What one would use instead of a VAE: SMOTE, noisy rows, moved images, weights."""

import numpy as np
from imblearn.over_sampling import SMOTE

from kvae import random
from kvae.data.guarded import Rows
from kvae.data.labels import counts_like
from kvae.preprocessing.images import random_affine

NOISE_IN_UNITS = 0.1  # standard deviation of input noise, in standard units


def smote(rows, seed, n=None):
    """Returns what SMOTE adds, k = min(5, smallest class - 1).

    Args:
        rows: Rows of a table.
        seed: int.
        n: int, rows per class; or a dict {class index: rows}; by default as many as
            there are real ones.

    Returns:
        Rows; None where a class has one row: it has no neighbour to go towards.

    Reference:
        Chawla et al. 2002, SMOTE: Synthetic Minority Over-sampling Technique.
    """
    counts = counts_like(rows.y)
    n = counts if n is None else n
    n = n if isinstance(n, dict) else dict.fromkeys(counts, n)
    k = min(5, min(counts.values()) - 1)
    if k == 0:
        return None
    sampler = SMOTE(
        sampling_strategy={c: m + n[c] for c, m in counts.items()},
        k_neighbors=k,
        random_state=random.derive(seed, "SMOTE") % 2**31,
    )
    x, y = sampler.fit_resample(*rows)
    return Rows(x[len(rows.y) :].astype("float32"), y[len(rows.y) :])


def noisy_copies(rows, seed, places):
    """Returns copies of table rows with a little noise, a row of its own per place.

    Args:
        rows: Rows in standard units.
        seed: int.
        places: int, generated places of all batches; each row gets equally many.
    """
    many = _repeated(rows, places)
    noise = random.generator(seed, "input noise").standard_normal(many.x.shape)
    return Rows((many.x + NOISE_IN_UNITS * noise).astype("float32"), many.y)


def moved_copies(rows, seed, places):
    """Returns moved, turned and scaled copies of images, else as `noisy_copies`."""
    many = _repeated(rows, places)
    return Rows(random_affine(many.x, seed), many.y)


def balanced(rows, seed):
    """Returns real rows, those of smaller classes again: what class weights mean."""
    counts = np.bincount(rows.y)
    taken = [
        np.resize(
            random.generator(seed, "class weights", c).permutation(
                np.flatnonzero(rows.y == c)
            ),
            counts.max(),
        )
        for c in np.flatnonzero(counts)
    ]
    return rows.take(np.concatenate(taken))


def _repeated(rows, places):
    passes = -(-places // len(rows.y))
    return Rows(*(column.repeat(passes, axis=0) for column in rows))


# (rows, seed, n, places) -> (real Rows, generated Rows or None)
RIVALS = {
    "class weights": lambda rows, seed, **_: (balanced(rows, seed), None),
    "SMOTE": lambda rows, seed, n, **_: (rows, smote(rows, seed, n)),
    "input noise": lambda rows, seed, places, **_: (
        rows,
        noisy_copies(rows, seed, places),
    ),
    "shifts and rotations": lambda rows, seed, places, **_: (
        rows,
        moved_copies(rows, seed, places),
    ),
}
