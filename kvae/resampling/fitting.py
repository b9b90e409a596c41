"""Training the VAE that a resampler draws from."""

import dataclasses

import numpy as np

from kvae import random, samplers
from kvae.augmentation.methods import BASELINE, METHODS, Method, automatic_methods
from kvae.models.beta_vae import BetaVAE
from kvae.training.budget import Budget
from kvae.training.generative_classifiers import (
    early_reconstructions,
    fit_generative_classifier,
    noisy_rows,
)
from kvae.training.plan import STEPS, choose_plan
from kvae.training.training_curve import TrainingCurve
from kvae.training.vaes import fit_vae
from kvae.verdicts.selection import select

CURVE = 200  # points of a training curve


def fit_planned(rows, y, kind, seed, latent_dim, steps, beta, settings=None, verbose=0):
    """Chooses how large a VAE the rows can bear, and trains it.

    Args:
        rows: TableRows or NumberRows.
        y: int array (N,) of class indices, -1 = unlabelled.
        kind: as in `fit_vae`.
        seed: int.
        latent_dim: int, or None to choose.
        steps: int, or None to choose.
        beta: float.
        settings: VAESettings instead of a choice; the reconstruction is the rows'.
        verbose: as in Keras' fit.

    Returns:
        (VAE, tuple of str: what was chosen and why, DataFrame of a `TrainingCurve`).
    """
    plan = plan_for(rows, y, kind, latent_dim, steps, beta, settings)
    curve = TrainingCurve(max(plan.settings.steps // CURVE, 1))
    vae = fit_vae(
        rows.x,
        y,
        kind,
        plan.settings,
        seed=seed,
        num_classes=int(y.max()) + 1,
        schema=rows.schema,
        callbacks=[curve],
        verbose=verbose,
    )
    return vae, plan.notes, curve.table()


def vae_seed(random_state):
    """Returns the seed of the VAE that an over-sampler with this state trains."""
    return random.derive(random.from_state(random_state), "vae")


def plan_for(rows, y, kind, latent_dim=None, steps=None, beta=1.0, settings=None):
    """Returns the Plan of a VAE that the rows can bear; arguments as `fit_planned`.

    Raises:
        ValueError: for settings beside what they say themselves.
    """
    sizes = np.bincount(y[y >= 0])
    multi = kind == "multi"
    plan = choose_plan(
        num_rows=max(int(sizes.mean()), 1) if multi else len(y),
        num_attributes=rows.num_attributes,
        smallest_class=int(sizes.min()),
        latent_dim=latent_dim,
        steps=steps,
        beta=beta,
        image=rows.is_image,
        settings=settings,
    )
    asked = {"latent_dim": latent_dim, "steps": steps}
    asked["beta"] = None if beta == 1.0 else beta
    odd = [name for name, value in asked.items() if value is not None]
    if settings is not None and odd:
        raise ValueError(
            f"VAEOverSampler expects settings, or {', '.join(asked)}, not both. "
            f"Received: settings and {', '.join(odd)}. Leave one out."
        )
    first = ("one VAE for each class, each from its labelled rows alone",) * multi
    return dataclasses.replace(plan, notes=(*first, *plan.notes))


def fit_judge(
    rows, y, seed, threshold=True, latent_dim=None, steps=None, beta=1.0, settings=None
):
    """Trains a generative classifier on the labelled rows, where one is asked for.

    Bad examples of a table are its rows with strong noise; of images reconstructions by
    a VAE that has been trained for a tenth of the steps.

    Args:
        rows: TableRows or NumberRows.
        y: int array (N,) of class indices, -1 = unlabelled.
        seed: int.
        threshold: float from 0 to 1; True finds one, and False asks for no judge.
        latent_dim: as in `fit_planned`, of that VAE.
        steps: int, or None; of the VAE that draws are decoded by.
        beta: float.
        settings: as in `fit_planned`, of that VAE.

    Returns:
        GenerativeClassifier, or None.
    """
    is_bool = isinstance(threshold, bool | np.bool_)
    if is_bool and not threshold:
        return None
    known = y >= 0
    x, num_classes = rows.x[known], int(y.max()) + 1
    if rows.is_image:
        steps = settings.steps if settings is not None else steps or STEPS
        early = max(1, steps // 10)
        if settings is not None:
            settings = dataclasses.replace(settings, steps=early, filters=None)
            early = None
        young, *_ = fit_planned(
            rows, y, "single", seed, latent_dim, early, beta, settings=settings
        )
        bad = early_reconstructions(young, x)
    else:
        bad = noisy_rows(x, seed)
    judge = fit_generative_classifier(x, y[known], bad, num_classes, seed=seed)
    return judge if is_bool else judge.with_threshold(threshold)


def choose_method(x, y, seed, budget=None, classes=None, classifier=None):
    """Returns the Selection of `method="auto"`: what an over-sampler should do, if any.

    Methods are compared by `select`, on the inputs of the whole table's transform, with
    plain Gaussian VAEs: a proxy for the VAE that is then trained.

    Args:
        x: float32 array (N, ...), inputs of a table, or images.
        y: int array (N,) of class indices, -1 = unlabelled; with such rows `propagate`
            is judged, too, and of tables `learning_methods`.
        seed: int.
        budget: Budget; by default 5 folds, once.
        classes: optional array (K,) of labels, that the reason names.
        classifier: who judges, as in `get_judge`.
    """
    image = x.ndim == 4
    classes = np.arange(y.max() + 1) if classes is None else classes
    selection = select(
        x,
        np.where(y < 0, None, classes.astype(object)[y]),
        automatic_methods(y, image),
        budget=budget or Budget(repeats=1),
        seed=seed,
        classifier=classifier,
        transductive=not image,  # the transform was learned on all rows
    )
    if selection.method.classifier is not None:
        reason = (
            f"{selection.reason} It adds no rows: use the classifier that "
            "selection_.fit(sampler.table_.transform(X), y) returns."
        )
        return dataclasses.replace(selection, reason=reason)
    if selection.method.rival is None:
        return selection
    reason = f"{selection.reason} That is no method of an over-sampler."
    return dataclasses.replace(selection, method=METHODS[BASELINE], reason=reason)


def resolve(method, vae="single"):
    """Returns (sampler, vae) that `method` and `vae` of VAEOverSampler mean.

    Args:
        method: sampler, its name or a list of them, which draws from `vae`; Method or
            its name, which says itself what it draws from.
        vae: "single", "multi" or a BetaVAE.

    Returns:
        (Sampler, or None where no rows are made; vae).

    Raises:
        ValueError: for an unknown method, or one that an over-sampler cannot do.

    Example:
        >>> resolve("Multi-VAE: normal")
        (Normal(alpha=1.0), 'multi')
    """
    if isinstance(method, str) and method in METHODS:
        named = METHODS[method]
        method = method if named.sampler == method else named
    if not isinstance(method, Method):
        return samplers.get(method), vae
    if method.name == BASELINE:
        return None, vae
    if method.classifier is not None:
        raise ValueError(
            "method of VAEOverSampler expects one that adds rows. Received: "
            f"{method.name!r}, which makes none: it is a classifier, "
            f"kvae.semi_supervised.make({method.name!r}, estimator).fit(x, y)."
        )
    if not method.is_plain:
        plain = [name for name, other in METHODS.items() if other.is_plain]
        raise ValueError(
            "method of VAEOverSampler expects one that adds rows of a VAE: "
            f"{', '.join(plain)}, or a sampler. Received: {method.name!r}. SMOTE is "
            "imblearn.over_sampling.SMOTE; generative_classifier=True filters."
        )
    return method.make_sampler(), vae if isinstance(vae, BetaVAE) else method.vae


def choose_vae(rows, y, method, vae, conditional, seed, classes, classifier=None):
    """Returns what the arguments of VAEOverSampler mean for these rows.

    Args:
        rows: TableRows or NumberRows.
        y: int array (N,) of class indices, -1 = unlabelled.
        method: as in `VAEOverSampler`, like the next two.
        vae: "single", "multi" or a BetaVAE.
        conditional: bool, or None: told the class, but for images, and for samplers
            that spread labels.
        seed: int, of the choice that "auto" makes.
        classes: array (K,) of labels.
        classifier: who judges what "auto" chooses from, as in `get_judge`.

    Returns:
        (Selection of "auto" or None; Sampler, or None where no rows are made; the VAE
        to train, as `fit_vae` knows it, or a BetaVAE).
    """
    if isinstance(method, str) and method == "auto":
        selection = choose_method(
            rows.x, y, seed, classes=classes, classifier=classifier
        )
        if selection.method.classifier is not None:
            return selection, None, "single"
        return selection, *resolve(selection.method)
    sampler, kind = resolve(method, vae)
    if isinstance(kind, str) and kind == "single":
        spreads = sampler is not None and sampler.uses_unlabelled
        by_default = not (rows.is_image or spreads)
        told = by_default if conditional is None else conditional
        kind = "conditional" if told else kind
    return None, sampler, kind
