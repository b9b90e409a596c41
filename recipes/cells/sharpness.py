"""A bundle of cells on blur: how sharp generated images are, and what that costs."""

import numpy as np

import kvae.data
from kvae.augmentation.methods import generate_for
from kvae.data.guarded import Rows
from kvae.evaluation.scores import score
from kvae.evaluation.sharpness import sharpness
from kvae.experiments.protocol import BASELINE, MULTI_VAE, fit_multi_vaes
from kvae.experiments.vae_cache import load_source, single_vae
from kvae.latent.codes import encode
from kvae.training.classifiers import predict_convnet, train_convnet

RECONSTRUCTIONS = "reconstructions"
SHARPNESS_METHODS = (BASELINE, RECONSTRUCTIONS, "posterior", "extrapolate", MULTI_VAE)


def train_sharpness_cells(where, shots, seed, settings, cache, parameters=None):
    """Measures the sharpness of images, and trains a convnet on each kind alone.

    Reconstructions are those of the labelled images, whose labels they keep: all that
    sets them apart is what the VAE loses.

    Args:
        where: dict, the arguments of `load_source`.
        shots: int, labelled rows per class, and generated ones.
        seed: int.
        settings: Settings.
        cache: path, folder of trained Single-VAEs.
        parameters: dict {sampler: its arguments}.

    Returns:
        List of dicts, a row for each of SHARPNESS_METHODS; sharpness is the mean over
        images, over that of the labelled images.
    """
    source = load_source(**where)
    draw = kvae.data.few_shot(source, shots, seed)
    single = single_vae(source, seed, settings, cache)
    (multi,) = fit_multi_vaes([draw], [seed], settings)
    rows, weights = [], []
    real = float(np.mean(sharpness(draw.rows.x)))
    for method in SHARPNESS_METHODS:
        if method == BASELINE:
            images = draw.rows
        elif method == RECONSTRUCTIONS:
            means = single.decode(encode(single, draw.rows.x).z_mean)
            images = Rows(np.asarray(means, "float32"), draw.rows.y)
        else:
            images = generate_for(
                method, draw, seed, settings, single, multi, None, parameters
            )
        row = {"data": source.name, "shots": shots, "method": method, "seed": seed}
        own = float(np.mean(sharpness(images.x)))
        rows.append(row | {"sharpness": round(own / real, 5)})
        trained = train_convnet(seed, images, None, source.num_classes, settings)
        weights.append(trained[0])
    with source.scoring() as test:
        for row, own in zip(rows, weights, strict=True):
            said = predict_convnet(own, test.x, source.num_classes)
            scores = score(test.y, said, source.num_classes)
            row.update({name: round(value, 5) for name, value in scores.items()})
    return rows
