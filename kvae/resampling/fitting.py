"""Training the VAE that a resampler draws from."""

import dataclasses

import numpy as np

from kvae.augmentation.methods import NONE, Candidate, spreading
from kvae.training.budget import Budget
from kvae.training.generative_classifiers import (
    early_reconstructions,
    fit_generative_classifier,
    noisy_rows,
)
from kvae.training.plan import STEPS, choose_plan
from kvae.training.vaes import fit_vae
from kvae.verdicts.selection import select


def fit_planned(rows, y, kind, seed, latent_dim, steps, beta, verbose=0):
    """Chooses how large a VAE the rows can bear, and trains it.

    Args:
        rows: TableRows or NumberRows.
        y: int array (N,) of class indices, -1 = unlabelled.
        kind: as in `fit_vae`.
        seed: int.
        latent_dim: int, or None to choose.
        steps: int, or None to choose.
        beta: float.
        verbose: as in Keras' fit.

    Returns:
        (VAE, tuple of str: what was chosen and why).
    """
    sizes = np.bincount(y[y >= 0])
    multi = kind == "multi"
    plan = choose_plan(
        max(int(sizes.mean()), 1) if multi else len(y),
        rows.num_attributes,
        int(sizes.min()),
        latent_dim,
        steps,
        rows.is_image,
    )
    vae = fit_vae(rows.x, y, kind, plan, seed, len(sizes), rows.schema, beta, verbose)
    own = ("one VAE for each class, each from its labelled rows alone",) * multi
    return vae, (*own, *plan.notes)


def fit_judge(rows, y, seed, latent_dim=None, steps=None, beta=1.0):
    """Trains a generative classifier on the labelled rows.

    Bad examples of a table are its rows with strong noise; of images reconstructions by
    a VAE that has been trained for a tenth of the steps.

    Args:
        rows: TableRows or NumberRows.
        y: int array (N,) of class indices, -1 = unlabelled.
        seed: int.
        latent_dim: as in `fit_planned`, of that VAE.
        steps: int, or None; of the VAE that draws are decoded by.
        beta: float.

    Returns:
        GenerativeClassifier.
    """
    known = y >= 0
    x, num_classes = rows.x[known], int(y.max()) + 1
    if rows.is_image:
        early = max(1, (steps or STEPS) // 10)
        young, _ = fit_planned(rows, y, "single", seed, latent_dim, early, beta)
        bad = early_reconstructions(young, x)
    else:
        bad = noisy_rows(x, seed)
    return fit_generative_classifier(x, y[known], bad, num_classes, seed=seed)


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
