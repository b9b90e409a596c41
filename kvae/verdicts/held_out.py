"""What cross-validated predictions tell about the difference of two methods."""

import dataclasses

import numpy as np
import pandas as pd
from scipy import stats

from kvae.checks import expect_confidence, expect_shape
from kvae.evaluation.statistics import holm
from kvae.verdicts.influences import row_influences, standard_error


def compare_held_out(
    true, predicted, methods, confidence=0.95, scoring=None, part=None
):
    """Compares methods by their predictions for rows they were not trained on.

    The predictions of all parts are pooled, so that a score is one of all rows, and
    averaged over repeats; intervals are Student's t with the `standard_error` of the
    difference. Repeats share their rows: more of them take the noise of splitting and
    training away, not that of having few rows.

    The interval is for the difference to expect on average over other tables of as many
    rows, drawn like this one, when (folds - 1) / folds of them teach: not for what
    these very models, or one of all rows, would score. It needs methods that learn
    nearly the same from nearly the same rows. For unsteady ones, such as trees of one
    split, it is too narrow where there are many repeats: 95 % intervals of ten held the
    truth in 81 to 86 % of simulated tables.

    Args:
        true: int array (N,), labels of the rows held out.
        predicted: int array (M, R, N): labels by M methods in R repeats. The first
            method is the baseline.
        methods: list of M str.
        confidence: float in (0, 1).
        scoring: name of a scikit-learn scorer that needs labels alone, or a function
            (true, predicted) -> float that does not depend on the order of rows; larger
            is better, from 0 to 1; it is given class indices. By default weighted F1.
        part: optional int array (R, N), 0 ... folds - 1, the part of each row in each
            repeat.

    Returns:
        DataFrame as from `compare`: mean, difference, difference_low, difference_high,
        p (two-sided, Holm-corrected, where intervals are each taken alone), and runs,
        which here counts rows.

    Raises:
        ValueError: where the arrays do not fit, the scorer is unknown, or the
            confidence is not between 0 and 1.

    Example:
        >>> true = np.tile([0, 1], 20)
        >>> table = compare_held_out(
        ...     true, np.stack([[1 - true], [true]]), ["none", "noise"]
        ... )
        >>> float(table.loc["noise", "difference"])
        1.0
    """
    expect_confidence("compare_held_out", confidence)
    true, predicted = np.asarray(true), np.asarray(predicted)
    shape = (len(methods), None, len(true))
    expect_shape("compare_held_out", "(M, R, N)", predicted.shape, shape)
    if part is not None:
        part = np.asarray(part)
        expected = predicted.shape[1:]
        expect_shape("compare_held_out", "(R, N) of part", part.shape, expected)
    scores, influences = row_influences(true, predicted, scoring)
    rows = {methods[0]: {"mean": scores[0].mean(), "runs": len(true)}}
    for m, method in enumerate(methods[1:], start=1):
        each = scores[m] - scores[0]
        influence = influences[m] - influences[0]
        error, freedom = standard_error(each, influence, part)
        quantile = stats.t.ppf((1 + confidence) / 2, freedom)
        difference = each.mean()
        rows[method] = {
            "mean": scores[m].mean(),
            "difference": difference,
            "difference_low": difference - quantile * error,
            "difference_high": difference + quantile * error,
            "p": 2 * stats.t.sf(abs(difference) / error, freedom),
            "runs": len(true),
        }
    table = pd.DataFrame.from_dict(rows, orient="index")
    if "p" in table:
        table["p"] = holm(table["p"])
    return table


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
            confidence=confidence,
            scoring=scoring,
            part=self.part,
        )
