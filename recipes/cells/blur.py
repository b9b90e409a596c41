"""A bundle of cells on blur: how sharp reconstructions are, and what that is worth."""

import dataclasses
import functools

import numpy as np

import kvae.data
from kvae import random
from kvae.augmentation.methods import METHODS
from kvae.evaluation.disentanglement import active_units
from kvae.evaluation.scores import score
from kvae.evaluation.sharpness import sharpness
from kvae.experiments.vae_cache import load_source
from kvae.latent.codes import encode
from kvae.losses import kl_divergence
from kvae.models.replicas import take
from kvae.training.classifiers import generated_places, predict_convnet, train_convnet
from kvae.training.vaes import fit_vaes
from recipes.cells.disentanglement import as_png

SAMPLER = "extrapolate+noise"  # the deck's best of few images
MEASURED = 2000  # held-out images that are reconstructed
SHOWN = 1000  # of them, codes that are drawn


def train_blur_cells(
    data,
    seed,
    settings,
    cells,
    classifier=None,
    shots=5,
    parameters=None,
    development=0,
    data_dir=None,
):
    """Trains a VAE for each beta, as one stack, and measures its reconstructions.

    They start from the same weights, see the same batches and get the same noise.
    Convolutions have no replica axis and are trained one by one.

    Args:
        data: str, name of a set of images.
        seed: int.
        settings: VAESettings; beta is that of the cell.
        cells: list of dicts {"beta": float}.
        classifier: optional Settings: with them convnets are trained on few labelled
            images, without and with images that SAMPLER draws of each VAE.
        shots: int, labelled images per class, and generated ones.
        parameters: dict {sampler: its arguments}.
        development: int, as in `load_source`.
        data_dir: tfds folder.

    Returns:
        A list of one row for each cell: KL, nats, rmse (of a pixel), active units,
        sharpness of reconstructions over that of the held-out images they are of,
        weighted F1 with the generated images and without; reconstructions of an image
        of each class, below the originals, as a PNG; of d = 2 the codes.
    """
    source = load_source(data, data_dir, development)
    betas = [float(cell["beta"]) for cell in cells]
    vaes = _train(source, seed, settings, betas)
    trained = [{} for _ in cells]
    if classifier is not None:
        draw = kvae.data.few_shot(source, shots, seed)
        method = dataclasses.replace(METHODS[SAMPLER], parameters=parameters or {})
        places = classifier.steps * generated_places(classifier.batch_size)
        real = _on_real_rows(data, data_dir, development, seed, shots, classifier)
        for vae, found in zip(vaes, trained, strict=True):
            rows, new, _ = method.rows(
                draw.rows, seed, vaes={"single": vae}, n=shots, places=places
            )
            found["weighted_f1"], _ = train_convnet(
                seed, rows, new, num_classes=source.num_classes, settings=classifier
            )
            found["real_f1"] = real
    with source.scoring() as test:
        return [
            [
                {
                    "data": source.name,
                    "seed": seed,
                    "beta": beta,
                    "likelihood": settings.reconstruction,
                    "architecture": architecture(settings),
                    "latent_dim": settings.latent_dim,
                    "shots": shots,
                    "weighted_f1": None,
                    "real_f1": None,
                    **measure(vae, test),
                    **_scores(found, test, source.num_classes),
                }
            ]
            for beta, vae, found in zip(betas, vaes, trained, strict=True)
        ]


def architecture(settings):
    """Returns the name of an encoder's layers.

    Example:
        >>> from kvae.training import VAESettings
        >>> architecture(VAESettings(2, 1.0, (512, 256), "bernoulli", 256, 100))
        'dense 512-256'
    """
    kind, widths = "dense", settings.hidden_units
    if settings.filters is not None:
        kind, widths = "convolutions", settings.filters
    return f"{kind} {'-'.join(map(str, widths))}"


def measure(vae, test):
    """Returns what a VAE makes of held-out Rows."""
    rows = test.take(slice(MEASURED))
    codes = encode(vae, rows.x)
    images = np.asarray(vae.decode(codes.z_mean), "float32")
    first = [int(np.flatnonzero(rows.y == c)[0]) for c in np.unique(rows.y)]
    measures = {
        "kl": float(np.mean(kl_divergence(codes.z_mean, codes.z_log_var))),
        "nats": float(vae.compute_losses(rows.x)[1]),
        "rmse": float(np.sqrt(np.square(images - rows.x).mean())),
        "active_units": int(active_units(codes.z_mean)),
        "sharpness": float(sharpness(images).mean() / sharpness(rows.x).mean()),
        "originals": as_png(rows.x[first]),
        "strip": as_png(images[first]),
        "labels": None,
        "z_1": None,
        "z_2": None,
    }
    if codes.z_mean.shape[1] == 2:
        z = np.round(codes.z_mean[:SHOWN].astype("float64"), 3)
        points = {"z_1": z[:, 0].tolist(), "z_2": z[:, 1].tolist()}
        measures |= {"labels": rows.y[:SHOWN].tolist(), **points}
    return measures


def _train(source, seed, settings, betas):
    own = random.derive(seed, "single_vae")
    if settings.filters is None:
        stacked = dataclasses.replace(settings, beta=tuple(betas))
        stack = fit_vaes(source.train.x, (own,) * len(betas), stacked)
        return [take(stack, r) for r in range(len(betas))]
    each = [dataclasses.replace(settings, beta=beta) for beta in betas]
    return [fit_vaes(source.train.x, own, one) for one in each]


@functools.lru_cache(maxsize=4)
def _on_real_rows(data, data_dir, development, seed, shots, classifier):
    """Returns the weights of a convnet of the real rows alone; bundles share it."""
    source = load_source(data, data_dir, development)
    rows = kvae.data.few_shot(source, shots, seed).rows
    weights, _ = train_convnet(
        seed, rows, None, num_classes=source.num_classes, settings=classifier
    )
    return weights


def _scores(trained, test, num_classes):
    """Returns the weighted F1 of each convnet, by its name."""
    return {
        name: score(test.y, predict_convnet(weights, test.x, num_classes), num_classes)[
            "weighted_f1"
        ]
        for name, weights in trained.items()
    }
