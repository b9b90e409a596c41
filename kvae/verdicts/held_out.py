"""What cross-validated predictions tell about the difference of two methods."""

import dataclasses

import numpy as np
import pandas as pd
from scipy import stats
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.metrics import get_scorer

from kvae.checks import expect_confidence, expect_shape
from kvae.evaluation.statistics import holm

# Groups of rows that are left out in turn; more of them would only cost time.
MOST_GROUPS = 100


def compare_held_out(
    true, predicted, methods, folds, confidence=0.95, scoring=None, part=None
):
    """Compares methods by their predictions for rows they were not trained on.

    The predictions of all parts are pooled, so that a score is one of all rows, and
    averaged over repeats. The standard error of a difference comes from leaving rows
    out of the score in turn (jackknife). It is widened by folds / (folds - 1), because
    the parts were trained on overlapping rows (Nadeau and Bengio's correction for many
    repeats), and by the noise of splitting and training: the spread over repeats, or
    what the spread over parts has above that of their rows, with folds - 1 degrees of
    freedom for each repeat. Repeats share their rows: more of them take the noise of
    splitting and training away, not that of having few rows. Where methods predict the
    same for all rows, the error of one row remains (Agresti and Min add half a row to
    each kind of pair): that they agree on twelve rows does not prove that they always
    do.

    Args:
        true: int array (N,), labels of the rows held out.
        predicted: int array (M, R, N): labels by M methods in R repeats. The first
            method is the baseline.
        methods: list of M str.
        folds: int, parts of the cross-validation.
        confidence: float in (0, 1).
        scoring: name of a scikit-learn scorer that needs labels alone, or a function
            (true, predicted) -> float, larger is better, from 0 to 1; it is given class
            indices. By default weighted F1.
        part: optional int array (R, N), 0 ... folds - 1, the part of each row in each
            repeat; without it rows of a part count as if each had a model of its own.

    Returns:
        DataFrame as from `compare`: mean, difference, difference_low, difference_high,
        p (two-sided, Holm-corrected), and runs, which here counts rows.

    Raises:
        ValueError: where the arrays do not fit, the scorer is unknown, or the
            confidence is not between 0 and 1.

    Example:
        >>> true = np.tile([0, 1], 20)
        >>> table = compare_held_out(
        ...     true, np.stack([[1 - true], [true]]), ["none", "noise"], folds=5
        ... )
        >>> float(table.loc["noise", "difference"])
        1.0

    Reference:
        Efron and Stein 1981, The Jackknife Estimate of Variance; Nadeau and Bengio
        2003, Inference for the Generalization Error; Agresti and Min 2005, Simple
        Improved Confidence Intervals for Comparing Matched Proportions.
    """
    expect_confidence("compare_held_out", confidence)
    true, predicted = np.asarray(true), np.asarray(predicted)
    shape = (len(methods), None, len(true))
    expect_shape("compare_held_out", "(M, R, N)", predicted.shape, shape)
    scores, left_out = _scores(true, predicted, scoring)  # (M, R), (M, R, G)
    of_parts = None
    if part is not None:
        of_parts = _scores_of_parts(true, predicted, np.asarray(part), scoring=scoring)
    rows = {methods[0]: {"mean": scores[0].mean(), "runs": len(true)}}
    for m, method in enumerate(methods[1:], start=1):
        each = scores[m] - scores[0]
        without = left_out[m] - left_out[0]
        parts = None if of_parts is None else of_parts[m] - of_parts[0]
        error, freedom = _error(each, without, parts=parts, folds=folds)
        error = max(error, 1 / (len(true) + 2))
        half = error * stats.t.ppf((1 + confidence) / 2, freedom)
        difference = each.mean()
        rows[method] = {
            "mean": scores[m].mean(),
            "difference": difference,
            "difference_low": difference - half,
            "difference_high": difference + half,
            "p": 2 * stats.t.sf(abs(difference) / error, freedom),
            "runs": len(true),
        }
    table = pd.DataFrame.from_dict(rows, orient="index")
    if "p" in table:
        table["p"] = holm(table["p"])
    return table


def _error(each, without, parts, folds):
    """Returns the standard error of a difference, and its degrees of freedom.

    Args:
        each: float array (R,), the difference in each repeat.
        without: float array (R, G), the same without each group of rows.
        parts: float array (R, folds), of each part alone; None where not known.
        folds: int.
    """
    repeats, groups = without.shape
    widening, freedom = folds / max(folds - 1, 1), groups - 1
    of_rows = (groups - 1) * without.mean(axis=0).var()
    split_noise = each.var(ddof=1) / repeats if repeats > 1 else 0.0
    if parts is not None:
        of_rows_alone = (groups - 1) * without.var(axis=1).mean()
        of_part = parts.var(axis=1, ddof=1).mean() / folds
        if of_part > of_rows_alone:  # rows of a part share a model that is off
            training = widening * (of_part - of_rows_alone) / repeats
            split_noise = max(split_noise, training)
            freedom = min(freedom, repeats * (folds - 1))
    return np.sqrt(widening * of_rows + split_noise), freedom


def _scores_of_parts(true, predicted, part, scoring):
    """Returns the scores (M, R, folds) of each part of each repeat alone."""
    expect_shape("compare_held_out", "(R, N) of part", part.shape, predicted.shape[1:])
    if scoring is None:
        return _weighted_f1_of_parts(true, predicted, part)
    function = _function(scoring)
    scores = np.empty((*predicted.shape[:2], part.max() + 1))
    for m, repeat, fold in np.ndindex(scores.shape):
        in_part = part[repeat] == fold
        scores[m, repeat, fold] = function(true[in_part], predicted[m, repeat, in_part])
    return scores


def _weighted_f1_of_parts(true, predicted, part):
    """The same for weighted F1, from counts: scikit-learn takes 5 ms a part."""
    classes = np.arange(max(true.max(), predicted.max()) + 1)
    is_true = (true[:, None] == classes).astype(float)  # (N, K)
    scores = np.empty((*predicted.shape[:2], part.max() + 1))
    for m, repeat in np.ndindex(predicted.shape[:2]):
        folds = np.arange(scores.shape[-1])[:, None]
        member = (part[repeat] == folds).astype(float)  # (folds, N)
        is_predicted = (predicted[m, repeat][:, None] == classes).astype(float)
        counts = is_predicted * is_true, is_predicted, is_true
        scores[m, repeat] = _f1(*(member @ count for count in counts))
    return scores


def _scores(true, predicted, scoring):
    """Returns the scores (M, R) of all rows, and (M, R, G) without each group."""
    groups = min(len(true), MOST_GROUPS)
    # Rows in the order of their labels: each group is like the whole.
    group = np.empty(len(true), int)
    group[np.argsort(true, kind="stable")] = np.arange(len(true)) % groups
    if scoring is None:
        return _weighted_f1(true, predicted, group)
    function = _function(scoring)
    shape = predicted.shape[:2]
    flat = predicted.reshape(-1, len(true))
    whole = [function(true, labels) for labels in flat]
    kept = [group != g for g in range(groups)]
    left_out = [[function(true[k], labels[k]) for k in kept] for labels in flat]
    return np.reshape(whole, shape), np.reshape(left_out, (*shape, groups))


def _weighted_f1(true, predicted, group):
    """The same for weighted F1, from counts that groups are taken away from."""
    classes = np.arange(max(true.max(), predicted.max()) + 1)
    is_true = (true[:, None] == classes).astype(float)  # (N, K)
    member = (group == np.arange(group.max() + 1)[:, None]).astype(float)  # (G, N)
    counts_true = is_true.sum(axis=0), member @ is_true
    shape = predicted.shape[:2]
    scores, left_out = np.empty(shape), np.empty((*shape, len(member)))
    for place in np.ndindex(shape):
        is_predicted = (predicted[place][:, None] == classes).astype(float)
        hits = is_predicted * is_true
        whole = hits.sum(axis=0), is_predicted.sum(axis=0), counts_true[0]
        gone = member @ hits, member @ is_predicted, counts_true[1]
        scores[place] = _f1(*whole)
        left_out[place] = _f1(*(a - b for a, b in zip(whole, gone, strict=True)))
    return scores, left_out


def _f1(hits, predicted, true):
    """Returns weighted F1 from counts of rows (..., K)."""
    total = predicted + true
    f1 = 2 * hits / np.where(total > 0, total, 1)
    return (f1 * true).sum(axis=-1) / true.sum(axis=-1)


def expect_scoring(scoring):
    """Raises ValueError unless it is None, a function, or a scorer of labels alone."""
    if scoring is None or callable(scoring):
        return
    true = np.arange(4) % 2
    try:
        _function(scoring)(true, true)
    except (AttributeError, TypeError) as error:
        raise ValueError(
            f"scoring expects a scorer of predicted labels alone, such as "
            f"'balanced_accuracy'. Received: {scoring!r}, which needs more than "
            "these."
        ) from error


def _function(scoring):
    """Returns (true, predicted) -> float."""
    if callable(scoring):
        return scoring
    scorer = get_scorer(scoring)

    def function(true, predicted):
        classifier = _Predicted(predicted).fit(None, true)
        return scorer(classifier, np.arange(len(true))[:, None], true)

    return function


class _Predicted(ClassifierMixin, BaseEstimator):
    """A classifier for scikit-learn's scorers whose predictions are known already."""

    def __init__(self, labels=None):
        self.labels = labels

    def fit(self, x, y):
        self.classes_ = np.unique(np.concatenate([y, self.labels]))
        return self

    def predict(self, x):
        return self.labels[x[:, 0]]


@dataclasses.dataclass(frozen=True)
class HeldOut:
    """What the classifiers of all methods predicted for rows they had not seen.

    Args:
        methods: tuple of M Method.
        rows: int array (N,), which rows were held out; the only row of a class never
            is.
        true: int array (N,), their labels.
        predicted: int array (M, R, N), labels predicted in each of R repeats.
        part: int array (R, N), the part that each row was held out in.
        folds: int, how many parts.
        seconds: float.
    """

    methods: tuple
    rows: np.ndarray
    true: np.ndarray
    predicted: np.ndarray
    part: np.ndarray
    folds: int
    seconds: float

    def compare(self, confidence=0.95, scoring=None):
        """Returns the table of `compare_held_out`, each interval taken alone."""
        return compare_held_out(
            self.true,
            self.predicted,
            methods=[method.name for method in self.methods],
            folds=self.folds,
            confidence=confidence,
            scoring=scoring,
            part=self.part,
        )
