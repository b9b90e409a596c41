"""`method="auto"`: which way to augment, if any, judged inside the labelled rows."""

import dataclasses
import time

import numpy as np
import pandas as pd
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from kvae.augmentation.methods import BASELINE, METHODS, SHIFTS, Method, spreading
from kvae.checks import as_labels, expect_confidence
from kvae.data.guarded import Rows
from kvae.evaluation.tables import in_brackets
from kvae.semi_supervised.candidates import make
from kvae.training.budget import Budget
from kvae.training.classifiers import seeded_clone
from kvae.training.mlp_estimator import MLPEstimator
from kvae.verdicts.cross_validation import (
    cross_validate_all,
    expect_methods,
    expect_rows_and_labels,
)
from kvae.verdicts.influences import expect_scoring
from kvae.verdicts.judges import MLP, get_judge, judge_of

ROWS_TO_JUDGE = 5  # of the smallest class; with fewer a rule decides
CONFIDENCE = 0.95


@dataclasses.dataclass(frozen=True)
class Selection:
    """What was chosen, and why.

    Args:
        method: Method.
        reason: str, a sentence.
        table: DataFrame from `kvae.verdicts.compare_held_out`; None where a rule
            decided, or the time ran out.
        seconds: float, spent on the choice.
        transductive: bool, whether rows held out were seen, without their labels, by
            a VAE that was given, or by what made the inputs of a table.
        classifier: who judged, as from `get_judge`.
    """

    method: Method
    reason: str
    table: object = None
    seconds: float = 0.0
    transductive: bool = False
    classifier: object = None

    def fit(self, x, y, seed=0, unlabelled=None, vae=None):
        """Returns the classifier that was chosen, fitted: what one would use.

        Where rows are added, that is up to an over-sampler, such as
        `VAEOverSampler(method=selection.method)`, and this is an error.

        Args:
            x: float array (N, F).
            y: labels (N,); NaN, None and "" mean unlabelled.
            seed: int.
            unlabelled: optional, a label that means unlabelled too, such as -1.
            vae: the BetaVAE that `select` was given, if any.

        Returns:
            scikit-learn classifier, of rows in the units of x.

        Raises:
            ValueError: for a choice that adds rows, and as `select`.

        Example:
            >>> x = np.random.default_rng(0).normal(size=(8, 3))
            >>> selection = select(x, [0, 1] * 4)
            >>> selection.fit(x, [0, 1] * 4).classes_.tolist()
            [0, 1]
        """
        x, index, _ = expect_rows_and_labels(x, y, unlabelled)
        name = self.method.classifier
        if x.ndim != 2 or (name is None and self.method.name != BASELINE):
            raise ValueError(
                "Selection.fit expects a table, and a choice that adds no rows. "
                f"Received: {self.method.name!r}. Add its rows by "
                "kvae.VAEOverSampler(method=selection.method), and fit a classifier."
            )
        known = index >= 0
        judge = judge_of(self.classifier, Rows(x[known], index[known]), seed)
        judge = MLPEstimator() if judge == MLP else judge
        labels = pd.Series(as_labels(y)).where(known)
        model = seeded_clone(judge, seed)
        if name is not None:
            model = make(name, judge, random_state=seed, vae=vae)
        if vae is None:  # inputs in standard units, as in each split
            model = make_pipeline(StandardScaler().fit(x), model)
        if name is None:
            x, labels = x[known], labels[known]
        return model.fit(x, labels.infer_objects().to_numpy())


def select(x, y, methods=None, *, seed=0, unlabelled=None, **settings):
    """Chooses how to augment: the real rows alone unless a gain is clear.

    Ways to augment, and those in which unlabelled rows teach a classifier
    (`learning_methods`), are compared alike: each method is cross-validated inside the
    labelled rows (`cross_validate`). Of
    those whose gain over the baseline is clear, its interval above 0, the one with the
    largest gain is chosen. Several looks make luck likelier; `confidence` is that of
    each interval alone. For an answer with a guarantee for all methods together ask
    `verdict_from_rows`.

    With fewer than 5 rows in a class there is no telling, and a rule decides: images
    are shifted and rotated, and where there are unlabelled ones, `propagate` is used;
    tables stay as they are.

    Args:
        x: float array (N, F) or images (N, H, W, C).
        y: labels (N,) of any kind; NaN, None and "" mean unlabelled.
        methods: optional tuple of Method, the baseline first.
        seed: int.
        unlabelled: optional, a label that means unlabelled too, such as -1.
        **settings: those of `select_all`.

    Returns:
        Selection. Where the wall-clock limit of the budget is reached it is the
        baseline, and the reason says so.

    Raises:
        ValueError: as `verdict_from_rows`.

    Example:
        >>> x = np.random.default_rng(0).normal(size=(8, 3))
        >>> select(x, [0, 1] * 4).reason
        'Class 0 has 4 labelled rows; with fewer than 5 tables stay as they are.'
    """
    problems = [(x, y, seed)]
    return select_all(problems, methods, unlabelled=unlabelled, **settings)[0]


def select_all(
    problems,
    methods=None,
    classifier=None,
    scoring=None,
    budget=None,
    confidence=CONFIDENCE,
    unlabelled=None,
    vae=None,
    verbose=False,
    transductive=False,
):
    """Chooses for several problems at once, which are cross-validated as one stack.

    Args:
        problems: list of (x, y, seed), as for `select`; classes, and the shape of a
            row, are the same in all.
        methods: optional tuple of Method, the baseline first.
        classifier: as in `cross_validate_all`.
        scoring: as in `compare_held_out`; by default weighted F1.
        budget: Budget.
        confidence: float in (0, 1).
        unlabelled: optional, a label that means unlabelled too, such as -1.
        vae: as in `cross_validate_all`.
        verbose: bool, whether to show a progress bar.
        transductive: bool, whether x was made by something that has seen all rows.

    Returns:
        List of Selection, one for each problem; each is what it would be alone.

    Raises:
        ValueError: as `verdict_from_rows`.
    """
    start = time.perf_counter()
    expect_confidence("select", confidence)
    expect_scoring(scoring)
    classifier = get_judge(classifier)
    checked = [expect_rows_and_labels(x, y, unlabelled) for x, y, _ in problems]
    ruled = [_by_rule(x, y, names) for x, y, names in checked]
    judged = [i for i, selection in enumerate(ruled) if selection is None]
    if not judged:
        return ruled
    x, y, _ = checked[judged[0]]
    methods = expect_methods(methods, x, y)
    try:
        held_out = cross_validate_all(
            [(*checked[i][:2], problems[i][2]) for i in judged],
            methods,
            budget or Budget(),
            classifier=classifier,
            vae=vae,
            verbose=verbose,
        )
    except TimeoutError as error:
        reason, seconds = f"Nothing was chosen. {error}", time.perf_counter() - start
        late = Selection(METHODS[BASELINE], reason, seconds=seconds)
        return [selection or late for selection in ruled]
    for i, found in zip(judged, held_out, strict=True):
        table = found.compare(confidence, scoring)
        chosen, reason = _clear_gain(table, methods)
        ruled[i] = Selection(
            chosen,
            reason,
            table=table,
            seconds=found.seconds,
            classifier=classifier,
            transductive=transductive or vae is not None,
        )
    return ruled


def _clear_gain(table, methods):
    """Returns (Method, sentence): that with the largest clear gain, or the first."""
    rest = table.dropna(subset="difference")
    clear = rest[rest["difference_low"] > 0]
    best = (rest if clear.empty else clear)["difference"].idxmax()
    interval = in_brackets(
        *rest.loc[best, ["difference", "difference_low", "difference_high"]], sign="+"
    )
    if clear.empty:
        return methods[0], (
            f"No gain is clear; the best, {best!r}, changes the score by {interval} in "
            "cross-validation."
        )
    (chosen,) = (method for method in methods if method.name == best)
    return chosen, f"{best!r} changes the score by {interval} in cross-validation."


def _by_rule(x, y, names):
    """Returns a Selection where a class has too few rows to judge by, else None."""
    counts = np.bincount(y[y >= 0])
    if counts.min() >= ROWS_TO_JUDGE:
        return None
    c = int(counts.argmin())
    few = (
        f"Class {names[c]} has {counts[c]} labelled rows; with fewer than "
        f"{ROWS_TO_JUDGE}"
    )
    if x.ndim == 2:
        return Selection(METHODS[BASELINE], f"{few} tables stay as they are.")
    if (y < 0).any():
        (method,) = spreading(y, image=True)
        return Selection(method, f"{few} labels spread to the unlabelled images.")
    return Selection(METHODS[SHIFTS], f"{few} images are shifted and rotated.")
