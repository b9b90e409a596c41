"""Training the VAE that a resampler draws from."""

import keras
import numpy as np

from kvae.augmentation.cross_fitting import (
    early_reconstructions,
    fit_generative_classifier,
    noisy_rows,
)
from kvae.augmentation.multi_vae import class_rows, class_seeds
from kvae.augmentation.plan import STEPS, choose_plan
from kvae.data.batches import batches
from kvae.models.beta_vae import ACTIVE_VARIANCE, BetaVAE
from kvae.models.conditional_vae import ConditionalVAE
from kvae.models.dense import DenseDecoder, DenseEncoder
from kvae.models.multi_vae import MultiVAE

COLLAPSED = (
    "The VAE has collapsed: none of its latents tells rows apart, and new rows know "
    "nothing of their parents. Train it for more steps, lower beta (now {}), or give "
    "it more rows."
)


def fit_vae(x, y, kind, plan, seed, num_classes, schema=None, beta=1.0, verbose=0):
    """Trains a VAE on rows of a table or on images.

    Args:
        x: float32 array (N, ...), inputs of a table or images in [0, 1].
        y: int array (N,) of class indices, -1 = unlabelled: such rows are of use to
            "single" and "conditional" alone.
        kind: "single", "multi" or "conditional".
        plan: Plan.
        seed: int.
        num_classes: int K.
        schema: tuple of Attribute of a table; None for images.
        beta: float.
        verbose: as in Keras' fit.

    Returns:
        BetaVAE, MultiVAE or ConditionalVAE.

    Raises:
        ValueError: for "conditional" and images.

    Example:
        >>> from kvae.augmentation.plan import Plan
        >>> x, y = np.eye(4, dtype="float32"), np.array([0, 0, 1, 1])
        >>> plan = Plan(latent_dim=1, hidden_units=(4,), batch_size=4, steps=2)
        >>> fit_vae(x.reshape(4, 2, 2, 1), y, "multi", plan, 0, 2).replicas
        2
    """
    seeds = class_seeds(seed, num_classes) if kind == "multi" else seed
    rows = class_rows(y, seeds, unlabelled=-1) if kind == "multi" else None
    cls = {"multi": MultiVAE, "conditional": ConditionalVAE}.get(kind, BetaVAE)
    arguments = {"beta": beta}
    if schema is not None:
        arguments |= {
            "reconstruction": "mixed",
            "schema": schema,
            "learn_variance": True,
        }
    shape = x.shape[1:]
    if kind == "conditional":
        if schema is None:
            raise ValueError(
                "conditional=True expects a table. Received: images. Use vae='multi'."
            )
        arguments["num_classes"] = num_classes
        shape = (shape[0] + num_classes,)
    vae = cls(
        DenseEncoder(plan.latent_dim, plan.hidden_units, seeds=seeds),
        DenseDecoder(shape, plan.hidden_units[::-1], seeds=seeds),
        **arguments,
    )
    vae.compile(keras.optimizers.Adam(1e-3), steps_per_execution=min(100, plan.steps))
    # Variables that a training step would have to make cost a second tracing of it.
    vae.build((len(seeds), None, *shape) if kind == "multi" else (None, *shape))
    vae.optimizer.build(vae.trainable_variables)
    if kind == "conditional":
        x = vae.with_class(x, y)
    data = batches(x, None, plan.batch_size, plan.steps, seeds, rows)
    vae.fit(data, verbose=verbose, shuffle=False)
    return vae


def fit_planned(rows, y, kind, seed, latent_dim, steps, beta, verbose=0):
    """Chooses how large a VAE the rows can bear, and trains it.

    Args:
        rows: TableRows or NumberRows.
        y: int array (N,) of class indices, -1 = unlabelled.
        kind: as in `fit_vae`.
        seed: int.
        latent_dim: int, or None to choose.
        steps: int, or None to choose.
        beta: float.
        verbose: as in Keras' fit.

    Returns:
        (VAE, tuple of str: what was chosen and why).
    """
    sizes = np.bincount(y[y >= 0])
    multi = kind == "multi"
    plan = choose_plan(
        max(int(sizes.mean()), 1) if multi else len(y),
        rows.num_attributes,
        int(sizes.min()),
        latent_dim,
        steps,
        rows.is_image,
    )
    vae = fit_vae(rows.x, y, kind, plan, seed, len(sizes), rows.schema, beta, verbose)
    own = ("one VAE for each class, each from its labelled rows alone",) * multi
    return vae, (*own, *plan.notes)


def fit_judge(rows, y, seed, latent_dim=None, steps=None, beta=1.0):
    """Trains a generative classifier on the labelled rows.

    Bad examples of a table are its rows with strong noise; of images reconstructions by
    a VAE that has been trained for a tenth of the steps.

    Args:
        rows: TableRows or NumberRows.
        y: int array (N,) of class indices, -1 = unlabelled.
        seed: int.
        latent_dim: as in `fit_planned`, of that VAE.
        steps: int, or None; of the VAE that draws are decoded by.
        beta: float.

    Returns:
        GenerativeClassifier.
    """
    known = y >= 0
    x, num_classes = rows.x[known], int(y.max()) + 1
    if rows.is_image:
        early = max(1, (steps or STEPS) // 10)
        young, _ = fit_planned(rows, y, "single", seed, latent_dim, early, beta)
        bad = early_reconstructions(young, x)
    else:
        bad = noisy_rows(x, seed)
    return fit_generative_classifier(x, y[known], bad, num_classes, seed=seed)


def active_units(codes):
    """Returns how many latents vary over rows.

    Args:
        codes: LatentCodes.

    Returns:
        int; of a Multi-VAE the least of its classes, those of one row aside.
    """
    groups = [np.ones(len(codes), bool)]
    if codes.replica is not None:
        groups = [codes.replica == r for r in np.unique(codes.replica)]
    counts = [
        int((codes.z_mean[own].var(axis=0) > ACTIVE_VARIANCE).sum())
        for own in groups
        if own.sum() > 1
    ]
    return min(counts, default=codes.z_mean.shape[1])
