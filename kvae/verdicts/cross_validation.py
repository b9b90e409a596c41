"""Repeated cross-validation of ways to augment, inside the labelled rows of a data set.

Everything that is fitted, standard units, VAEs, generative classifiers and graphs
included, is fitted without the rows held out, from which a split's classifier is
judged. All splits of all methods are trained as stacks, one for each kind of model.
"""

import math
import time

import numpy as np
from tqdm import tqdm

from kvae import random
from kvae.augmentation.methods import Method, image_methods, table_methods
from kvae.checks import expect_finite
from kvae.data.labels import class_names_and_indices
from kvae.models.multi_vae import MultiVAE
from kvae.models.replicas import take
from kvae.training.budget import Budget
from kvae.training.classifiers import (
    fit_estimator,
    generated_places,
    inputs_of,
    predict_convnet,
    train_convnet,
    train_mlps,
)
from kvae.training.generative_classifiers import fit_generative_classifiers, noisy_rows
from kvae.training.plan import image_units
from kvae.training.vaes import VAESettings, class_rows, class_seeds, fit_vaes
from kvae.verdicts.held_out import HeldOut, expect_scoring
from kvae.verdicts.splits import make_splits


def cross_validate(x, y, methods, budget=None, seed=0, **settings):
    """Trains a classifier by every method on every split; predicts the rows held out.

    Args:
        x: float array (N, F) or images (N, H, W, C).
        y: int array (N,), class indices 0 ... K - 1, each with rows; -1 = unlabelled.
        methods: tuple of Method, names unique.
        budget: Budget.
        seed: int.
        **settings: `estimator`, `vae` and `verbose` of `cross_validate_all`.

    Returns:
        HeldOut.

    Raises:
        TimeoutError: where the wall-clock limit of the budget is reached.
        ValueError: where no class has two rows.
    """
    return cross_validate_all([(x, y, seed)], methods, budget, **settings)[0]


def cross_validate_all(
    problems, methods, budget=None, estimator=None, vae=None, verbose=False
):
    """Cross-validates the methods on several problems, as one stack.

    Args:
        problems: list of (x, y, seed), as for `cross_validate`; K and the shape of a
            row are the same in all.
        methods: tuple of Method, names unique.
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
    splits_of = [
        make_splits(*problem, budget, scaled=vae is None) for problem in problems
    ]
    splits = [split for splits in splits_of for split in splits]
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
        vaes = _fit_vaes(splits, num_classes, methods, budget, vae)
        stage_done()
        judges = _fit_judges(splits, num_classes, methods, budget)
        stage_done()
        cells = _cells(splits, methods, vaes, judges, budget)
        stage_done()
        tests = [split.test for split in splits for _ in methods]
        predicted = _predict(cells, tests, num_classes, budget, estimator)
        bar.update()  # what is finished is not thrown away
    seconds = time.perf_counter() - start
    found = []
    for (_, y, _), splits in zip(problems, splits_of, strict=True):
        count = len(splits) * len(methods)
        labels, predicted = predicted[:count], predicted[count:]
        found.append(_pooled(y, splits, methods, labels, budget, seconds))
    return found


def _cells(splits, methods, vaes, judges, budget):
    """Returns (seed, real, generated, share), split by split."""
    places = budget.steps * generated_places(budget.batch_size)
    cells = []
    for split, split_vaes, judge in zip(splits, vaes, judges, strict=True):
        for method in methods:
            rows = method.rows(
                split.labelled,
                split.seed,
                vaes=split_vaes,
                places=places,
                unlabelled=split.unlabelled,
                generative_classifier=judge,
            )
            cells.append((split.seed, *rows))
    return cells


def _pooled(y, splits, methods, labels, budget, seconds):
    """Puts the labels of all parts where their rows stand."""
    rows = np.sort(np.concatenate([s.held_out for s in splits if s.repeat == 0]))
    predicted = np.empty((len(methods), budget.repeats, len(rows)), "int64")
    part = np.empty(predicted.shape[1:], "int64")
    folds = len(splits) // budget.repeats
    for position, labels_of_part in enumerate(labels):
        number, method = divmod(position, len(methods))
        split = splits[number]
        places = np.searchsorted(rows, split.held_out)
        predicted[method, split.repeat, places] = labels_of_part
        part[split.repeat, places] = number % folds
    return HeldOut(
        methods=tuple(methods),
        rows=rows,
        true=y[rows],
        predicted=predicted,
        part=part,
        folds=folds,
        seconds=seconds,
    )


def _fit_vaes(splits, num_classes, methods, budget, vae):
    """Returns {"single": BetaVAE, "multi": MultiVAE} for each split, where needed."""
    kinds = {method.vae for method in methods}
    settings = _vae_settings(splits[0].labelled.x, budget)
    found = [{} for _ in splits]
    if "single" in kinds and vae is not None:
        found = [{"single": vae} for _ in splits]
    elif "single" in kinds:
        x = [np.concatenate([split.labelled.x, split.unlabelled]) for split in splits]
        seeds = [random.derive(split.seed, "single_vae") for split in splits]
        stack = fit_vaes(np.concatenate(x), seeds, settings, rows=_stretches(x))
        for r, vaes in enumerate(found):
            vaes["single"] = take(stack, r)
    if "multi" in kinds:
        x = [split.labelled.x for split in splits]
        seeds, rows = [], []
        for split, stretch in zip(splits, _stretches(x), strict=True):
            seeds_of_classes = class_seeds(split.seed, num_classes)
            of_classes = class_rows(split.labelled.y, seeds_of_classes)
            rows += [stretch[positions] for positions in of_classes]
            seeds += seeds_of_classes
        stack = fit_vaes(np.concatenate(x), seeds, settings, rows=rows, cls=MultiVAE)
        for r, vaes in enumerate(found):
            vaes["multi"] = take(stack, range(r * num_classes, (r + 1) * num_classes))
    return found


def _stretches(parts):
    """Returns the row numbers of each part in their concatenation."""
    ends = np.cumsum([len(part) for part in parts])
    return [
        np.arange(end - len(part), end) for end, part in zip(ends, parts, strict=True)
    ]


def _vae_settings(x, budget):
    if x.ndim == 2:
        beta, units, reconstruction = 1.0, (64,), "gaussian"
    else:
        units = image_units(math.prod(x.shape[1:]))
        beta, reconstruction = 0.2, "bernoulli"
    return VAESettings(
        latent_dim=budget.latent_dim,
        beta=beta,
        hidden_units=units,
        reconstruction=reconstruction,
        batch_size=budget.batch_size,
        steps=budget.vae_steps,
    )


def _fit_judges(splits, num_classes, methods, budget):
    """Returns a generative classifier for each split, or None."""
    if not any(method.generative_classifier for method in methods):
        return [None] * len(splits)
    cells = [
        (*split.labelled, noisy_rows(split.labelled.x, split.seed)) for split in splits
    ]
    return fit_generative_classifiers(
        cells,
        num_classes,
        seeds=[split.seed for split in splits],
        steps=budget.steps,
        batch_size=budget.batch_size,
    )


def _predict(cells, tests, num_classes, budget, estimator):
    """Returns the labels of the rows held out, cell by cell."""
    if estimator is not None:
        return [
            fit_estimator(estimator, *cell).predict(inputs_of(x, estimator))
            for cell, x in zip(cells, tests, strict=True)
        ]
    if tests[0].ndim > 2:
        labels = []
        for (seed, real, generated, share), x in zip(cells, tests, strict=True):
            weights, _ = train_convnet(
                seed, real, generated, num_classes, budget, share=share
            )
            labels.append(predict_convnet(weights, x, num_classes))
        return labels
    model = train_mlps(cells, num_classes, budget)
    # Parts differ by a few rows: the shorter are filled up, and cut off again.
    longest = max(len(x) for x in tests)
    filled = np.stack([np.resize(x, (longest, x.shape[1])) for x in tests])
    labels = np.argmax(model(filled), axis=-1)
    return [row[: len(x)] for row, x in zip(labels, tests, strict=True)]


def hold_out(
    x,
    y,
    methods=None,
    estimator=None,
    scoring=None,
    budget=None,
    seed=0,
    unlabelled=None,
    vae=None,
    verbose=False,
):
    """Checks rows and labels of any kind, and cross-validates the methods.

    Arguments, result and errors are those of `verdict_from_rows` and `cross_validate`.
    """
    x, y, names = expect_rows_and_labels(x, y, unlabelled)
    expect_scoring(scoring)
    counts = np.bincount(y[y >= 0])
    if counts.min() < 2:
        raise ValueError(
            "A verdict expects at least 2 labelled rows of each class: one to learn "
            f"from, one to judge by. Received: 1 of {names[counts.argmin()]!r}. Label "
            "more rows of it, or leave it out."
        )
    methods = expect_methods(methods, x, y)
    return cross_validate(
        x, y, methods, budget, seed, estimator=estimator, vae=vae, verbose=verbose
    )


def expect_methods(methods, x, y):
    """Returns the methods to judge, by default all that fit the rows, checked."""
    known = (image_methods if x.ndim == 4 else table_methods)(y)
    if methods is None:
        return known
    odd = [method for method in methods if not isinstance(method, Method)]
    if odd:
        raise ValueError(
            "methods expects kvae.augmentation.Method objects. Received: "
            f"{odd[0]!r}. Choose some of kvae.augmentation.METHODS, such as those of "
            f"table_methods(y) or image_methods(y): "
            f"{', '.join(method.name for method in known)}."
        )
    names = [method.name for method in methods]
    if len(methods) < 2 or len(set(names)) < len(names):
        raise ValueError(
            "methods expects two or more, of different names, the baseline first. "
            f"Received: {names}."
        )
    return tuple(methods)


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
