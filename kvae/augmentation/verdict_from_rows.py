"""An answer for someone who has only a few labelled rows."""

import numpy as np

from kvae.augmentation.candidates import (
    Candidate,
    image_candidates,
    table_candidates,
)
from kvae.augmentation.cross_validation import cross_validate
from kvae.augmentation.verdict import family_wise, make_verdict
from kvae.checks import expect_confidence, expect_finite
from kvae.data.labels import class_names_and_indices
from kvae.evaluation.held_out import compare_held_out, expect_scoring

MOST_TIMES = 30  # advice to label more than so many times the rows is none


def verdict_from_rows(
    x,
    y,
    candidates=None,
    estimator=None,
    scoring=None,
    budget=None,
    seed=0,
    confidence=0.95,
    worthwhile=0.01,
    unlabelled=None,
    vae=None,
    verbose=False,
):
    """Returns what a few labelled rows alone say about augmenting.

    Repeated cross-validation inside the labelled rows; everything that is fitted is
    fitted without the rows held out. The interval is that of `compare_held_out`: it
    counts rows, not runs, and is as wide as few rows make it. Intervals hold for all
    candidates together (Bonferroni).

    Args:
        x: float array (N, F) or images (N, H, W, C).
        y: labels (N,) of any kind; NaN, None and "" mean unlabelled.
        candidates: optional tuple of Candidate, the baseline first.
        estimator: as in `cross_validate`.
        scoring: as in `compare_held_out`; by default weighted F1.
        budget: Budget; by default 5 folds, twice.
        seed: int.
        confidence: float in (0, 1).
        worthwhile: float >= 0, in units of the score.
        unlabelled: optional, a label that means unlabelled too, such as -1.
        vae: as in `cross_validate`.
        verbose: bool, whether to show a progress bar.

    Returns:
        Verdict.

    Raises:
        TimeoutError: where the wall-clock limit of the budget is reached.
        ValueError: for fewer than two classes, a class with one row, rows that are not
            finite numbers, images out of [0, 1], or an unknown scoring.

    Example:
        >>> from kvae.augmentation import Budget
        >>> x = np.random.default_rng(0).normal(size=(30, 3))
        >>> budget = Budget(folds=2, repeats=1, steps=20, vae_steps=20)
        >>> verdict_from_rows(x, ["yes", "no", "no"] * 10, budget=budget).unit
        'labelled rows'
    """
    expect_confidence("verdict_from_rows", confidence)
    held_out = hold_out(
        x, y, candidates, estimator, scoring, budget, seed, unlabelled, vae, verbose
    )
    return verdict_on(held_out, confidence, worthwhile, scoring, {"seed": seed})


def verdict_on(held_out, confidence=0.95, worthwhile=0.01, scoring=None, settings=()):
    """Returns the Verdict on what `cross_validate` has found; see there and above."""
    methods = [candidate.name for candidate in held_out.candidates]
    wide = family_wise(confidence, len(methods))
    table = compare_held_out(
        held_out.true,
        held_out.predicted,
        methods,
        held_out.folds,
        wide,
        scoring,
        held_out.part,
    )
    score = scoring if isinstance(scoring, str) else getattr(scoring, "__name__", None)
    most = MOST_TIMES * len(held_out.true)
    about = {
        "score": score or "weighted F1",
        "unit": "labelled rows",
        "settings": {**dict(settings), "seconds": round(held_out.seconds, 1)},
    }
    return make_verdict(table, confidence, worthwhile, most, **about)


def hold_out(
    x, y, candidates, estimator, scoring, budget, seed, unlabelled, vae, verbose
):
    """Checks rows and labels of any kind, and cross-validates the candidates."""
    x, y, names = expect_rows_and_labels(x, y, unlabelled)
    expect_scoring(scoring)
    counts = np.bincount(y[y >= 0])
    if counts.min() < 2:
        raise ValueError(
            "A verdict expects at least 2 labelled rows of each class: one to learn "
            f"from, one to judge by. Received: 1 of {names[counts.argmin()]!r}. Label "
            "more rows of it, or leave it out."
        )
    known = (image_candidates if x.ndim == 4 else table_candidates)(y)
    if candidates is None:
        candidates = known
    odd = [own for own in candidates if not isinstance(own, Candidate)]
    if odd:
        raise ValueError(
            "Candidates are expected to be kvae.augmentation.Candidate. Received: "
            f"{odd[0]!r}. Choose some of table_candidates(y) or image_candidates(y): "
            f"{', '.join(own.name for own in known)}."
        )
    if len(candidates) < 2 or len({own.name for own in candidates}) < len(candidates):
        raise ValueError(
            "Candidates are expected to be two or more, of different names, the "
            f"baseline first. Received: {[own.name for own in candidates]}."
        )
    how = {"estimator": estimator, "vae": vae, "verbose": verbose}
    return cross_validate(x, y, candidates, budget, seed, **how)


def expect_rows_and_labels(x, y, unlabelled):
    """Returns (rows as an array, class indices with -1 = unlabelled, class names)."""
    x = np.asarray(x)
    if x.ndim == 3:
        raise ValueError(
            f"A verdict expects images (N, H, W, C). Received: shape={x.shape}. Add a "
            "channel axis: x[..., None]."
        )
    if x.dtype == object:
        raise ValueError(
            "A verdict on rows expects numbers. Received: dtype=object. For a table "
            "with words, dates or holes ask kvae.augmentation.table_verdict, or the "
            "command `kvae augment data.csv --target y`."
        )
    names, y = class_names_and_indices(y, unlabelled)
    if x.ndim not in (2, 4) or len(x) != len(y):
        raise ValueError(
            "A verdict expects rows (N, F), or images (N, H, W, C), and a label for "
            f"each. Received: shape={x.shape}, {len(y)} labels."
        )
    expect_finite("A verdict", x, "Fill them, or ask table_verdict, which takes holes.")
    if x.ndim == 4 and (x.min() < 0 or x.max() > 1):
        raise ValueError(
            f"A verdict expects images in [0, 1]. Received: values from {x.min():g} to "
            f"{x.max():g}. Divide them by the largest."
        )
    if len(names) < 2:
        raise ValueError(
            f"A verdict expects at least two classes. Received: {list(names)}. Label "
            "rows of another class, too."
        )
    return x, y, names
