import numpy as np
import pytest
from sklearn.metrics import balanced_accuracy_score

from kvae.evaluation.disentanglement.chance import mean_recall


@pytest.mark.parametrize("adjusted", [True, False])
def test_agrees_with_scikit_learn(adjusted):
    stream = np.random.default_rng(0)
    y_true, y_pred = stream.integers(5, size=(2, 300))
    expected = balanced_accuracy_score(y_true, y_pred, adjusted=adjusted)
    assert mean_recall(y_true, y_pred, adjusted) == pytest.approx(expected)


def test_a_level_that_was_only_predicted_is_no_level():
    assert mean_recall(np.array([0, 0, 2, 2]), np.array([0, 1, 2, 5])) == 0
    assert mean_recall(np.array([3, 3]), np.array([3, 1])) == 0.5
