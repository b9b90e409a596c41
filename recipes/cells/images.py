"""A bundle of image cells: one seed and row of a table, every method."""

import itertools
import time

import numpy as np

import kvae.data
from kvae.augmentation.methods import generate_for
from kvae.data.guarded import Rows
from kvae.evaluation.scores import score
from kvae.experiments.protocol import MULTI_VAE, SHIFTS, fit_multi_vaes
from kvae.experiments.vae_cache import load_source, single_vae
from kvae.preprocessing.images import random_affine
from kvae.training.classifiers import predict_convnet, train_convnet


def train_image_cells(
    where,
    shots,
    amounts,
    seed,
    methods,
    settings,
    parameters,
    cache,
    generated_only=False,
):
    """Trains and scores a convnet for each method, all on the same labelled rows.

    Args:
        where: dict, the arguments of `load_source`.
        shots: int, labelled rows per class.
        amounts: tuple of int, generated rows per class, each a row of the table; None
            stands for as many as labelled ones.
        seed: int.
        methods: tuple of str, of IMAGE_METHODS.
        settings: Settings.
        parameters: dict {sampler: its arguments}.
        cache: path, folder of trained Single-VAEs.
        generated_only: bool, train on generated rows alone (the baseline on its real
            ones).

    Returns:
        List of dicts, a row for each amount and method.
    """
    source = load_source(**where)
    draw = kvae.data.few_shot(source, shots, seed)
    single = single_vae(source, seed, settings, cache)
    multi = None
    if MULTI_VAE in methods:
        (multi,) = fit_multi_vaes([draw], [seed], settings)
    rows, weights = [], {}
    for amount, method in itertools.product(amounts, methods):
        start = time.perf_counter()
        if generated_only and method == SHIFTS:
            new = _moved(draw.rows, amount or shots, seed)
        else:
            new = generate_for(
                method, draw, seed, settings, single, multi, amount, parameters
            )
        row = {
            "data": source.name,
            "shots": shots,
            "amount": shots if amount is None else amount,
            "method": method,
            "seed": seed,
            "generation_seconds": round(time.perf_counter() - start, 2),
        }
        # The baseline is the same for every amount.
        key = method if new is None else (method, amount)
        if key not in weights:
            own = (
                (new, None) if generated_only and new is not None else (draw.rows, new)
            )
            weights[key] = train_convnet(seed, *own, source.num_classes, settings)
        rows.append((row, key))
    with source.scoring() as test:
        scores = {
            key: _score(test, own, source.num_classes)
            for key, (own, _) in weights.items()
        }
    return [
        row | {"training_seconds": round(weights[key][1], 2)} | scores[key]
        for row, key in rows
    ]


def _score(test, weights, num_classes):
    scores = score(test.y, predict_convnet(weights, test.x, num_classes), num_classes)
    return {name: round(value, 5) for name, value in scores.items()}


def _moved(rows, n, seed):
    """Returns n moved copies of the rows of each class, in turn."""
    taken = [np.resize(np.flatnonzero(rows.y == c), n) for c in np.unique(rows.y)]
    rows = rows.take(np.concatenate(taken))
    return Rows(random_affine(rows.x, seed), rows.y)
