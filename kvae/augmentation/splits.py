"""The splits of a repeated cross-validation, and what may be spent on them."""

import dataclasses

import numpy as np
from sklearn.preprocessing import StandardScaler

from kvae import random
from kvae.augmentation.cross_fitting import stratified_folds
from kvae.checks import expect_count
from kvae.data.source import Rows


@dataclasses.dataclass(frozen=True)
class Budget:
    """What cross-validation may spend: candidates x splits x steps.

    Args:
        folds: int, parts of the rows; at most the rows of the smallest class.
        repeats: int, how often they are parted anew.
        steps: int, gradient steps of each classifier.
        vae_steps: int, of each VAE.
        latent_dim: int, of each VAE.
        batch_size: int, of all of them.
        learning_rate: float, Adam's, of the classifiers.
        convnet_dtype: Keras dtype policy of convnets.
        seconds: float, wall-clock limit, looked at after VAEs, generative classifiers
            and new rows; it only aborts. None for no limit.

    Raises:
        ValueError: for numbers out of range.
    """

    folds: int = 5
    repeats: int = 2
    steps: int = 500
    vae_steps: int = 1500
    latent_dim: int = 2
    batch_size: int = 32
    learning_rate: float = 1e-3
    convnet_dtype: str = "float32"
    seconds: float | None = None

    def __post_init__(self):
        expect_count("folds of Budget", self.folds, 2)
        for name in ("repeats", "steps", "vae_steps", "latent_dim", "batch_size"):
            expect_count(f"{name} of Budget", getattr(self, name), 1)


@dataclasses.dataclass(frozen=True)
class Split:
    """One part held out; the rows of tables in units of the other parts."""

    seed: int
    repeat: int
    held_out: np.ndarray
    test: np.ndarray
    labelled: Rows
    unlabelled: np.ndarray


def make_splits(x, y, seed, budget, scaled):
    """Returns a Split for each part of each repeat."""
    labels = np.flatnonzero(y >= 0)
    counts = np.bincount(y[labels])
    if counts.max(initial=0) < 2:
        raise ValueError(
            "Cross-validation expects a class with at least two rows. Received: "
            f"{counts.tolist()} rows. Label more rows."
        )
    folds = int(min(budget.folds, counts[counts > 1].min()))
    splits = []
    for repeat in range(budget.repeats):
        own_seed = random.derive(seed, "repeat", repeat)
        fold = stratified_folds(y[labels], folds, own_seed)
        for part in range(folds):
            held_out = labels[fold == part]
            kept = labels[fold != part]
            new = x[held_out], x[kept], x[y < 0]
            if scaled and x.ndim == 2:
                new = _in_units(*new)
            test, known, rest = (rows.astype("float32") for rows in new)
            split_seed = random.derive(own_seed, "part", part)
            labelled = Rows(known, y[kept])
            splits.append(Split(split_seed, repeat, held_out, test, labelled, rest))
    return splits


def _in_units(test, labelled, unlabelled):
    """Standard units of the rows that are not held out."""
    scaler = StandardScaler().fit(np.concatenate([labelled, unlabelled]))
    rows = (test, labelled, unlabelled)
    return [scaler.transform(own) if len(own) else own for own in rows]
