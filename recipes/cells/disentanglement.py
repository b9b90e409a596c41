"""Bundles of cells on disentanglement: scores of codes, and what latents change."""

import base64
import dataclasses
import functools
import io

import numpy as np

import kvae.data
from kvae import random
from kvae.data.shapes import FACTORS, random_points
from kvae.evaluation import disentanglement
from kvae.evaluation.disentanglement.mig import gaps, known_share
from kvae.experiments.vae_cache import load_source, single_vae
from kvae.latent.codes import encode
from kvae.latent.sweeps import sweep
from kvae.losses import kl_divergence
from kvae.models.beta_tcvae import BetaTCVAE
from kvae.models.beta_vae import BetaVAE
from kvae.models.replicas import take
from kvae.training.vaes import fit_vaes

ROWS_AT_ONCE = 500  # the total correlation looks at all pairs of them
POINTS = 7  # images of a sweep
SHOWN = 6  # sweeps that are kept, of the latents that say most


def train_shapes_cells(
    seed,
    settings,
    cells,
    num_train=20_000,
    num_test=10_000,
    development=0,
    total_correlation=False,
):
    """Trains VAEs of several betas on rendered shapes, as one stack, and scores codes.

    They start from the same weights, see the same batches and get the same noise: what
    sets them apart is beta.

    Args:
        seed: int.
        settings: VAESettings; beta is that of the cell.
        cells: list of dicts {"beta": float}.
        num_train: int, images to train on.
        num_test: int, images that are scored.
        development: int, training images that stand in for the test images; 0 for none.
        total_correlation: bool, whether beta counts the total correlation alone.

    Returns:
        A list of one row for each cell.
    """
    source, factors = shapes_and_factors(num_train, num_test, development)
    betas = tuple(float(cell["beta"]) for cell in cells)
    stack = fit_vaes(
        source.train.x,
        (random.derive(seed, "single_vae"),) * len(betas),
        dataclasses.replace(settings, beta=betas),
        cls=BetaTCVAE if total_correlation else BetaVAE,
    )
    with source.scoring() as test:
        return [
            [
                {
                    "table": "scores",
                    "data": source.name,
                    "model": "beta-TCVAE" if total_correlation else "beta-VAE",
                    "beta": beta,
                    "seed": seed,
                    "steps": settings.steps,
                    **scores(take(stack, r), test.x, factors, seed=seed),
                }
            ]
            for r, beta in enumerate(betas)
        ]


@functools.lru_cache(maxsize=1)
def shapes_and_factors(num_train, num_test, development):
    """Returns (source, int array (N, 5), the factors of its test images)."""
    source = kvae.data.load("shapes", num_train=num_train, num_test=num_test)
    points = random_points(num_train + num_test)
    if not development:
        return source, points[num_train:]
    return source.development(development), points[num_train - development : num_train]


def scores(vae, x, factors, seed):
    """Returns every score of the codes of x, and the terms of the loss, in nats."""
    z = encode(vae, x).z_mean
    dci = disentanglement.dci(z, factors, seed=seed)
    parts = [
        x[start : start + ROWS_AT_ONCE] for start in range(0, len(x), ROWS_AT_ONCE)
    ]
    terms = np.array([[*map(float, vae.compute_losses(part)[1:3])] for part in parts])
    reconstruction, kl = np.average(terms, axis=0, weights=[len(p) for p in parts])
    share = known_share(z.astype("float64"), factors)
    return {
        "mig": disentanglement.mig(z, factors),
        "sap": disentanglement.sap(z, factors, seed=seed),
        "disentanglement": dci.disentanglement,
        "completeness": dci.completeness,
        "informativeness": dci.informativeness,
        "factor_vae_score": disentanglement.factor_vae_score(z, factors, seed=seed),
        "beta_vae_score": disentanglement.beta_vae_score(z, factors, seed=seed),
        "active_units": disentanglement.active_units(z),
        "kl": kl,
        "reconstruction": reconstruction,
        **{f"known_{n}": v for n, v in zip(FACTORS, share.max(axis=0), strict=True)},
        **{f"gap_{n}": v for n, v in zip(FACTORS, gaps(share), strict=True)},
    }


def train_sweep_cells(
    data, seed, settings, cells, around="mean", data_dir=None, cache=None
):
    """Trains a VAE for each beta, and moves its latents one by one.

    Args:
        data: str, name of a set of images.
        seed: int.
        settings: VAESettings; beta is that of the cell.
        cells: list of dicts {"beta": float}.
        around: "mean", the mean code of the training images; or "image", the code of
            the image that is nearest to their mean.
        data_dir: tfds folder.
        cache: path, folder of trained VAEs.

    Returns:
        A list of rows for each cell, one for each latent, those first that say most:
        its KL, the standard deviation of its means, how much its sweep changes a pixel,
        of shapes the factor that it knows most of, and, of the first few, the sweep as
        a PNG in base64.
    """
    source = load_source(data, data_dir)
    x = source.train.x
    nearest = np.square(x - x.mean(axis=0)).sum(axis=(1, 2, 3)).argmin()
    found = []
    for cell in cells:
        own = dataclasses.replace(settings, beta=float(cell["beta"]))
        vae = single_vae(source, seed, own, cache=cache)
        codes = encode(vae, x)
        each = kl_divergence(codes.z_mean[..., None], codes.z_log_var[..., None])
        kl = np.mean(each, axis=0)
        order = np.argsort(-kl, kind="stable")
        base = codes.z_mean[nearest] if around == "image" else None
        z = sweep(codes.z_mean, order, points=POINTS, around=base)
        images = np.asarray(vae.decode(z.reshape(-1, z.shape[-1])))
        images = images.reshape(*z.shape[:2], *source.element_shape)
        change = np.abs(images[:, -1] - images[:, 0]).mean(axis=(1, 2, 3))
        known = best_known(codes.z_mean) if data == "shapes" else [("", None)] * len(kl)
        found.append(
            [
                {
                    "table": "sweeps",
                    "data": source.name,
                    "beta": own.beta,
                    "coefficient": float(vae.coefficient),
                    "seed": seed,
                    "latent": int(latent),
                    "kl": float(kl[latent]),
                    "deviation": float(codes.z_mean[:, latent].std()),
                    "change": float(change[place]),
                    "factor": known[latent][0],
                    "known": known[latent][1],
                    "strip": as_png(images[place]) if place < SHOWN else "",
                }
                for place, latent in enumerate(order)
            ]
        )
    return found


def best_known(z_mean):
    """Returns the factor that each latent knows most of, and the share of it that is.

    Args:
        z_mean: float array (N, d), codes of the training images of "shapes".
    """
    share = known_share(z_mean.astype("float64"), random_points(len(z_mean)))
    names = np.array(list(FACTORS))[share.argmax(axis=1)]
    return list(zip(names.tolist(), share.max(axis=1).tolist(), strict=True))


def as_png(images):
    """Returns images (P, H, W, C) in [0, 1], side by side, as a PNG in base64."""
    from PIL import Image

    strip = np.concatenate(list(images), axis=1)
    grey = np.round(np.clip(strip, 0, 1) * 255).astype("uint8")
    file = io.BytesIO()
    Image.fromarray(grey[..., 0] if grey.shape[-1] == 1 else grey).save(file, "PNG")
    return base64.b64encode(file.getvalue()).decode()


def from_png(text, points=POINTS):
    """Returns the images (P, H, W, C) that `as_png` has written."""
    from PIL import Image

    strip = np.asarray(Image.open(io.BytesIO(base64.b64decode(text)))) / 255.0
    strip = strip[..., None] if strip.ndim == 2 else strip
    return np.stack(np.split(strip, points, axis=1))
