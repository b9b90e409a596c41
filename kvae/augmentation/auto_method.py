"""`VAEOverSampler(method="auto")`: which VAE and sampler, if any."""

import dataclasses

import numpy as np

from kvae.augmentation.candidates import NONE, Candidate, spreading
from kvae.augmentation.cross_validation import Budget
from kvae.augmentation.selection import select

# Those of `table_candidates` that an over-sampler can be: SMOTE, class weights and
# input noise are other estimators.
CANDIDATES = (
    Candidate(NONE),
    Candidate("Single-VAE: posterior", "posterior", "single"),
    Candidate("Single-VAE: interpolate", "interpolate", "single"),
    Candidate("Multi-VAE", "normal", "multi"),
)


def choose_method(x, y, seed, budget=None, classes=None):
    """Returns (method, vae, Selection); the method is None where no gain is clear.

    Candidates are judged by `select`, on the inputs of the whole table's transform, by
    plain Gaussian VAEs and kvae's MLP: a proxy for the VAE that is then trained.

    Args:
        x: float32 array (N, ...), inputs of a table, or images.
        y: int array (N,) of class indices, -1 = unlabelled; with such rows `propagate`
            is judged, too.
        seed: int.
        budget: Budget; by default 5 folds, once.
        classes: optional array (K,) of labels, that the reason names.
    """
    budget = budget or Budget(repeats=1)
    candidates = CANDIDATES + spreading(y, image=x.ndim == 4)
    names = np.arange(y.max() + 1) if classes is None else classes
    labels = np.where(y < 0, None, names.astype(object)[y])
    selection = select(x, labels, candidates, budget=budget, seed=seed)
    if x.ndim == 2 and selection.table is not None:
        # The transform was learned on all rows.
        selection = dataclasses.replace(selection, transductive=True)
    chosen = selection.candidate
    if chosen.vae is None:
        if chosen.method != NONE:
            reason = f"{selection.reason} That is no method of an over-sampler."
            selection = dataclasses.replace(selection, reason=reason)
        return None, "single", selection
    return chosen.method, chosen.vae, selection
