"""A bundle of image cells: one seed and row of a table, every method."""

import functools
import time
from pathlib import Path

import numpy as np

import kvae.data
from kvae import random
from kvae.data.batches import batches
from kvae.data.source import Rows
from kvae.evaluation.scores import score
from kvae.experiments.protocol import SHIFTS, fit_multi_vaes, generate_for
from kvae.experiments.training import predict_convnet, train_convnet
from kvae.preprocessing.images import random_affine


@functools.lru_cache(maxsize=1)
def load_source(data, data_dir=None, development=0):
    """Returns a source, once for each worker process.

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
        settings: VAESettings.
        cache: path of the folder that trained VAEs are kept in.

    Returns:
        BetaVAE without a replica axis.
    """
    import keras

    name = f"{source.name}_{seed}_{settings!r}"
    key = random.derive(0, name)
    path = Path(cache) / f"{source.name.replace('/', '-')}_{seed}_{key:08x}.keras"
    if path.exists():
        return keras.saving.load_model(path)
    own_seed = random.derive(seed, "single_vae")
    vae = settings.build(source.element_shape, own_seed)
    data = batches(
        source.train.x,
        batch_size=settings.batch_size,
        steps=settings.steps,
        seeds=own_seed,
    )
    vae.fit(data, verbose=0)
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(".part.keras")
    vae.save(part, include_optimizer=False)
    part.replace(path)
    return keras.saving.load_model(path)


def train_single_vae(data, data_dir, development, seed, settings, cache):
    """Trains a Single-VAE into the cache; a bundle without rows of its own."""
    start = time.perf_counter()
    source = load_source(data, data_dir, development)
    single_vae(source, seed, settings.single_vae, cache)
    return [{"seed": seed, "training_seconds": round(time.perf_counter() - start, 2)}]


def image_cells(
    data,
    data_dir,
    development,
    shots,
    generated,
    seed,
    methods,
    settings,
    parameters,
    cache,
    generated_only=False,
):
    """Trains and scores a convnet for each method, all on the same labelled rows.

    Args:
        data: str, name of the data set.
        data_dir: tfds folder, or None.
        development: int, as in `load_source`.
        shots: int, labelled rows per class.
        generated: int, generated rows per class; None for as many as labelled ones.
        seed: int.
        methods: tuple of str, of IMAGE_METHODS.
        settings: Settings.
        parameters: dict {sampler: its arguments}.
        cache: folder of trained Single-VAEs.
        generated_only: bool, train on generated rows alone (the baseline on its real
            ones).

    Returns:
        List of dicts, a row for each method.
    """
    source = load_source(data, data_dir, development)
    draw = kvae.data.few_shot(source, shots, seed)
    single = single_vae(source, seed, settings.single_vae, cache)
    start = time.perf_counter()
    (multi,) = fit_multi_vaes([draw], [seed], settings)
    multi_seconds = time.perf_counter() - start
    trained = []
    for method in methods:
        start = time.perf_counter()
        if generated_only and method == SHIFTS:
            new = _moved(draw.rows, shots if generated is None else generated, seed)
        else:
            new = generate_for(
                method, draw, seed, settings, single, multi, generated, parameters
            )
        seconds = time.perf_counter() - start
        rows = (draw.rows, new)
        if generated_only and new is not None:
            rows = (new, None)
        weights, training_seconds = train_convnet(
            seed, *rows, source.num_classes, settings
        )
        trained.append(
            {
                "method": method,
                "seed": seed,
                "shots": shots,
                "generated": 0 if new is None else len(new.y),
                "weights": weights,
                "generation_seconds": round(seconds, 2),
                "training_seconds": round(training_seconds, 2),
                "multi_vae_seconds": round(multi_seconds, 2),
            }
        )
    with source.scoring() as test:
        for row in trained:
            labels = predict_convnet(row.pop("weights"), test.x, source.num_classes)
            own = score(test.y, labels, source.num_classes)
            row |= {name: round(value, 5) for name, value in own.items()}
    return trained


def _moved(rows, n, seed):
    """Returns n moved copies of the rows of each class, in turn."""
    taken = [np.resize(np.flatnonzero(rows.y == c), n) for c in np.unique(rows.y)]
    rows = rows.take(np.concatenate(taken))
    return Rows(random_affine(rows.x, seed), rows.y)
