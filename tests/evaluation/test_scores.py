import numpy as np
import pytest
from sklearn import metrics

from kvae.evaluation.scores import SCORES, score


def test_agrees_with_scikit_learn():
    stream = np.random.default_rng(0)
    y_true, y_pred = stream.integers(0, 4, size=(2, 200))
    result = score(y_true, y_pred, num_classes=4)
    assert tuple(result) == SCORES
    expected = {
        "weighted_f1": metrics.f1_score(y_true, y_pred, average="weighted"),
        "accuracy": metrics.accuracy_score(y_true, y_pred),
        "macro_f1": metrics.f1_score(y_true, y_pred, average="macro"),
        "balanced_accuracy": metrics.balanced_accuracy_score(y_true, y_pred),
        "smallest_recall": metrics.recall_score(y_true, y_pred, average=None).min(),
    }
    assert result == pytest.approx(expected)


def test_all_classes_count_in_the_macro_f1():
    result = score([0, 0, 1, 1], [0, 0, 1, 1], num_classes=4)
    assert result["macro_f1"] == 0.5
    assert result["weighted_f1"] == result["balanced_accuracy"] == 1.0


def test_a_class_never_predicted_costs_its_share():
    result = score([0, 0, 0, 1], [0, 0, 0, 0], num_classes=2)
    assert result["smallest_recall"] == 0.0
    assert result["weighted_f1"] == pytest.approx(0.75 * 6 / 7)


def test_says_what_is_wrong():
    with pytest.raises(ValueError, match="score expects"):
        score([0, 1], [0, 1, 1], num_classes=2)
    with pytest.raises(ValueError, match="at least one row"):
        score([], [], num_classes=2)
