"""Repeated cross-validation of candidates inside the labelled rows of a data set.

Everything that is fitted, standard units, VAEs, generative classifiers and graphs
included, is fitted without the rows held out, from which a split's classifier is
judged. All splits of all candidates are trained as stacks, one for each kind of model.
"""

import time

import numpy as np
from tqdm import tqdm

from kvae import random
from kvae.augmentation.methods import Candidate, image_candidates, table_candidates
from kvae.checks import expect_finite
from kvae.data.labels import class_names_and_indices
from kvae.models.multi_vae import MultiVAE
from kvae.models.replicas import take
from kvae.training.budget import Budget
from kvae.training.classifiers import (
    fit_estimator,
    inputs_of,
    predict_convnet,
    train_convnet,
    train_mlps,
)
from kvae.training.generative_classifiers import fit_generative_classifiers, noisy_rows
from kvae.training.vaes import VAESettings, class_rows, class_seeds, fit_vaes
from kvae.verdicts.held_out import HeldOut, expect_scoring
from kvae.verdicts.splits import make_splits


def cross_validate(x, y, candidates, budget=None, seed=0, **how):
    """Trains every candidate on every split, and predicts the rows held out.

    Args:
        x: float array (N, F) or images (N, H, W, C).
        y: int array (N,), class indices 0 ... K - 1, each with rows; -1 = unlabelled.
        candidates: tuple of Candidate, names unique.
        budget: Budget.
        seed: int.
        **how: `estimator`, `vae` and `verbose` of `cross_validate_all`.

    Returns:
        HeldOut.

    Raises:
        TimeoutError: where the wall-clock limit of the budget is reached.
        ValueError: where no class has two rows.
    """
    return cross_validate_all([(x, y, seed)], candidates, budget, **how)[0]


def cross_validate_all(
    problems, candidates, budget=None, estimator=None, vae=None, verbose=False
):
    """Cross-validates the candidates on several problems, as one stack.

    Args:
        problems: list of (x, y, seed), as for `cross_validate`; K and the shape of a
            row are the same in all.
        candidates: tuple of Candidate, names unique.
        budget: Budget.
        estimator: optional scikit-learn classifier (for a Keras model:
            keras.wrappers.SKLearnClassifier), cloned for each split; by default
            kvae's MLP for tables, trained as one stack, and Keras' MNIST convnet for
            images. Where its `fit` takes no sample_weight, rows count alike. All but
            Keras' models get images flattened.
        vae: optional trained BetaVAE without a replica axis, instead of a Single-VAE
            for each split. It has seen the rows held out, though not their labels.
        verbose: bool, whether to show a progress bar.

    Returns:
        List of HeldOut, one for each problem; each is what it would be alone, and its
        seconds are those of all.

    Raises:
        TimeoutError: where the wall-clock limit of the budget is reached.
        ValueError: where no class has two rows.
    """
    budget = budget or Budget()
    start = time.perf_counter()
    own = [make_splits(*problem, budget, scaled=vae is None) for problem in problems]
    splits = [split for some in own for split in some]
    num_classes = 1 + max(int(y.max()) for _, y, _ in problems)
    bar = tqdm(total=4, desc="Cross-validation", disable=None if verbose else True)

    def stage_done():
        bar.update()
        seconds = time.perf_counter() - start
        if budget.seconds is not None and seconds > budget.seconds:
            raise TimeoutError(
                f"Cross-validation was stopped after {seconds:.0f} s, at the limit of "
                f"{budget.seconds:g} s. Raise `seconds`, or lower repeats or steps."
            )

    with bar:
        vaes = _fit_vaes(splits, num_classes, candidates, budget, vae)
        stage_done()
        judges = _fit_judges(splits, num_classes, candidates, budget)
        stage_done()
        cells = _cells(splits, candidates, vaes, judges, budget)
        stage_done()
        tests = [split.test for split in splits for _ in candidates]
        said = _predict(cells, tests, num_classes, budget, estimator)
        bar.update()  # what is finished is not thrown away
    seconds = time.perf_counter() - start
    found = []
    for (_, y, _), some in zip(problems, own, strict=True):
        count = len(some) * len(candidates)
        labels, said = said[:count], said[count:]
        found.append(_pooled(y, some, candidates, labels, budget, seconds))
    return found


def _cells(splits, candidates, vaes, judges, budget):
    """Returns (seed, real, generated, share), split by split."""
    places = round(budget.steps * budget.batch_size / 2)
    return [
        (
            split.seed,
            *candidate.rows(
                split.labelled, split.unlabelled, *fitted, split.seed, places
            ),
        )
        for split, *fitted in zip(splits, vaes, judges, strict=True)
        for candidate in candidates
    ]


def _pooled(y, splits, candidates, labels, budget, seconds):
    """Puts the labels of all parts where their rows stand."""
    rows = np.sort(np.concatenate([s.held_out for s in splits if s.repeat == 0]))
    predicted = np.empty((len(candidates), budget.repeats, len(rows)), "int64")
    part = np.empty(predicted.shape[1:], "int64")
    folds = len(splits) // budget.repeats
    for position, own in enumerate(labels):
        split, candidate = divmod(position, len(candidates))
        places = np.searchsorted(rows, splits[split].held_out)
        predicted[candidate, splits[split].repeat, places] = own
        part[splits[split].repeat, places] = split % folds
    return HeldOut(tuple(candidates), rows, y[rows], predicted, part, folds, seconds)


def _fit_vaes(splits, num_classes, candidates, budget, vae):
    """Returns {"single": BetaVAE, "multi": MultiVAE} for each split, where needed."""
    kinds = {candidate.vae for candidate in candidates}
    settings = _vae_settings(splits[0].labelled.x, budget)
    found = [{} for _ in splits]
    if "single" in kinds and vae is not None:
        found = [{"single": vae} for _ in splits]
    elif "single" in kinds:
        x = [np.concatenate([own.labelled.x, own.unlabelled]) for own in splits]
        seeds = [random.derive(own.seed, "single_vae") for own in splits]
        stack = fit_vaes(np.concatenate(x), seeds, settings, _stretches(x))
        for r, own in enumerate(found):
            own["single"] = take(stack, r)
    if "multi" in kinds:
        x = [own.labelled.x for own in splits]
        seeds, rows = [], []
        for own, stretch in zip(splits, _stretches(x), strict=True):
            own_seeds = class_seeds(own.seed, num_classes)
            rows += [stretch[c] for c in class_rows(own.labelled.y, own_seeds)]
            seeds += own_seeds
        stack = fit_vaes(np.concatenate(x), seeds, settings, rows, MultiVAE)
        for r, own in enumerate(found):
            own["multi"] = take(stack, range(r * num_classes, (r + 1) * num_classes))
    return found


def _stretches(parts):
    """Returns the row numbers of each part in their concatenation."""
    ends = np.cumsum([len(part) for part in parts])
    return [
        np.arange(end - len(part), end) for end, part in zip(ends, parts, strict=True)
    ]


def _vae_settings(x, budget):
    steps, batch_size, d = budget.vae_steps, budget.batch_size, budget.latent_dim
    if x.ndim == 2:
        return VAESettings(d, 1.0, (64,), "gaussian", batch_size, steps)
    return VAESettings(d, 0.2, (256, 128), "bernoulli", batch_size, steps)


def _fit_judges(splits, num_classes, candidates, budget):
    """Returns a generative classifier for each split, or None."""
    if not any(candidate.generative_classifier for candidate in candidates):
        return [None] * len(splits)
    cells = [(*own.labelled, noisy_rows(own.labelled.x, own.seed)) for own in splits]
    seeds = [own.seed for own in splits]
    settings = {"steps": budget.steps, "batch_size": budget.batch_size}
    return fit_generative_classifiers(cells, num_classes, seeds, **settings)


def _predict(cells, tests, num_classes, budget, estimator):
    """Yields the labels of the rows held out, cell by cell."""
    if estimator is not None:
        return [
            fit_estimator(estimator, *cell).predict(inputs_of(x, estimator))
            for cell, x in zip(cells, tests, strict=True)
        ]
    if tests[0].ndim > 2:
        return [
            predict_convnet(
                train_convnet(*cell[:3], num_classes, budget, cell[3])[0],
                x,
                num_classes,
            )
            for cell, x in zip(cells, tests, strict=True)
        ]
    model = train_mlps(cells, num_classes, budget)
    # Parts differ by a few rows: the shorter are filled up, and cut off again.
    longest = max(len(x) for x in tests)
    filled = np.stack([np.resize(x, (longest, x.shape[1])) for x in tests])
    labels = np.argmax(model(filled), axis=-1)
    return [own[: len(x)] for own, x in zip(labels, tests, strict=True)]


def hold_out(
    x, y, candidates, estimator, scoring, budget, seed, unlabelled, vae, verbose
):
    """Checks rows and labels of any kind, and cross-validates the candidates."""
    x, y, names = expect_rows_and_labels(x, y, unlabelled)
    expect_scoring(scoring)
    counts = np.bincount(y[y >= 0])
    if counts.min() < 2:
        raise ValueError(
            "A verdict expects at least 2 labelled rows of each class: one to learn "
            f"from, one to judge by. Received: 1 of {names[counts.argmin()]!r}. Label "
            "more rows of it, or leave it out."
        )
    known = (image_candidates if x.ndim == 4 else table_candidates)(y)
    if candidates is None:
        candidates = known
    odd = [own for own in candidates if not isinstance(own, Candidate)]
    if odd:
        raise ValueError(
            "Candidates are expected to be kvae.augmentation.Candidate. Received: "
            f"{odd[0]!r}. Choose some of table_candidates(y) or image_candidates(y): "
            f"{', '.join(own.name for own in known)}."
        )
    if len(candidates) < 2 or len({own.name for own in candidates}) < len(candidates):
        raise ValueError(
            "Candidates are expected to be two or more, of different names, the "
            f"baseline first. Received: {[own.name for own in candidates]}."
        )
    how = {"estimator": estimator, "vae": vae, "verbose": verbose}
    return cross_validate(x, y, candidates, budget, seed, **how)


def expect_rows_and_labels(x, y, unlabelled):
    """Returns (rows as an array, class indices with -1 = unlabelled, class names)."""
    x = np.asarray(x)
    if x.ndim == 3:
        raise ValueError(
            f"A verdict expects images (N, H, W, C). Received: shape={x.shape}. Add a "
            "channel axis: x[..., None]."
        )
    if x.dtype == object:
        raise ValueError(
            "A verdict on rows expects numbers. Received: dtype=object. For a table "
            "with words, dates or holes ask kvae.resampling.table_verdict, or the "
            "command `kvae augment data.csv --target y`."
        )
    names, y = class_names_and_indices(y, unlabelled)
    if x.ndim not in (2, 4) or len(x) != len(y):
        raise ValueError(
            "A verdict expects rows (N, F), or images (N, H, W, C), and a label for "
            f"each. Received: shape={x.shape}, {len(y)} labels."
        )
    expect_finite("A verdict", x, "Fill them, or ask table_verdict, which takes holes.")
    if x.ndim == 4 and (x.min() < 0 or x.max() > 1):
        raise ValueError(
            f"A verdict expects images in [0, 1]. Received: values from {x.min():g} to "
            f"{x.max():g}. Divide them by the largest."
        )
    if len(names) < 2:
        raise ValueError(
            f"A verdict expects at least two classes. Received: {list(names)}. Label "
            "rows of another class, too."
        )
    return x, y, names
