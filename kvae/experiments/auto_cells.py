"""A bundle of `method="auto"`: one PROBEN1 problem, row of the table and seed."""

import numpy as np

import kvae.data
from kvae.augmentation import rivals
from kvae.augmentation.cross_fitting import fit_generative_classifier, noisy_rows
from kvae.augmentation.selection import select
from kvae.evaluation.scores import score
from kvae.evaluation.training import predict_mlps, train_mlps
from kvae.experiments.protocol import (
    BASELINE,
    MULTI_VAE,
    SMOTE,
    fit_multi_vaes,
    fit_single_vaes,
    generate_for,
)
from kvae.experiments.table_cells import load_table
from kvae.models.replicas import take
from kvae.preprocessing.standardize import standardize

AUTO = "auto"


def train_auto_cells(data, where, shots, seed, settings, budget, development=False):
    """Lets `select` choose on the labelled rows, and scores what it chose.

    The choice sees the labelled rows and, without labels, the other training rows.
    Beside it stand the methods that could always be used instead.

    Args:
        data: str, name of a PROBEN1 problem.
        where: dict, `data_dir` and `manual_dir` of `kvae.load`.
        shots: int, labelled rows per class.
        seed: int.
        settings: Settings, of the classifier and the VAEs of the rows that are scored.
        budget: Budget of the choice.
        development: bool, whether the validation part stands in for the test part.

    Returns:
        List of dicts, a row for each method.
    """
    source = load_table(data, **where)
    if development:
        source = source.development()
    raw = kvae.data.few_shot(source, shots, seed)
    y = np.full(len(source.train.y), -1)
    y[raw.labelled] = raw.rows.y
    chosen = select(source.train.x, y, budget=budget, seed=seed, unlabelled=-1)
    source = standardize(source)
    draw = kvae.data.few_shot(source, shots, seed)
    (multi,) = fit_multi_vaes([draw], [seed], settings)
    cells = {
        BASELINE: (draw.rows, None),
        SMOTE: (draw.rows, rivals.smote(draw.rows, seed)),
        MULTI_VAE: (
            draw.rows,
            generate_for(MULTI_VAE, draw, seed, settings, None, multi),
        ),
        AUTO: _rows(chosen.candidate, draw, seed, settings, multi),
    }
    mlps = train_mlps(
        [(seed, *rows) for rows in cells.values()], source.num_classes, settings
    )
    with source.scoring() as test:
        said = predict_mlps(mlps, test.x)
        scores = [score(test.y, own, source.num_classes) for own in said]
    return [
        {
            "data": source.name,
            "shots": shots,
            "method": method,
            "seed": seed,
            "chosen": chosen.candidate.name if method == AUTO else None,
            "choice_seconds": round(chosen.seconds, 1) if method == AUTO else None,
            **{name: round(value, 5) for name, value in own.items()},
        }
        for method, own in zip(cells, scores, strict=True)
    ]


def _rows(candidate, draw, seed, settings, multi):
    """What the candidate trains on, its VAEs trained by the table's settings."""
    vaes, judge = {"multi": multi}, None
    if candidate.vae == "single":
        stack = fit_single_vaes(draw.source, [seed], settings)
        vaes["single"] = take(stack, 0)
    if candidate.generative_classifier:
        bad = noisy_rows(draw.rows.x, seed)
        classes = draw.source.num_classes
        judge = fit_generative_classifier(*draw.rows, bad, classes, seed=seed)
    places = round(settings.steps * settings.batch_size / 2)
    unlabelled = draw.source.train.x[draw.unlabelled]
    return candidate.rows(draw.rows, unlabelled, vaes, judge, seed, places)
