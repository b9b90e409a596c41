"""Trained VAEs, kept in files: tables of one data set share them."""

import functools
import os
import time
from pathlib import Path

import keras

import kvae.data
from kvae import random
from kvae.experiments.protocol import fit_single_vaes
from kvae.models.replicas import take


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
