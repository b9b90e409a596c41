"""Many trials at once: a stack whose replicas differ in beta, learning rate or seed."""

import dataclasses

import numpy as np
import pandas as pd

from kvae import losses
from kvae.data.batches import batches

COLUMNS = ("beta", "learning_rate", "seed")
EVALUATED_AT_ONCE = 256  # rows


def search_stacked(x, validation, trials, settings, verbose=0, **arguments):
    """Trains a VAE for each trial, all as one replicated model; returns their ELBO.

    What may differ is what leaves the shapes alone; for all else there is KerasTuner,
    one trial after another. A trial of it with the same numbers ends with the same
    ELBO, up to rounding.

    Args:
        x: float array (N, ...), rows to train on.
        validation: float array (M, ...), rows to compare trials by.
        trials: list of T dicts of beta, learning_rate and seed; what a dict lacks comes
            from the settings (seed: 0).
        settings: VAESettings.
        verbose: as in Keras' fit.
        **arguments: of BetaVAE, such as schema.

    Returns:
        (DataFrame of T lines, best first: beta, learning_rate, seed, elbo,
        reconstruction, kl, in nats per row of the validation rows; the BetaVAE of T
        replicas, in the order of `trials`, for `kvae.models.take`).

    Raises:
        ValueError: for no trials, or another key.

    Example:
        >>> from kvae.training import VAESettings
        >>> settings = VAESettings(1, 1.0, (4,), "gaussian", batch_size=8, steps=20)
        >>> x = np.random.default_rng(0).normal(size=(40, 3)).astype("float32")
        >>> trials = [{"learning_rate": 0.01}, {"learning_rate": 0.0001}]
        >>> table, vae = search_stacked(x[:30], x[30:], trials, settings)
        >>> len(table), vae.replicas
        (2, 2)
    """
    if not trials:
        raise ValueError("search_stacked expects at least one trial. Received: none.")
    odd = {key for trial in trials for key in trial} - set(COLUMNS)
    if odd:
        raise ValueError(
            f"A trial of search_stacked expects {', '.join(COLUMNS)}: the rest changes "
            f"shapes. Received: {sorted(odd)}. Search those by kvae.tuning.make_tuner."
        )
    default = {
        "beta": settings.beta,
        "learning_rate": settings.learning_rate,
        "seed": 0,
    }
    table = pd.DataFrame([default | trial for trial in trials])[list(COLUMNS)]
    seeds = tuple(table["seed"].tolist())
    settings = dataclasses.replace(
        settings,
        beta=tuple(table["beta"]),
        learning_rate=tuple(table["learning_rate"]),
    )
    vae = settings.build(x.shape[1:], seeds, **arguments)
    data = batches(x, batch_size=settings.batch_size, steps=settings.steps, seeds=seeds)
    vae.fit(data, verbose=verbose, shuffle=False)
    reconstruction, kl = rows_terms(vae, validation)
    table = table.assign(
        elbo=-(reconstruction + kl).mean(axis=1),
        reconstruction=reconstruction.mean(axis=1),
        kl=kl.mean(axis=1),
    )
    return table.sort_values("elbo", ascending=False, kind="stable"), vae


def rows_terms(vae, rows):
    """Returns the terms of each row's negative ELBO, without training.

    Args:
        vae: BetaVAE of T replicas, or without a replica axis (T = 1).
        rows: float array (M, ...).

    Returns:
        (reconstruction, kl), float arrays (T, M), in nats.
    """
    stack = () if vae.replicas is None else (vae.replicas,)
    parts = []
    for start in range(0, len(rows), EVALUATED_AT_ONCE):
        x = np.asarray(rows[start : start + EVALUATED_AT_ONCE], "float32")
        x = np.broadcast_to(x, (*stack, *x.shape))
        z_mean, z_log_var = vae.encode(x)
        x_hat = vae.decoder(vae.sampling([z_mean, z_log_var]))
        log_prob = vae.likelihood.log_prob(
            x, x_hat, log_variance=vae.log_variance, batch_axes=1 + len(stack)
        )
        terms = -log_prob, losses.kl_divergence(z_mean, z_log_var)
        parts.append(np.stack([np.atleast_2d(term) for term in terms]))
    return np.concatenate(parts, axis=-1)
