"""What an over-sampler says about rows, labels and the VAE, in its user's words."""

import warnings

import numpy as np

from kvae.latent.codes import active_units, encode
from kvae.resampling.fitting import resolve
from kvae.warning_classes import (
    CollapsedVAEWarning,
    LabelWarning,
    TooFewRowsWarning,
)

NOT_FITTED = "This %(name)s has no VAE yet. Call fit_resample with rows and labels."
NONE_UNLABELLED = "every row has a label: there is nothing to spread labels to"


def spreads_labels(sampler, y):
    """Returns whether a sampler labels rows that have no label, and there are any.

    Args:
        sampler: Sampler, or None.
        y: int array (N,) of class indices, -1 = unlabelled.

    Example:
        >>> from kvae.samplers import Propagate
        >>> spreads_labels(Propagate(), np.array([0, 1, -1]))
        True
    """
    return bool(sampler and sampler.uses_unlabelled and np.any(y < 0))


def expect_method(method, vae="single", conditional=None, refine=0):
    """Raises ValueError for an unknown method, or one that `refine` cannot go with.

    Args:
        method: as in `VAEOverSampler`, like the others.
        vae: with `refine`, one VAE of all rows.
        conditional: with `refine`, not True.
        refine: int >= 0; above 0 only for samplers that spread labels.
    """
    spreads = False
    if not isinstance(method, str) or method != "auto":
        try:
            sampler, vae = resolve(method, vae)
            spreads = bool(sampler and sampler.uses_unlabelled)
        except ValueError as error:
            raise ValueError(f"{error} 'auto' chooses one for you.") from error
    single = not isinstance(vae, str) or vae == "single"
    if refine and not (spreads and single and not conditional):
        raise ValueError(
            "refine of VAEOverSampler expects a sampler that spreads labels, and one "
            f"VAE of all rows. Received: method={method!r}, vae={vae!r}, conditional="
            f"{conditional!r}. Use method='propagate' and vae='single', or refine=0."
        )


def on_labels(method, targets):
    """Returns notes on labels; warns where labels should spread, but -1 is a class.

    Args:
        method: as in `VAEOverSampler`.
        targets: Targets.

    Returns:
        Tuple of str.
    """
    sampler = (
        None if isinstance(method, str) and method == "auto" else resolve(method)[0]
    )
    if sampler is None or not sampler.uses_unlabelled or np.any(targets.index < 0):
        return ()
    if -1 in targets.classes.tolist():
        warnings.warn(
            "-1 is taken for a class like any other. Pass unlabelled=-1 if it marks "
            "rows without a label.",
            LabelWarning,
            stacklevel=4,
        )
    return (NONE_UNLABELLED,)


def has_collapsed(vae, x, y):
    """Returns whether none of a VAE's latents tells rows apart.

    Args:
        vae: BetaVAE or MultiVAE.
        x: float array (N, ...), labelled rows.
        y: int array (N,) of class indices.
    """
    return not active_units(encode(vae, x, y))


def collapse_note(vae):
    """Returns what has happened to a VAE that has collapsed, and what to do."""
    return (
        "the VAE has collapsed: none of its latents tells rows apart, and new rows do "
        "not resemble their parents. Train it for more steps, lower beta (now "
        f"{vae.beta}), or give it more rows"
    )


def warn_of_collapse(vae):
    """Warns that a VAE has collapsed."""
    note = collapse_note(vae)
    warnings.warn(f"{note[0].upper()}{note[1:]}.", CollapsedVAEWarning, stacklevel=4)


def on_short_classes(acceptance, in_order, classes):
    """Warns where a generative classifier, or an order, left a class short.

    The warning of `generate` knows classes by their index alone; this one replaces it.

    Args:
        acceptance: DataFrame of `Generated`, or None.
        in_order: DataFrame of `draw_in_order`, or None.
        classes: array (K,) of labels.
    """
    if in_order is not None:  # the others are short for want of draws
        in_order = in_order[in_order["accepted"] < in_order["drawn"]]
    for tally, what, remedy in (
        (acceptance, "The generative classifier accepted too few rows", "classifier"),
        (in_order, "Too few rows were in order", "order, by ordered='repair' or None"),
    ):
        if tally is None:
            continue
        short = tally[tally["accepted"] < tally["asked"]]
        if short.empty:
            continue
        lines = ", ".join(
            f"{row.accepted:.0f} of {row.asked:.0f} new rows of class {name}"
            for name, row in zip(classes[short.index], short.itertuples(), strict=True)
        )
        warnings.warn(
            f"{what}: there are only {lines}. Raise steps, label more rows, or do "
            f"without the {remedy}.",
            TooFewRowsWarning,
            stacklevel=3,
        )
