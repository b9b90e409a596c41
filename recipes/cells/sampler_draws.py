"""A bundle of cells on samplers: where each draws, and what that decodes to."""

import dataclasses

import numpy as np

import kvae.data
from kvae import random, samplers
from kvae.experiments.vae_cache import load_source
from kvae.latent.codes import decode, encode
from kvae.training.vaes import class_rows, class_seeds, fit_vaes
from recipes.cells.disentanglement import as_png

SHOTS = 5
DRAWS = 40  # of the class that is shown
IMAGES = 10
BEHIND = 600  # codes that are drawn in grey
MIX_IN = 0.2  # the deck's
SPLIT = "split"


def train_draw_cells(data, seed, settings, cells, parameters, label=2, data_dir=None):
    """Trains a VAE, and lets each sampler draw around the same few labelled rows.

    Args:
        data: str, name of a set of images.
        seed: int.
        settings: VAESettings, of a VAE in the plane.
        cells: list of dicts {"sampler": name, or several joined by +; or SPLIT}.
        parameters: dict {sampler: dict of its arguments}.
        label: int, the class that is drawn.
        data_dir: tfds folder.

    Returns:
        A list of rows for each cell: a row with the draws (z), their parents, some
        codes of the class behind them, the images, and how far draws are from the
        nearest parent, in standard deviations of the class; of SPLIT a row for each
        class's VAE, with the training rows that it has of each class.
    """
    source = load_source(data, data_dir)
    settings = dataclasses.replace(settings, latent_dim=2)
    vae = fit_vaes(source.train.x, random.derive(seed, "single_vae"), settings)
    few = kvae.data.few_shot(source, SHOTS, seed)
    codes = encode(vae, few.rows.x, few.rows.y)
    own = np.flatnonzero(source.train.y == label)[:BEHIND]
    behind = encode(vae, source.train.x[own]).z_mean
    found = []
    for cell in cells:
        if cell["sampler"] == SPLIT:
            found.append(_split(few.rows.y, seed, source.num_classes))
            continue
        members = [
            samplers.get(name, **parameters.get(name, {}))
            for name in cell["sampler"].split("+")
        ]
        sampler = members[0] if len(members) == 1 else samplers.get(members)
        draws = sampler.draw(codes, {label: DRAWS}, random.derive(seed, "draws"))
        parents = codes.z_mean[codes.label == label]
        away = (draws.z[:, None] - parents) / behind.std(axis=0)
        row = {
            "sampler": cell["sampler"],
            "seed": seed,
            "label": label,
            "distance": float(np.linalg.norm(away, axis=-1).min(axis=1).mean()),
            "z": draws.z.round(3).tolist(),
            "parents": parents.round(3).tolist(),
            "behind": behind.round(2).tolist(),
            "images": as_png(decode(vae, draws.take(slice(IMAGES)))),
        }
        found.append([row])
    return found


def _split(y, seed, num_classes):
    """Returns a row for each class: which rows its VAE of a Multi-VAE learns from."""
    rows = class_rows(y, class_seeds(seed, num_classes), MIX_IN)
    return [
        {
            "sampler": SPLIT,
            "seed": seed,
            "label": label,
            "counts": np.bincount(y[own], minlength=num_classes).tolist(),
        }
        for label, own in enumerate(rows)
    ]
