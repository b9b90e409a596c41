"""Draws until a generative classifier has accepted enough rows, or redraws run out."""

import dataclasses
import warnings

import numpy as np
import pandas as pd

from kvae import random
from kvae.checks import expect_count
from kvae.latent.codes import Draws
from kvae.samplers.normal import Normal
from kvae.warning_classes import TooFewRowsWarning

_ROWS_AT_ONCE = 1000  # a convolution's activations soon fill the memory


def draw_accepted(judge, sampler, codes, counts, seed, decode, redraws=10):
    """Draws, decodes and judges, class by class, until every class is full.

    The first draws are those that the sampler would give without a filter. In each
    redraw a class gets as many draws as it still lacks; where draws have no label of
    their own ("normal" from a Single-VAE) they are drawn for all classes together.

    Args:
        judge: GenerativeClassifier.
        sampler: Sampler.
        codes: LatentCodes of labelled rows.
        counts: dict {class index: rows asked for}.
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
    without_label = isinstance(sampler, Normal) and codes.replica is None
    codes = sampler.parents(codes)
    lacking, kept = dict(counts), []
    tally = pd.DataFrame(
        0, index=pd.Index(sorted(counts), name="label"), columns=["drawn", "accepted"]
    )
    for number in range(redraws + 1):
        wanted = {label: n for label, n in lacking.items() if n > 0 or number == 0}
        if not wanted:
            break
        draw_seed = seed if number == 0 else random.derive(seed, "redraw", number)
        if without_label:
            n = len(wanted) * max(wanted.values())
            draws = sampler.draw_unlabelled(n, codes.z_mean.shape[1], draw_seed)
        else:
            draws = sampler.draw_around(codes, wanted, draw_seed)
        rows = decode(draws, draw_seed)
        label, score, accepted = judge_rows(
            judge, rows, None if without_label else draws.label
        )
        draws = dataclasses.replace(draws, label=label)
        for c in counts:
            of_class = label == c
            tally.loc[c, "drawn"] += of_class.sum()
            tally.loc[c, "accepted"] += (of_class & accepted).sum()
            first = np.flatnonzero(of_class & accepted)[: max(lacking[c], 0)]
            lacking[c] -= len(first)
            kept.append((rows[first], draws.take(first), score[first]))
    rows, draws, score = (list(column) for column in zip(*kept, strict=True))
    draws = Draws.concatenate(draws)
    order = np.argsort(draws.label, kind="stable")
    acceptance = tally.assign(
        rate=tally["accepted"] / tally["drawn"].replace(0, np.nan)
    )
    acceptance.insert(0, "asked", pd.Series(counts))
    _warn_of_short_classes(lacking, acceptance)
    score = np.concatenate(score)[order]
    return np.concatenate(rows)[order], draws.take(order), score, acceptance


def judge_rows(judge, rows, label=None):
    """Returns what `judge.judge` returns, as arrays, a thousand rows at a time.

    Args:
        judge: GenerativeClassifier.
        rows: float array (N, ...).
        label: optional int array (N,), the classes that the rows should have.

    Returns:
        (label int64 (N,), score (N,), accepted bool (N,)).
    """
    parts = []
    for start in range(0, max(len(rows), 1), _ROWS_AT_ONCE):
        some = slice(start, start + _ROWS_AT_ONCE)
        parts.append(judge.judge(rows[some], None if label is None else label[some]))
    label, score, accepted = (
        np.concatenate(column) for column in zip(*parts, strict=True)
    )
    return label.astype("int64"), score, accepted


def _warn_of_short_classes(lacking, acceptance):
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
            TooFewRowsWarning,
            stacklevel=4,
        )
