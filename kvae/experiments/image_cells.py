"""A bundle of image cells: one seed and row of a table, every method."""

import functools
import itertools
import os
import time
from pathlib import Path

import keras
import numpy as np

import kvae.data
from kvae import random
from kvae.data.source import Rows
from kvae.evaluation.scores import score
from kvae.evaluation.training import predict_convnet, train_convnet
from kvae.experiments.protocol import (
    MULTI_VAE,
    SHIFTS,
    fit_multi_vaes,
    fit_single_vaes,
    generate_for,
)
from kvae.models.replicas import take
from kvae.preprocessing.images import random_affine


@functools.lru_cache(maxsize=1)
def load_source(data, data_dir=None, development=0):
    """Returns a source, read once by each worker process.

    Args:
        data: str, its name.
        data_dir: tfds folder.
        development: int, training rows that stand in for the test rows; 0 for none.
    """
    source = kvae.data.load(data, data_dir)
    return source.development(development) if development else source


def single_vae(source, seed, settings, cache):
    """Returns the Single-VAE of a seed, from the cache where it is there.

    Args:
        source: Source.
        seed: int.
        settings: Settings.
        cache: path of the folder that trained VAEs are kept in.

    Returns:
        BetaVAE without a replica axis.
    """
    key = random.derive(
        seed, f"{source.name} {len(source.train.y)} {settings.single_vae!r}"
    )
    path = Path(cache) / f"{source.name.replace('/', '-')}_{seed}_{key:08x}.keras"
    if not path.exists():
        vae = take(fit_single_vaes(source, [seed], settings), 0)
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_suffix(f".{os.getpid()}.keras")
        vae.save(part, include_optimizer=False)
        part.replace(path)
    return keras.saving.load_model(path)


def train_single_vae(where, seed, settings, cache):
    """Trains a Single-VAE into the cache: a bundle with nothing but its seconds."""
    start = time.perf_counter()
    source = load_source(**where)
    single_vae(source, seed, settings, cache)
    return [{"seed": seed, "training_seconds": round(time.perf_counter() - start, 2)}]


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
