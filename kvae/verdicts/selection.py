"""`method="auto"`: which way to augment, if any, judged inside the labelled rows."""

import dataclasses
import time

import numpy as np
import pandas as pd
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from kvae import templates
from kvae.augmentation.methods import BASELINE, METHODS, SHIFTS, Method, spreading
from kvae.checks import as_labels, expect_confidence
from kvae.data.guarded import Rows
from kvae.evaluation.tables import in_brackets, readable
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
from kvae.verdicts.known_gains import KNOWN_GAINS, ROWS_TO_OUTWEIGH, WORTHWHILE
from kvae.verdicts.verdict import family_wise

ROWS_TO_JUDGE = 5  # of the smallest class; with fewer a rule decides
CONFIDENCE = 0.95
DIFFERENCE = ["difference", "difference_low", "difference_high"]


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

    def _repr_html_(self):
        tables = [] if self.table is None else [readable(self.table)]
        return templates.summary(self.method.name, self.reason, tables=tables)

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
    """Chooses how to augment: the real rows alone unless there is reason to.

    Ways to augment, and those in which unlabelled rows teach a classifier
    (`learning_methods`), are compared alike: each method is cross-validated inside the
    labelled rows (`cross_validate`). Of those whose gain over the baseline is clear,
    its interval above 0 though it is widened for the number of methods, the one with
    the largest gain is chosen.

    Few rows cannot show a gain of 0.02; other tables can. So where no gain is clear, a
    method that gained on other tables (`kvae.verdicts.known_gains`; of all methods
    only self-training has) is chosen where that and what these rows tell make a gain of
    0.01 or more likelier than not. With fewer than 200 labelled rows nothing is
    cross-validated then, since it would hardly change the choice.

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
        confidence: float in (0, 1), of the intervals of all methods together.
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
    candidates = expect_methods(methods, *checked[0][:2]) if methods else ()
    known = _known_gains(candidates, scoring)
    ruled = [
        _by_rule(x, y, names, known, classifier=classifier) for x, y, names in checked
    ]
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
        each = family_wise(confidence, len(methods))
        table = found.compare(each, scoring)
        chosen, reason = _choice(table, methods, known, each)
        ruled[i] = Selection(
            chosen,
            reason,
            table=table,
            seconds=found.seconds,
            classifier=classifier,
            transductive=transductive or vae is not None,
        )
    return ruled


def _known_gains(methods, scoring):
    """Returns {name: (Method, KnownGain)} of what gained elsewhere, by weighted F1."""
    if scoring is not None:
        return {}
    return {m.name: (m, KNOWN_GAINS[m.name]) for m in methods if m.name in KNOWN_GAINS}


def _choice(table, methods, known, confidence):
    """Returns (Method, sentence): a clear gain, else a likely one, else the first."""
    rest = table.dropna(subset="difference")
    clear = rest[rest["difference_low"] > 0]
    best = (rest if clear.empty else clear)["difference"].idxmax()
    if not clear.empty:
        (chosen,) = (method for method in methods if method.name == best)
        found = _interval(rest.loc[best])
        return chosen, f"{best!r} changes the score by {found} in cross-validation."
    likely = {
        name: gain.weighed_with(*rest.loc[name, DIFFERENCE], confidence)
        for name, (_, gain) in known.items()
    }
    name = max(likely, key=likely.get, default=None)
    if name is not None and likely[name] >= WORTHWHILE:
        method, gain = known[name]
        return method, (
            f"No gain is clear. {name!r} changed the score by {gain} on "
            f"other tables and by {_interval(rest.loc[name])} in cross-validation of "
            f"these rows: {likely[name]:+.3f} is to be expected."
        )
    return methods[0], (
        f"No gain is clear; the best, {best!r}, changes the score by "
        f"{_interval(rest.loc[best])} in cross-validation."
    )


def _interval(row):
    return in_brackets(*row[DIFFERENCE], sign="+")


def _by_rule(x, y, names, known, classifier):
    """Returns a Selection where there are too few rows to judge by, else None."""
    counts, some = np.bincount(y[y >= 0]), (y < 0).any()
    table = x.ndim == 2 and counts.min() >= ROWS_TO_JUDGE
    if table and some and known and counts.sum() < ROWS_TO_OUTWEIGH:
        name = max(known, key=lambda name: known[name][1].mean)
        method, gain = known[name]
        reason = (
            f"With {counts.sum()} labelled rows cross-validation would hardly outweigh "
            f"what is known: {name!r} changed the score by {gain} on other "
            "tables with unlabelled rows."
        )
        return Selection(method, reason, classifier=classifier)
    if counts.min() >= ROWS_TO_JUDGE:
        return None
    c = int(counts.argmin())
    few = (
        f"Class {names[c]} has {counts[c]} labelled rows; with fewer than "
        f"{ROWS_TO_JUDGE}"
    )
    if x.ndim == 2:
        return Selection(METHODS[BASELINE], f"{few} tables stay as they are.")
    if some:
        (method,) = spreading(y, image=True)
        return Selection(method, f"{few} labels spread to the unlabelled images.")
    return Selection(METHODS[SHIFTS], f"{few} images are shifted and rotated.")
