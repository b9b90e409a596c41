"""Drawing until a generative classifier has accepted enough, or redraws run out."""

import dataclasses
import warnings

import numpy as np
import pandas as pd

from kvae import random
from kvae.checks import expect_count
from kvae.latent.codes import Draws
from kvae.samplers.normal import Normal

_ROWS_AT_ONCE = 1000  # of images, a convolution's activations fill memory fast


def draw_accepted(judge, sampler, codes, counts, seed, decode, redraws=10):
    """Draws, decodes and judges, class by class, until every class is full.

    The first draws are those that the sampler would give without a filter. In each
    redraw a class gets as many draws as it still lacks; where draws have no label of
    their own ("normal" from a Single-VAE) they are drawn for all classes together.

    Args:
        judge: GenerativeClassifier.
        sampler: Sampler.
        codes: LatentCodes of labelled rows.
        counts: dict {class index: rows wanted}.
        seed: int.
        decode: (Draws, seed) -> rows (N, ...).
        redraws: int >= 0.

    Returns:
        (rows (N, ...), Draws, score (N,), acceptance), ordered by class; acceptance is
        a DataFrame, one line for each class: asked, drawn, accepted, rate.
    """
    expect_count("redraws", redraws)
    if max(counts) >= judge.num_classes:
        raise ValueError(
            f"The generative classifier knows classes 0 to {judge.num_classes - 1}. "
            f"Received: rows of class {max(counts)}. Fit one on all classes."
        )
    nameless = isinstance(sampler, Normal) and codes.replica is None
    codes = sampler.parents(codes)
    lacking, kept = dict(counts), []
    tally = pd.DataFrame(
        0, index=pd.Index(sorted(counts), name="label"), columns=["drawn", "accepted"]
    )
    for number in range(redraws + 1):
        wanted = {label: n for label, n in lacking.items() if n > 0 or number == 0}
        if not wanted:
            break
        own_seed = seed if number == 0 else random.derive(seed, "redraw", number)
        if nameless:
            n = len(wanted) * max(wanted.values())
            draws = sampler.draw_unlabelled(n, codes.z_mean.shape[1], own_seed)
        else:
            draws = sampler.draw_around(codes, wanted, own_seed)
        rows = decode(draws, own_seed)
        label, score, accepted = judge_rows(
            judge, rows, None if nameless else draws.label
        )
        draws = dataclasses.replace(draws, label=label)
        for c in counts:
            own = label == c
            tally.loc[c, "drawn"] += own.sum()
            tally.loc[c, "accepted"] += (own & accepted).sum()
            first = np.flatnonzero(own & accepted)[: max(lacking[c], 0)]
            lacking[c] -= len(first)
            kept.append((rows[first], draws.take(first), score[first]))
    rows, draws, score = (list(column) for column in zip(*kept, strict=True))
    draws = Draws.concatenate(draws)
    order = np.argsort(draws.label, kind="stable")
    acceptance = tally.assign(
        rate=tally["accepted"] / tally["drawn"].replace(0, np.nan)
    )
    acceptance.insert(0, "asked", pd.Series(counts))
    _say_what_is_short(lacking, acceptance)
    score = np.concatenate(score)[order]
    return np.concatenate(rows)[order], draws.take(order), score, acceptance


def judge_rows(judge, rows, label=None):
    """Returns what `judge.judge` does, as arrays, a thousand rows at a time."""
    parts = []
    for start in range(0, max(len(rows), 1), _ROWS_AT_ONCE):
        some = slice(start, start + _ROWS_AT_ONCE)
        parts.append(judge.judge(rows[some], None if label is None else label[some]))
    label, score, accepted = (
        np.concatenate(column) for column in zip(*parts, strict=True)
    )
    return label.astype("int64"), score, accepted


def _say_what_is_short(lacking, acceptance):
    short = {label: n for label, n in lacking.items() if n > 0}
    if short:
        lines = ", ".join(
            f"class {label}: {n} of {acceptance.loc[label, 'asked']} missing, "
            f"{acceptance.loc[label, 'accepted']} of "
            f"{acceptance.loc[label, 'drawn']} draws accepted"
            for label, n in short.items()
        )
        warnings.warn(
            f"The generative classifier accepted too few rows ({lines}). Ask for more "
            "redraws, train the VAE or the classifier longer, or lower its threshold.",
            stacklevel=4,
        )
