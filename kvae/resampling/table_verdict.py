"""Does over-sampling a table help? Cross-validated inside its labelled rows."""

import warnings

import numpy as np
import pandas as pd
from sklearn.base import clone
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold

from kvae import random
from kvae.augmentation.methods import BASELINE
from kvae.preprocessing.table import Table
from kvae.resampling.resampler import VAEOverSampler
from kvae.resampling.rows import as_frame
from kvae.resampling.targets import Targets
from kvae.training.classifiers import seeded_clone
from kvae.verdicts.held_out import compare_held_out
from kvae.verdicts.verdict import family_wise, make_verdict
from kvae.warning_classes import CollapsedVAEWarning


def table_verdict(
    rows, y, samplers, folds=5, repeats=1, seed=0, classifier=None, worthwhile=0.01
):
    """Returns what cross-validation says about over-sampling a table.

    In each split the transform, the VAE and the classifier are fitted without the rows
    held out; unlabelled rows stay in every training part.

    Args:
        rows: DataFrame or array (N, F).
        y: labels (N,).
        samplers: dict {name: imbalanced-learn sampler}. A VAEOverSampler gets the table
            as it is, unlabelled rows included; any other the labelled rows, as inputs
            of the transform.
        folds: int; at most the rows of the smallest class.
        repeats: int, how often the rows are split anew.
        seed: int.
        classifier: scikit-learn classifier that takes the inputs of the transform; by
            default logistic regression.
        worthwhile: float, the least gain in weighted F1 that is worth having.

    Returns:
        Verdict.

    Raises:
        ValueError: for fewer than two classes, or a class of fewer than 2 rows.
    """
    frame, targets = as_frame(rows), Targets(y)
    if classifier is None:
        # A third of the time of scikit-learn's tolerance, and the same labels.
        classifier = LogisticRegression(max_iter=1000, tol=1e-3)
    labelled = np.flatnonzero(targets.index >= 0)
    if len(targets.classes) < 2:
        raise ValueError(
            "A verdict expects at least two classes. Received: "
            f"{targets.classes.tolist()}. Label rows of another class, too."
        )
    smallest = np.bincount(targets.index[labelled]).min()
    if smallest < 2:
        raise ValueError(
            "A verdict expects at least 2 rows of each class: one to learn from, one "
            f"to judge by. Received: a class of {smallest}. Label more rows."
        )
    folds = int(min(folds, smallest))
    methods = [BASELINE, *samplers]
    predicted = np.empty((len(methods), repeats, len(labelled)), int)
    part = np.empty(predicted.shape[1:], int)
    others = np.flatnonzero(targets.index < 0)
    for repeat in range(repeats):
        split_seed = random.derive(seed, "verdict", repeat) % 2**31
        parts = StratifiedKFold(folds, shuffle=True, random_state=split_seed)
        known = targets.index[labelled]
        for fold, (train, test) in enumerate(parts.split(labelled, known)):
            kept = np.append(labelled[train], others)
            predicted[:, repeat, test] = _predict(
                train=frame.iloc[kept],
                y=targets.index[kept],
                classes=targets.classes,
                test=frame.iloc[labelled[test]],
                samplers=samplers,
                classifier=classifier,
                seed=split_seed,
            )
            part[repeat, test] = fold
    table = compare_held_out(
        targets.index[labelled],
        predicted,
        methods,
        folds=folds,
        confidence=family_wise(0.95, len(methods)),
        part=part,
    )
    return make_verdict(
        table,
        confidence=0.95,
        worthwhile=worthwhile,
        most=30 * len(labelled),
        score="weighted F1",
        unit="labelled rows",
    )


def _predict(train, y, classes, test, samplers, classifier, seed):
    """Returns the class indices that the classifier of each method predicts."""
    table = Table(train)
    x_test, known = table.transform(test), y >= 0
    baseline = seeded_clone(classifier, seed)
    models = [baseline.fit(table.transform(train)[known], y[known])]
    for sampler in samplers.values():
        sampler = clone(sampler).set_params(random_state=seed)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", CollapsedVAEWarning)
            if isinstance(sampler, VAEOverSampler):
                labels = np.where(known, classes.astype(object)[y], None)
                rows, labels = sampler.fit_resample(train, labels)
                x = table.transform(rows)
            else:
                x, labels = sampler.fit_resample(
                    table.transform(train)[known], classes[y[known]]
                )
        # The sampler may return rows without a label; no classifier learns from them.
        index = pd.Index(classes).get_indexer(labels)
        model = seeded_clone(classifier, seed)
        models.append(model.fit(x[index >= 0], index[index >= 0]))
    return [model.predict(x_test) for model in models]
