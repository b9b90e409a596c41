"""Bundles of `method="auto"`: a row of PROBEN1's table, or of MNIST's and a seed."""

import numpy as np

import kvae.data
from kvae.augmentation.methods import METHODS
from kvae.experiments.protocol import fit_multi_vaes, fit_single_vaes
from kvae.experiments.scoring import score_on_test
from kvae.experiments.vae_cache import load_source, single_vae
from kvae.models.replicas import take
from kvae.preprocessing.standardize import standardize
from kvae.training.classifiers import (
    generated_places,
    predict_convnet,
    predict_mlps,
    train_convnet,
    train_mlps,
)
from kvae.training.generative_classifiers import fit_generative_classifier, noisy_rows
from kvae.verdicts.selection import select, select_all
from recipes.cells.tables import load_table

AUTO = "auto"


def train_auto_cells(
    data,
    shots,
    seeds,
    settings,
    budget,
    cells,
    development=False,
    data_dir=None,
    manual_dir=None,
):
    """Lets `auto` choose on the labelled rows, and scores what it chose.

    The choice sees the labelled rows and, without labels, the other training rows.
    Beside it stand the methods that could always be used instead.

    Args:
        data: str, name of a PROBEN1 problem.
        shots: int, labelled rows per class.
        seeds: list of int.
        settings: Settings, of the classifier and the VAEs of the rows that are scored.
        budget: Budget of the choice.
        cells: list of dicts: `method`, AUTO, or a name of METHODS without a VAE or of a
            Multi-VAE.
        development: bool, whether the validation part stands in for the test part.
        data_dir: tfds folder.
        manual_dir: folder of PROBEN1's files.

    Returns:
        A list of rows for each cell, one for each seed.
    """
    source = load_table(data, data_dir, manual_dir)
    if development:
        source = source.development()
    names = [cell["method"] for cell in cells]
    chosen = [None for _ in seeds]
    if AUTO in names:
        problems = [
            (source.train.x, few_labels(source, shots, seed), seed) for seed in seeds
        ]
        selections = select_all(problems, budget=budget, unlabelled=-1)
        chosen = [selection.method for selection in selections]
    source = standardize(source)
    draws = [kvae.data.few_shot(source, shots, seed) for seed in seeds]
    methods = {
        name: chosen if name == AUTO else [METHODS[name] for _ in seeds]
        for name in names
    }
    multis = [None for _ in seeds]
    if any(method.vae == "multi" for trained in methods.values() for method in trained):
        multis = fit_multi_vaes(draws, seeds, settings.multi_vae)
    inputs, rows = [], []
    for name in names:
        for seed, draw, multi, method in zip(
            seeds, draws, multis, methods[name], strict=True
        ):
            inputs.append(
                (
                    seed,
                    *_training_rows(method, draw, seed, settings=settings, multi=multi),
                )
            )
            rows.append(
                {
                    "data": source.name,
                    "shots": shots,
                    "method": name,
                    "seed": seed,
                    "chosen": method.name if name == AUTO else None,
                }
            )
    mlps = train_mlps(inputs, source.num_classes, settings)
    scored, _ = score_on_test(source, lambda x: predict_mlps(mlps, x), rows)
    return [[row for row in scored if row["method"] == name] for name in names]


def train_auto_image_cell(
    data, shots, seed, settings, budget, cells, data_dir=None, cache=None
):
    """Lets `auto` choose on labelled images, and scores what it chose.

    Args:
        data: str, name of a data set.
        shots: int, labelled images per class.
        seed: int.
        settings: Settings, of the convnet and of the VAE of all training images.
        budget: Budget of the choice.
        cells: list of one dict: `method`, AUTO.
        data_dir: tfds folder.
        cache: path, folder of trained VAEs.

    Returns:
        A list of a list of one row.
    """
    source = load_source(data, data_dir)
    draw = kvae.data.few_shot(source, shots, seed)
    vae = single_vae(source, seed, settings.single_vae, cache=cache)
    x, y = source.train.x, few_labels(source, shots, seed)
    selection = select(x, y, budget=budget, seed=seed, unlabelled=-1, vae=vae)
    real, new, share = selection.method.rows(
        draw.rows,
        seed,
        vaes={"single": vae},
        places=settings.steps * generated_places(settings.batch_size),
        unlabelled=x[draw.unlabelled],
    )
    weights, _ = train_convnet(
        seed, real, new, num_classes=source.num_classes, settings=settings, share=share
    )
    row = {
        "data": source.name,
        "shots": shots,
        "method": AUTO,
        "seed": seed,
        "chosen": selection.method.name,
        "reason": selection.reason,
        "choice_seconds": round(selection.seconds, 1),
    }

    def predict(x):
        return [predict_convnet(weights, x, source.num_classes)]

    scored, _ = score_on_test(source, predict, [row])
    return [scored for _ in cells]


def few_labels(source, shots, seed):
    """Returns the labels (N,) of a few-shot draw; -1 for all other training rows."""
    draw = kvae.data.few_shot(source, shots, seed)
    y = np.full(len(source.train.y), -1)
    y[draw.labelled] = draw.rows.y
    return y


def _training_rows(method, draw, seed, settings, multi):
    """What the method trains on, its VAEs trained by the table's settings."""
    vaes, judge = {"multi": multi}, None
    if method.vae == "single":
        stack = fit_single_vaes(draw.source, [seed], settings.single_vae)
        vaes["single"] = take(stack, 0)
    if method.is_filtered:
        bad = noisy_rows(draw.rows.x, seed)
        judge = fit_generative_classifier(
            *draw.rows, bad, draw.source.num_classes, seed=seed
        )
    return method.rows(
        draw.rows,
        seed,
        vaes=vaes,
        places=settings.steps * generated_places(settings.batch_size),
        unlabelled=draw.source.train.x[draw.unlabelled],
        generative_classifier=judge,
    )
