"""Painted labels, doubts, and which row is next."""

import numpy as np
import pytest

from kvae.explorer.labelling import label_table, margins, next_rows, with_painted
from kvae.latent.spreading import Spread

PROBABILITY = np.array(
    [
        [1.0, 0.0, 0.0],
        [0.5, 0.45, 0.05],
        [0.5, 0.46, 0.04],
        [0.1, 0.46, 0.44],
        [0.9, 0.0, 0.1],
        [0.34, 0.33, 0.33],
    ]
)
SPREAD = Spread(PROBABILITY, np.array([0, 0, 0, 1, 0, -1]), np.zeros(6))
LABELS = np.array([0, -1, -1, -1, -1, -1])


def test_the_last_stroke_counts():
    given = np.array([0, 1, -1])
    assert with_painted(given, [(2, 0), (2, 1)]).tolist() == [0, 1, 1]
    assert with_painted(given, [(0, -1)]).tolist() == [-1, 1, -1]
    assert with_painted(given, [(2, 1)], hidden=True).tolist() == [-1, -1, 1]
    assert given.tolist() == [0, 1, -1]


def test_margins_equal_a_loop():
    for row, margin in zip(PROBABILITY, margins(PROBABILITY), strict=True):
        first, second = sorted(row)[::-1][:2]
        assert margin == pytest.approx(first - second)
    assert margins(np.ones((2, 1))).tolist() == [1, 1]


def test_unreached_rows_come_first_then_small_margins_of_different_pairs():
    # Rows 5 and 2 doubt between the same two classes: row 4, of another pair, comes
    # before the second of them.
    assert next_rows(SPREAD, LABELS, 4).tolist() == [5, 3, 4, 2]
    assert next_rows(SPREAD, LABELS, 2).tolist() == [5, 3]


def test_labelled_rows_are_not_proposed():
    assert 0 not in next_rows(SPREAD, LABELS, 10)
    assert len(next_rows(SPREAD, np.zeros(6, int), 3)) == 0


def test_every_label_says_where_it_comes_from():
    labels = np.array([0, -1, 2, -1, -1, -1])
    given = np.array([0, -1, -1, -1, -1, -1])
    table = label_table(SPREAD, labels, given, classes=("a", "b", "c"))
    assert table["label"].tolist() == ["a", "a", "c", "b", "a", ""]
    expected = ["given", "spread", "painted", "spread", "spread", ""]
    assert table["origin"].tolist() == expected
    before = label_table(None, labels, given, classes=("a", "b", "c"))
    assert before["label"].tolist() == ["a", "", "c", "", "", ""]
    assert before["probability"].isna().sum() == 4
