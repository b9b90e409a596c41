"""An answer for someone who has only a few labelled rows."""

import numpy as np

from kvae.checks import expect_confidence
from kvae.training.budget import Budget
from kvae.verdicts.cross_validation import hold_out
from kvae.verdicts.verdict import family_wise, make_verdict

MOST_TIMES = 3  # advice to label more than so many times the rows is none


def verdict_from_rows(
    x,
    y,
    methods=None,
    classifier=None,
    scoring=None,
    budget=None,
    seed=0,
    confidence=0.95,
    worthwhile=0.01,
    unlabelled=None,
    vae=None,
    verbose=False,
    features=None,
):
    """Returns what a few labelled rows alone say about augmenting.

    Repeated cross-validation inside the labelled rows; everything that is fitted is
    fitted without the rows held out. The interval is that of `compare_held_out`: it
    counts rows, not runs, and is as wide as few rows make it. Intervals hold for all
    methods together (Bonferroni).

    Args:
        x: float array (N, F) or images (N, H, W, C).
        y: labels (N,) of any kind; NaN, None and "" mean unlabelled.
        methods: optional tuple of Method, the baseline first.
        classifier: as in `cross_validate`.
        scoring: as in `compare_held_out`; by default weighted F1.
        budget: Budget; by default 5 folds, twice.
        seed: int.
        confidence: float in (0, 1).
        worthwhile: float >= 0, in units of the score.
        unlabelled: optional, a label that means unlabelled too, such as -1.
        vae: as in `cross_validate_all`.
        verbose: bool, whether to show a progress bar.
        features: optional float array (N, D), as in `cross_validate`.

    Returns:
        Verdict.

    Raises:
        TimeoutError: where the wall-clock limit of the budget is reached.
        ValueError: for fewer than two classes, a class with one row, rows that are not
            finite numbers, images out of [0, 1], or an unknown scoring.

    Example:
        >>> import numpy as np
        >>> from kvae.training import Budget
        >>> x = np.random.default_rng(0).normal(size=(30, 3))
        >>> budget = Budget(folds=2, repeats=1, steps=20, vae_steps=20)
        >>> verdict_from_rows(x, ["yes", "no", "no"] * 10, budget=budget).unit
        'labelled rows'
    """
    expect_confidence("verdict_from_rows", confidence)
    held_out = hold_out(
        x,
        y,
        methods,
        classifier=classifier,
        scoring=scoring,
        budget=budget,
        seed=seed,
        unlabelled=unlabelled,
        vae=vae,
        verbose=verbose,
        features=features,
    )
    budget = budget or Budget()
    _, sizes = np.unique(held_out.true, return_counts=True)
    folds = int(min(budget.folds, sizes.min()))
    settings = {"seed": seed, "folds": folds, "repeats": budget.repeats}
    unit = "images" if np.ndim(x) == 4 else "rows"
    return verdict_on(held_out, confidence, worthwhile, scoring, settings, unit)


def verdict_on(
    held_out,
    confidence=0.95,
    worthwhile=0.01,
    scoring=None,
    settings=(),
    unit="rows",
):
    """Returns the Verdict on what `cross_validate` has found; see there and above.

    `unit` is what the rows are called: "rows" or "images".
    """
    wide = family_wise(confidence, len(held_out.methods))
    score = scoring if isinstance(scoring, str) else getattr(scoring, "__name__", None)
    return make_verdict(
        held_out.compare(wide, scoring),
        confidence,
        worthwhile,
        most=MOST_TIMES * len(held_out.true),
        score=score or "weighted F1",
        unit=f"labelled {unit}",
        settings={**dict(settings), "seconds": round(held_out.seconds, 1)},
    )
