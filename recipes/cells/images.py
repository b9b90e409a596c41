"""A bundle of image cells: one seed and row of a table, every method."""

import dataclasses
import time

import numpy as np

import kvae.data
from kvae.augmentation.methods import BASELINE, METHODS, MULTI_VAE, SHIFTS
from kvae.data.guarded import Rows
from kvae.experiments.protocol import fit_multi_vaes
from kvae.experiments.scoring import score_on_test
from kvae.experiments.vae_cache import load_source, single_vae
from kvae.preprocessing.images import random_affine
from kvae.training.classifiers import generated_places, predict_convnet, train_convnet


def train_image_cells(
    data,
    shots,
    seed,
    settings,
    cells,
    generated_only=False,
    development=0,
    data_dir=None,
    cache=None,
):
    """Trains and scores a convnet for each cell, all on the same labelled rows.

    Args:
        data: str, name of a data set.
        shots: int, labelled rows per class.
        seed: int.
        settings: Settings.
        cells: list of dicts: `method`, a name of METHODS; maybe `parameters`, a dict
            {sampler: its arguments}; maybe `amount`, generated rows per class, by
            default as many as labelled ones; maybe `column`, its name in the table
            where that is not the method's.
        generated_only: bool, train on generated rows alone (the baseline on its real
            ones).
        development: int, as in `load_source`.
        data_dir: tfds folder.
        cache: path, folder of trained Single-VAEs.

    Returns:
        A list of one row for each cell.
    """
    source = load_source(data, data_dir, development)
    draw = kvae.data.few_shot(source, shots, seed)
    vaes = {"single": single_vae(source, seed, settings.single_vae, cache=cache)}
    if MULTI_VAE in {cell["method"] for cell in cells}:
        (vaes["multi"],) = fit_multi_vaes([draw], [seed], settings.multi_vae)
    rows, keys, trained = [], [], {}
    for cell in cells:
        amount = cell.get("amount")
        start = time.perf_counter()
        real, new = _training_rows(
            cell,
            draw,
            seed,
            settings=settings,
            vaes=vaes,
            generated_only=generated_only,
        )
        seconds = time.perf_counter() - start
        # The baseline is the same for every amount.
        column = cell.get("column", cell["method"])
        key = BASELINE if cell["method"] == BASELINE else (column, amount)
        if key not in trained:
            trained[key] = train_convnet(
                seed, real, new, num_classes=source.num_classes, settings=settings
            )
        rows.append(
            {
                "data": source.name,
                "shots": shots,
                "amount": shots if amount is None else amount,
                "method": column,
                "seed": seed,
                "generation_seconds": round(seconds, 2),
                "training_seconds": round(trained[key][1], 2),
            }
        )
        keys.append(key)

    def predict(x):
        labels = {
            key: predict_convnet(weights, x, source.num_classes)
            for key, (weights, _) in trained.items()
        }
        return [labels[key] for key in keys]

    scored, _ = score_on_test(source, predict, rows)
    return [[row] for row in scored]


def _training_rows(cell, draw, seed, settings, vaes, generated_only):
    """Returns (real Rows, generated Rows or None) of a cell."""
    name, amount = cell["method"], cell.get("amount")
    rows = draw.rows
    if generated_only and name == SHIFTS:
        shots = len(rows.y) // draw.source.num_classes
        return _moved(rows, amount or shots, seed), None
    method = dataclasses.replace(METHODS[name], parameters=cell.get("parameters") or {})
    places = settings.steps * generated_places(settings.batch_size)
    real, new, _ = method.rows(rows, seed, vaes=vaes, n=amount, places=places)
    return (new, None) if generated_only and new is not None else (real, new)


def _moved(rows, n, seed):
    """Returns n moved copies of the rows of each class, in turn."""
    taken = [np.resize(np.flatnonzero(rows.y == c), n) for c in np.unique(rows.y)]
    rows = rows.take(np.concatenate(taken))
    return Rows(random_affine(rows.x, seed), rows.y)
