"""A bundle of cells on blur: how sharp generated images are, and what that costs."""

import dataclasses

import numpy as np

import kvae.data
from kvae.augmentation.methods import BASELINE, METHODS, MULTI_VAE
from kvae.data.guarded import Rows
from kvae.evaluation.sharpness import sharpness
from kvae.experiments.protocol import fit_multi_vaes
from kvae.experiments.scoring import score_on_test
from kvae.experiments.vae_cache import load_source, single_vae
from kvae.latent.codes import encode
from kvae.training.classifiers import predict_convnet, train_convnet

RECONSTRUCTIONS = "reconstructions"
SHARPNESS_METHODS = (BASELINE, RECONSTRUCTIONS, "posterior", "extrapolate", MULTI_VAE)


def train_sharpness_cells(
    data, shots, seed, settings, cells, data_dir=None, cache=None
):
    """Measures the sharpness of images, and trains a convnet on each kind alone.

    Reconstructions are those of the labelled images, whose labels they keep: all that
    sets them apart is what the VAE loses.

    Args:
        data: str, name of a data set.
        shots: int, labelled rows per class, and generated ones.
        seed: int.
        settings: Settings.
        cells: list of dicts: `method`, of SHARPNESS_METHODS; maybe `parameters`, a dict
            {sampler: its arguments}.
        data_dir: tfds folder.
        cache: path, folder of trained Single-VAEs.

    Returns:
        A list of one row for each cell; sharpness is the mean over images, over that of
        the labelled images.
    """
    source = load_source(data, data_dir)
    draw = kvae.data.few_shot(source, shots, seed)
    vaes = {"single": single_vae(source, seed, settings.single_vae, cache=cache)}
    if MULTI_VAE in {cell["method"] for cell in cells}:
        (vaes["multi"],) = fit_multi_vaes([draw], [seed], settings.multi_vae)
    real = float(np.mean(sharpness(draw.rows.x)))
    rows, weights = [], []
    for cell in cells:
        images = _images(cell, draw, seed, vaes=vaes)
        rows.append(
            {
                "data": source.name,
                "shots": shots,
                "method": cell["method"],
                "seed": seed,
                "sharpness": float(np.mean(sharpness(images.x))) / real,
            }
        )
        trained, _ = train_convnet(
            seed, images, None, num_classes=source.num_classes, settings=settings
        )
        weights.append(trained)

    def predict(x):
        return [predict_convnet(trained, x, source.num_classes) for trained in weights]

    scored, _ = score_on_test(source, predict, rows)
    return [[row] for row in scored]


def _images(cell, draw, seed, vaes):
    """Returns the Rows that a cell's convnet is trained on."""
    if cell["method"] == RECONSTRUCTIONS:
        means = vaes["single"].decode(encode(vaes["single"], draw.rows.x).z_mean)
        return Rows(np.asarray(means, "float32"), draw.rows.y)
    method = METHODS[cell["method"]]
    method = dataclasses.replace(method, parameters=cell.get("parameters") or {})
    real, new, _ = method.rows(draw.rows, seed, vaes=vaes)
    return real if new is None else new
