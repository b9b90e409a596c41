"""What an over-sampler says about its rows, in its user's names."""

import contextlib
import warnings

import numpy as np

from kvae.latent.codes import active_units, encode
from kvae.resampling.fitting import COLLAPSED
from kvae.samplers import get

NONE_UNLABELLED = "no row is without a label: there is nothing to spread labels to"


def spreads_labels(method, y):
    """Whether a method would label rows that have no label, and there are such.

    Args:
        method: sampler, name or list of names; or "auto", or None.
        y: int array (N,) of class indices, -1 = unlabelled.
    """
    named = method is not None and method != "auto"
    return bool(named and get(method).uses_unlabelled and np.any(y < 0))


def expect_method(method, vae="single", conditional=None, refine=0):
    """Raises ValueError for a method that is none, or where refine has nothing to do.

    Args:
        method: as in `VAEOverSampler`, like the others.
        vae: with `refine`, one of all rows.
        conditional: with `refine`, not True.
        refine: int >= 0; above 0 for samplers that spread labels.
    """
    spreads = False
    if not isinstance(method, str) or method != "auto":
        try:
            spreads = get(method).uses_unlabelled
        except ValueError as error:
            raise ValueError(f"{error} Or 'auto', which chooses one.") from error
    single = not isinstance(vae, str) or vae == "single"
    if refine and not (spreads and single and not conditional):
        raise ValueError(
            "refine of VAEOverSampler is for samplers that spread labels, in one VAE "
            f"of all rows. Received: method={method!r}, vae={vae!r}, conditional="
            f"{conditional!r}. Use method='propagate', vae='single', or refine=0."
        )


def on_labels(method, targets):
    """Returns notes on labels; warns where -1 is a class, and labels should spread."""
    if method == "auto" or not get(method).uses_unlabelled:
        return ()
    if np.any(targets.index < 0):
        return ()
    if -1 in targets.classes.tolist():
        warnings.warn(
            "-1 is a class like any other. Pass unlabelled=-1 if it marks rows without "
            "a label.",
            stacklevel=4,
        )
    return (NONE_UNLABELLED,)


def on_vae(vae, x, y):
    """Returns notes on a trained VAE; warns where its latents say nothing of rows."""
    if active_units(encode(vae, x, y)):
        return ()
    collapsed = COLLAPSED.format(vae.beta)
    warnings.warn(collapsed, stacklevel=4)
    return (collapsed,)


@contextlib.contextmanager
def no_class_indices():
    """Silences what `generate` says of classes by their index; see `on_acceptance`."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "The generative classifier accepted")
        yield


def on_acceptance(acceptance, classes):
    """Warns where a generative classifier left a class short.

    Args:
        acceptance: DataFrame of `Generated`, or None.
        classes: array (K,) of labels.
    """
    if acceptance is None:
        return
    short = acceptance[acceptance["accepted"] < acceptance["asked"]]
    if short.empty:
        return
    lines = ", ".join(
        f"{row.accepted:.0f} of {row.asked:.0f} rows of class {name}"
        for name, row in zip(classes[short.index], short.itertuples(), strict=True)
    )
    warnings.warn(
        "The generative classifier accepted too few rows: there are only "
        f"{lines}. Raise steps, label more rows, or do without it.",
        stacklevel=4,
    )
