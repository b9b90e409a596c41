"""`method="auto"`: which way to augment, if any, judged inside the labelled rows."""

import dataclasses
import time

import numpy as np

from kvae.augmentation.methods import NONE, Candidate, spreading
from kvae.checks import expect_confidence
from kvae.verdicts.cross_validation import expect_rows_and_labels, hold_out
from kvae.verdicts.held_out import compare_held_out

ROWS_TO_JUDGE = 5  # of the smallest class; with fewer a rule decides
CONFIDENCE = 0.95


@dataclasses.dataclass(frozen=True)
class Selection:
    """What was chosen, and why.

    Args:
        candidate: Candidate.
        reason: str, a sentence.
        table: DataFrame from `kvae.verdicts.compare_held_out`; None where a rule
            decided, or the time ran out.
        seconds: float, spent on the choice.
        transductive: bool, whether rows held out were seen, without their labels, by
            a VAE that was given, or by the transform of a table (`VAEOverSampler`).
    """

    candidate: Candidate
    reason: str
    table: object = None
    seconds: float = 0.0
    transductive: bool = False


def select(
    x,
    y,
    candidates=None,
    estimator=None,
    scoring=None,
    budget=None,
    seed=0,
    confidence=CONFIDENCE,
    unlabelled=None,
    vae=None,
    verbose=False,
):
    """Chooses how to augment: "none" unless a gain is clear.

    Every candidate is cross-validated inside the labelled rows (`cross_validate`). Of
    those whose gain over "none" is clear, its interval above 0, the one with the
    largest gain is chosen. Several looks make luck likelier; `confidence` is that of
    each interval alone. For an answer with a
    guarantee for all candidates together ask `verdict_from_rows`.

    With fewer than 5 rows in a class there is no telling, and a rule decides: images
    are shifted and rotated, and where there are unlabelled ones, `propagate` is used;
    tables stay as they are.

    Args:
        x: float array (N, F) or images (N, H, W, C).
        y: labels (N,) of any kind; NaN, None and "" mean unlabelled.
        candidates: optional tuple of Candidate, "none" first.
        estimator: as in `cross_validate`.
        scoring: as in `compare_held_out`; by default weighted F1.
        budget: Budget.
        seed: int.
        confidence: float in (0, 1).
        unlabelled: optional, a label that means unlabelled too, such as -1.
        vae: as in `cross_validate`.
        verbose: bool, whether to show a progress bar.

    Returns:
        Selection. Where the wall-clock limit of the budget is reached it is "none",
        and the reason says so.

    Raises:
        ValueError: as `verdict_from_rows`.

    Example:
        >>> x = np.random.default_rng(0).normal(size=(8, 3))
        >>> select(x, [0, 1] * 4).reason
        'Class 0 has 4 labelled rows; with fewer than 5 tables stay as they are.'
    """
    start = time.perf_counter()
    expect_confidence("select", confidence)
    x, indices, names = expect_rows_and_labels(x, y, unlabelled)
    counts = np.bincount(indices[indices >= 0])
    if counts.min() < ROWS_TO_JUDGE:
        return _by_rule(x, indices, counts, names)
    arguments = candidates, estimator, scoring, budget, seed
    try:
        held_out = hold_out(x, indices, *arguments, -1, vae, verbose)
    except TimeoutError as error:
        spent = time.perf_counter() - start
        return Selection(Candidate(NONE), f"Nothing was chosen. {error}", None, spent)
    table = compare(held_out, confidence, scoring)
    return choose(table, held_out.candidates, held_out.seconds, vae is not None)


def compare(held_out, confidence=CONFIDENCE, scoring=None):
    """Returns the table of `compare_held_out`, each interval taken alone."""
    names = [candidate.name for candidate in held_out.candidates]
    return compare_held_out(
        held_out.true,
        held_out.predicted,
        names,
        held_out.folds,
        confidence,
        scoring,
        held_out.part,
    )


def choose(table, candidates, seconds=0.0, transductive=False):
    """Returns the Selection that a table of `compare_held_out` leads to."""
    rest = table.dropna(subset="difference")
    clear = rest[rest["difference_low"] > 0]
    about = table, seconds, transductive
    if clear.empty:
        best = rest.loc[rest["difference"].idxmax()]
        return Selection(
            candidates[0],
            f"No gain is clear; the best, {best.name!r}, changes the score by "
            f"{_interval(best)} in cross-validation.",
            *about,
        )
    best = clear.loc[clear["difference"].idxmax()]
    chosen = next(own for own in candidates if own.name == best.name)
    return Selection(
        chosen,
        f"{best.name!r} changes the score by {_interval(best)} in cross-validation.",
        *about,
    )


def _by_rule(x, y, counts, names):
    c = int(counts.argmin())
    few = f"Class {names[c]} has {counts[c]} labelled rows; with fewer than "
    few += f"{ROWS_TO_JUDGE} "
    if x.ndim == 2:
        return Selection(Candidate(NONE), few + "tables stay as they are.")
    if (y < 0).any():
        (own,) = spreading(y, image=True)
        return Selection(own, few + "labels spread to the unlabelled images.")
    own = Candidate("shifts and rotations", "shifts")
    return Selection(own, few + "images are shifted and rotated.")


def _interval(row):
    low, high = row["difference_low"], row["difference_high"]
    return f"{row['difference']:+.3f} [{low:+.3f}, {high:+.3f}]"
