"""Scoring opens the test rows, and nothing else does."""

import numpy as np
import pytest

import kvae
from kvae.evaluation.scores import score
from kvae.experiments.scoring import score_on_test


def test_scores_what_classifiers_say_of_the_test_rows_in_full_precision():
    source = kvae.load("wine")
    truth = source.guarded_test.y
    wrong = (truth + 1) % 3
    seen = []

    def predict(x):
        seen.append(x)
        return [truth, np.where(np.arange(len(truth)) < 7, wrong, truth)]

    rows, hits = score_on_test(source, predict, [{"seed": 0}, {"seed": 1}])
    np.testing.assert_array_equal(seen[0], source.guarded_test.x)
    assert rows[0] == {"seed": 0, **dict.fromkeys(score(truth, truth, 3), 1.0)}
    accuracy = 1 - 7 / len(truth)
    assert rows[1]["accuracy"] == pytest.approx(accuracy, abs=1e-12)
    assert (~hits).sum(axis=1).tolist() == [0, 7]


def test_afterwards_the_test_rows_are_closed_again():
    source = kvae.load("wine")
    with pytest.raises(RuntimeError, match="for scoring only"):
        source.test  # noqa: B018
    with pytest.raises(ZeroDivisionError):
        score_on_test(source, lambda x: 1 / 0, [])
    with pytest.raises(RuntimeError, match="for scoring only"):
        source.test  # noqa: B018


def test_a_row_is_asked_for_each_classifier():
    source = kvae.load("wine")
    with pytest.raises(ValueError, match="zip"):
        score_on_test(source, lambda x: [np.zeros(len(x), int)], [{}, {}])
