"""Repeated cross-validation of ways to augment, inside the labelled rows of a data set.

Everything that is fitted, standard units, VAEs, generative classifiers and graphs
included, is fitted without the rows held out, from which a split's classifier is
judged. All splits of all methods are trained as stacks, one for each kind of model.
"""

import time

import numpy as np
from tqdm import tqdm

from kvae import progress
from kvae.augmentation.methods import (
    PROPAGATE,
    Method,
    image_methods,
    table_methods,
)
from kvae.checks import expect_finite, unit_remedy
from kvae.data.labels import class_names_and_indices
from kvae.models.beta_vae import BetaVAE
from kvae.training.budget import Budget
from kvae.verdicts.held_out import HeldOut
from kvae.verdicts.influences import expect_scoring
from kvae.verdicts.judges import get_judge
from kvae.verdicts.splits import make_splits
from kvae.verdicts.train_splits import predict_splits


def cross_validate(x, y, methods, budget=None, seed=0, features=None, **settings):
    """Trains a classifier by every method on every split; predicts the rows held out.

    Args:
        x: float array (N, F) or images (N, H, W, C).
        y: int array (N,), class indices 0 ... K - 1, each with rows; -1 = unlabelled.
        methods: tuple of Method, names unique.
        budget: Budget.
        seed: int.
        features: optional float array (N, D), what another network says of the rows:
            of methods with `refine`, labels spread over their graph.
        **settings: `classifier`, `vae` and `verbose` of `cross_validate_all`.

    Returns:
        HeldOut.

    Raises:
        TimeoutError: where the wall-clock limit of the budget is reached.
        ValueError: where no class has two rows.
    """
    features = None if features is None else [features]
    problems = [(x, y, seed)]
    return cross_validate_all(problems, methods, budget, features=features, **settings)[
        0
    ]


def cross_validate_all(
    problems,
    methods,
    budget=None,
    classifier=None,
    vae=None,
    verbose=False,
    features=None,
):
    """Cross-validates the methods on several problems, as one stack.

    Args:
        problems: list of (x, y, seed), as for `cross_validate`; K and the shape of a
            row are the same in all.
        methods: tuple of Method, names unique.
        budget: Budget.
        classifier: who judges, as in `get_judge` (for a Keras model:
            keras.wrappers.SKLearnClassifier), cloned for each split; by default
            whichever of logistic regression, random forest and gradient boosting is
            best on a split's real rows, and Keras' MNIST convnet for images. Where its
            `fit` takes no sample_weight, rows count alike. All but Keras' models get
            images flattened.
        vae: optional VAESettings of each split's VAEs, instead of what the budget
            says; or a trained BetaVAE without a replica axis, instead of a Single-VAE
            for each split. It has seen the rows held out, though not their labels.
        verbose: bool, whether to show a progress bar.
        features: optional list of arrays, one for each problem, as in `cross_validate`.

    Returns:
        List of HeldOut, one for each problem; each is what it would be alone, and its
        seconds are those of all.

    Raises:
        TimeoutError: where the wall-clock limit of the budget is reached.
        ValueError: where no class has two rows.
    """
    budget, classifier = budget or Budget(), get_judge(classifier)
    start = time.perf_counter()
    scaled = not isinstance(vae, BetaVAE)
    splits_of = [
        make_splits(*problem, budget, scaled=scaled, features=of_problem)
        for problem, of_problem in zip(
            problems, features or [None] * len(problems), strict=True
        )
    ]
    splits = [split for splits in splits_of for split in splits]
    num_classes = 1 + max(int(y.max()) for _, y, _ in problems)
    stages = 4
    hidden = progress.is_listened() or not verbose  # who listens is told of the parts
    bar = tqdm(total=stages, desc="Cross-validation", disable=hidden or None)

    def stage_done():
        nonlocal stages
        stages -= 1
        bar.update()
        if stages:  # what is finished is not thrown away
            in_time()

    def in_time():
        seconds = time.perf_counter() - start
        if budget.seconds is not None and seconds > budget.seconds:
            raise TimeoutError(
                f"Cross-validation was stopped after {seconds:.0f} s, at the limit of "
                f"{budget.seconds:g} s. Raise `seconds`, or lower repeats or steps."
            )

    with bar:
        predicted = predict_splits(
            splits,
            methods,
            num_classes,
            budget,
            classifier=classifier,
            vae=vae,
            stage_done=stage_done,
            in_time=in_time,
        )
    seconds = time.perf_counter() - start
    found = []
    for (_, y, _), splits in zip(problems, splits_of, strict=True):
        count = len(splits) * len(methods)
        labels, predicted = predicted[:count], predicted[count:]
        found.append(_pooled(y, splits, methods, labels, budget, seconds))
    return found


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


def hold_out(
    x,
    y,
    methods=None,
    classifier=None,
    scoring=None,
    budget=None,
    seed=0,
    unlabelled=None,
    vae=None,
    verbose=False,
    features=None,
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
        x,
        y,
        methods,
        budget,
        seed,
        features=features,
        classifier=classifier,
        vae=vae,
        verbose=verbose,
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
    learning = [method for method in methods if method.classifier is not None]
    if learning and x.ndim == 4:
        raise ValueError(
            f"Method {learning[0].name!r} expects a table. Received: images. Spread "
            f"their labels: {PROPAGATE!r}."
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
            f"{x.max():g}. {unit_remedy(x.min(), x.max())}"
        )
    if len(names) < 2:
        raise ValueError(
            f"A verdict expects at least two classes. Received: {list(names)}. Label "
            "rows of another class, too."
        )
    return x, y, names
