"""Trained VAEs and latent graphs, kept in files: tables of one data set share them."""

import functools
import os
import time
from pathlib import Path

import keras
import numpy as np

import kvae.data
from kvae.experiments.identity import digest
from kvae.experiments.protocol import fit_single_vaes
from kvae.latent.neighbours import neighbours
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
        settings: VAESettings.
        cache: path of the folder that trained VAEs are kept in.

    Returns:
        BetaVAE without a replica axis.
    """
    path = _path(cache, source, f"seed{seed}", settings, ".keras")
    if not path.exists():
        vae = take(fit_single_vaes(source, [seed], settings), 0)
        with _whole_file(path) as part:
            vae.save(part, include_optimizer=False)
    return keras.saving.load_model(path)


def train_single_vae(
    data, seed, settings, cells, development=0, data_dir=None, cache=None
):
    """Trains a Single-VAE into the cache: a cell with nothing but its seconds.

    Args:
        data: str, name of a data set.
        seed: int.
        settings: VAESettings.
        cells: list of one empty dict.
        development: int, as in `load_source`.
        data_dir: tfds folder.
        cache: path of the folder that trained VAEs are kept in.
    """
    start = time.perf_counter()
    source = load_source(data, data_dir, development)
    single_vae(source, seed, settings, cache)
    seconds = round(time.perf_counter() - start, 2)
    return [[{"seed": seed, "training_seconds": seconds}] for _ in cells]


def latent_graph(source, name, z, k, cache):
    """Returns (indices, distances) of the k nearest codes, from the cache or made.

    Args:
        source: Source.
        name: str or dict, what the codes z (N, d) of its training rows are.
        z: float array (N, d).
        k: int.
        cache: path of the folder that graphs are kept in.
    """
    path = _path(cache, source, "graph", {"codes": name, "k": k}, ".npz")
    if not path.exists():
        indices, distances = neighbours(z, k)
        with _whole_file(path) as part:
            np.savez(part, indices=indices.astype("int32"), distances=distances)
    with np.load(path) as graph:
        return graph["indices"], graph["distances"]


def _path(cache, source, name, what, suffix):
    """Returns a file name that says what is in it: the data, and what was made."""
    key = digest({"rows": len(source.train.y), "what": what})
    return Path(cache) / f"{source.name.replace('/', '-')}_{name}_{key}{suffix}"


class _whole_file:
    """Another file's name, which takes the path's when it is written, or never."""

    def __init__(self, path):
        self.path = path
        self.part = path.with_name(f".{os.getpid()}.{path.name}")

    def __enter__(self):
        self.path.parent.mkdir(parents=True, exist_ok=True)
        return self.part

    def __exit__(self, kind, error, traceback):
        if kind is None:
            self.part.replace(self.path)
        else:
            self.part.unlink(missing_ok=True)
