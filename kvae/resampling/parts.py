"""Over-sampling many parts of one table, whose VAEs are trained as one stack."""

import warnings

import numpy as np
from sklearn.base import clone

from kvae.models.beta_vae import BetaVAE
from kvae.resampling.fitting import choose_vae, plan_for, vae_seed
from kvae.resampling.rows import open_rows
from kvae.resampling.targets import Targets
from kvae.training.vaes import fit_vae_parts
from kvae.warning_classes import CollapsedVAEWarning


def over_sample_parts(sampler, frame, y, parts, seeds):
    """Over-samples parts of a table, as `fit_resample` of each would.

    What the columns are, the transform, is learned from all rows, without their labels;
    VAE and new rows of a part are from its own rows. All VAEs are of the size that the
    first part can bear. What a stack cannot do is done part after part: "auto",
    convolutions, a VAE that is given, and parts without some class.

    Args:
        sampler: VAEOverSampler; `random_state` is replaced.
        frame: DataFrame of N rows.
        y: labels (N,), some of them missing.
        parts: int arrays of row numbers.
        seeds: ints, one for each part.

    Returns:
        List of (rows, labels), as `fit_resample` returns them.
    """
    samplers = [clone(sampler).set_params(random_state=seed) for seed in seeds]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", CollapsedVAEWarning)
        if _can_be_stacked(sampler, y, parts):
            return _from_stack(sampler, samplers, frame, y, parts)
        return [
            each.fit_resample(frame.iloc[part], y.iloc[part])
            for each, part in zip(samplers, parts, strict=True)
        ]


def _can_be_stacked(sampler, y, parts):
    convolutions = sampler.settings is not None and sampler.settings.filters
    automatic = isinstance(sampler.method, str) and sampler.method == "auto"
    if isinstance(sampler.vae, BetaVAE) or convolutions or automatic:
        return False
    classes = {
        tuple(Targets(y.iloc[part], sampler.unlabelled).classes) for part in parts
    }
    return len(classes) == 1


def _from_stack(sampler, samplers, frame, y, parts):
    opened = open_rows(frame, sampler.vae, sampler.together, sampler.ordered)
    checked = [
        each._checked(frame.iloc[part], y.iloc[part])
        for each, part in zip(samplers, parts, strict=True)
    ]
    whole = np.full(len(frame), -1)
    for part, (_, targets, _) in zip(parts, checked, strict=True):
        whole[part] = targets.index
    _, _, kind = choose_vae(
        opened,
        whole,
        method=sampler.method,
        vae=sampler.vae,
        conditional=sampler.conditional,
        seed=0,  # of "auto" alone
        classes=samplers[0].classes_,
    )
    plan = plan_for(
        opened.take(parts[0]),
        whole[parts[0]],
        kind,
        latent_dim=sampler.latent_dim,
        steps=sampler.steps,
        beta=sampler.beta,
        settings=sampler.settings,
    )
    vaes = fit_vae_parts(
        opened.x,
        whole,
        kind,
        plan.settings,
        seeds=[vae_seed(each.random_state) for each in samplers],
        parts=parts,
        num_classes=len(samplers[0].classes_),
        schema=opened.schema,
        learn_variance=True,
    )
    found = []
    for each, vae, part, rows in zip(samplers, vaes, parts, checked, strict=True):
        _, targets, counts = rows
        each.set_params(vae=vae)
        found.append(each._fit_resample(opened.take(part), targets, counts=counts))
    return found
