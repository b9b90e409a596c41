"""What the splits of a cross-validation train: VAEs, generative classifiers, judges.

Everything is fitted on a split's own rows; all splits are trained as stacks, one for
each kind of model.
"""

import dataclasses
import math

import numpy as np

from kvae import progress, random
from kvae.models.beta_vae import BetaVAE
from kvae.schema import continuous
from kvae.semi_supervised.candidates import predict_parts
from kvae.training.classifiers import (
    fit_estimator,
    generated_places,
    inputs_of,
    predict_convnet,
    train_convnet,
    train_mlps,
)
from kvae.training.generative_classifiers import fit_generative_classifiers, noisy_rows
from kvae.training.mlp_estimator import MLPEstimator
from kvae.training.plan import image_units
from kvae.training.vaes import VAESettings, fit_vae_parts
from kvae.verdicts.judges import MLP, judge_of


def predict_splits(
    splits,
    methods,
    num_classes,
    budget,
    classifier=None,
    vae=None,
    stage_done=None,
    in_time=None,
):
    """Trains a classifier by every method on every split; predicts the rows held out.

    Args:
        splits: list of Split.
        methods: tuple of Method.
        num_classes: int K.
        budget: Budget.
        classifier: as in `cross_validate_all`.
        vae: as in `cross_validate_all`.
        stage_done: optional function without arguments, called after VAEs, generative
            classifiers, new rows and classifiers.
        in_time: optional function without arguments, called after the new rows of each
            split; it raises where there is no time left.

    Returns:
        List of int arrays of labels: those of the first split by every method, then
        those of the second.
    """
    done = stage_done or (lambda: None)
    vaes = _fit_vaes(splits, num_classes, methods, budget, vae)
    done()
    judges = _fit_judges(splits, num_classes, methods, budget)
    done()
    of_rows = [method for method in methods if method.classifier is None]
    cells = _cells(splits, of_rows, vaes, judges, budget, in_time=in_time)
    done()
    judge_of_split = [judge_of(classifier, s.labelled, s.seed) for s in splits]
    tests = [split.test for split in splits for _ in of_rows]
    judges = [judge for judge in judge_of_split for _ in of_rows]
    labels = iter(predict_cells(cells, tests, judges, num_classes, budget))
    found = {(s, m.name): next(labels) for s in range(len(splits)) for m in of_rows}
    for method in methods:
        if method.classifier is not None:
            estimators = [
                MLPEstimator(budget) if judge == MLP else judge
                for judge in judge_of_split
            ]
            learned = predict_parts(
                method.classifier,
                [(split.labelled, split.unlabelled) for split in splits],
                [split.test for split in splits],
                estimators,
                [split.seed for split in splits],
                num_classes,
                [of_split.get("single") for of_split in vaes],
            )
            found |= {(s, method.name): labels for s, labels in enumerate(learned)}
    done()
    return [found[s, method.name] for s in range(len(splits)) for method in methods]


def _cells(splits, methods, vaes, judges, budget, in_time=None):
    """Returns (seed, real, generated, share), split by split."""
    places = budget.steps * generated_places(budget.batch_size)
    cells = []
    with progress.counted(len(splits), "training parts") as done:
        for split, split_vaes, judge in zip(splits, vaes, judges, strict=True):
            for method in methods:
                rows = method.rows(
                    split.labelled,
                    split.seed,
                    vaes=split_vaes,
                    places=places,
                    unlabelled=split.unlabelled,
                    generative_classifier=judge,
                    features=split.features,
                )
                cells.append((split.seed, *rows))
            done()
            if in_time is not None:
                in_time()
    return cells


def _fit_vaes(splits, num_classes, methods, budget, vae):
    """Returns {kind: VAE} for each split, of the kinds that the methods draw from."""
    kinds = {method.vae for method in methods} - {None}
    settings = vae
    if not isinstance(vae, VAESettings):
        settings = vae_settings(splits[0].labelled.x, budget)
    found = [{} for _ in splits]
    x = [np.concatenate([split.labelled.x, split.unlabelled]) for split in splits]
    y = [
        np.append(split.labelled.y, np.full(len(split.unlabelled), -1))
        for split in splits
    ]
    ends = np.cumsum([len(rows) for rows in x])
    parts = [np.arange(end - len(rows), end) for end, rows in zip(ends, x, strict=True)]
    for kind in sorted(kinds):
        if kind == "single" and isinstance(vae, BetaVAE):
            vaes = [vae] * len(splits)
        else:
            arguments, settings_of_kind = {}, settings
            if kind == "conditional":  # of a mixture of numbers: one likelihood knows
                settings_of_kind = dataclasses.replace(settings, reconstruction="mixed")
                arguments["schema"] = continuous(range(x[0].shape[1]))
            vaes = fit_vae_parts(
                np.concatenate(x),
                np.concatenate(y),
                kind,
                settings_of_kind,
                seeds=[_seed(split, kind) for split in splits],
                parts=parts,
                num_classes=num_classes,
                **arguments,
            )
        for of_split, trained in zip(found, vaes, strict=True):
            of_split[kind] = trained
    return found


def _seed(split, kind):
    """Returns the seed of a split's VAE; `class_seeds` derives those of a Multi-VAE."""
    if kind == "multi":
        return split.seed
    return random.derive(split.seed, f"{kind}_vae")


def vae_settings(x, budget):
    """Returns the VAESettings of every split.

    Args:
        x: float array (N, F) or images (N, H, W, C).
        budget: Budget.
    """
    if x.ndim == 2:
        beta, units, reconstruction = 1.0, (64,), "gaussian"
    else:
        units = image_units(math.prod(x.shape[1:]))
        beta, reconstruction = 0.2, "bernoulli"
    return VAESettings(
        latent_dim=budget.latent_dim,
        beta=beta if budget.beta is None else budget.beta,
        hidden_units=units,
        reconstruction=reconstruction,
        batch_size=budget.batch_size,
        steps=budget.vae_steps,
    )


def _fit_judges(splits, num_classes, methods, budget):
    """Returns a generative classifier for each split, or None."""
    if not any(method.is_filtered for method in methods):
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


def predict_cells(cells, tests, judges, num_classes, budget):
    """Trains a classifier on the rows of each cell; predicts those held out.

    Args:
        cells: list of (seed, real Rows, generated Rows or None, share).
        tests: list of float arrays (N, ...), rows held out.
        judges: list of scikit-learn classifier, or "mlp": kvae's for tables, all of
            which are trained as one stack, and Keras' MNIST convnet for images.
        num_classes: int K.
        budget: Budget.

    Returns:
        List of int arrays (N,) of labels.
    """
    labels = [None] * len(cells)
    stacked = [i for i, judge in enumerate(judges) if judge == MLP]
    networks = _predict_tables if tests[0].ndim == 2 else _predict_images
    if stacked:
        of_networks = networks(
            [cells[i] for i in stacked],
            [tests[i] for i in stacked],
            num_classes,
            budget,
        )
        for i, predicted in zip(stacked, of_networks, strict=True):
            labels[i] = predicted
    for i, (cell, x, judge) in enumerate(zip(cells, tests, judges, strict=True)):
        if labels[i] is None:
            labels[i] = fit_estimator(judge, *cell).predict(inputs_of(x, judge))
    return labels


def _predict_tables(cells, tests, num_classes, budget):
    model = train_mlps(cells, num_classes, budget)
    # Parts differ by a few rows: the shorter are filled up, and cut off again.
    longest = max(len(x) for x in tests)
    filled = np.stack([np.resize(x, (longest, x.shape[1])) for x in tests])
    labels = np.argmax(model(filled), axis=-1)
    return [row[: len(x)] for row, x in zip(labels, tests, strict=True)]


def _predict_images(cells, tests, num_classes, budget):
    labels = []
    with progress.counted(len(cells), "classifiers") as done:
        for (seed, real, generated, share), x in zip(cells, tests, strict=True):
            weights, _ = train_convnet(
                seed, real, generated, num_classes, budget, share=share
            )
            labels.append(predict_convnet(weights, x, num_classes))
            done()
    return labels
