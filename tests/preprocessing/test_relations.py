"""Columns that determine each other, or are in order."""

import numpy as np
import pandas as pd
import pytest

from kvae.preprocessing import relations
from kvae.preprocessing.relations import (
    determined_pairs,
    disordered,
    in_order,
    ordered_pairs,
    unseen,
)

RNG = np.random.default_rng(0)
LETTERS = RNG.choice(list("abcd"), 60)


@pytest.mark.parametrize(
    ("other", "found"),
    [
        ([ord(letter) for letter in LETTERS], True),  # each its number
        ([letter in "ab" for letter in LETTERS], True),  # one determines the other
        (RNG.choice(list("xyz"), 60), False),
        (np.arange(60), False),  # of values without a second row anything is true
        (RNG.normal(size=60), False),
        ([None if letter == "a" else letter for letter in LETTERS], True),  # holes
        (["same"] * 60, False),
        ([[1]] * 60, False),
    ],
)
def test_finds_columns_of_which_one_determines_the_other(other, found):
    frame = pd.DataFrame({"letter": LETTERS, "other": other})
    assert determined_pairs(frame) == ([("letter", "other")] if found else [])


def test_of_few_rows_nothing_is_said():
    frame = pd.DataFrame({"a": [1, 2] * 5, "b": [3, 4] * 5, "c": [5, 6] * 5})
    assert determined_pairs(frame) == ordered_pairs(frame) == []


START = RNG.integers(0, 100, 60)


@pytest.mark.parametrize(
    ("low", "high", "found"),
    [
        (START, START + RNG.integers(0, 20, 60), True),
        (pd.to_datetime(START, unit="D"), pd.to_datetime(START + 3, unit="D"), True),
        (START / 7, START / 3, True),
        (START, START + 1000, False),  # any two rows are in order
        (START, START, False),
        (START, 100 - START, False),
        (RNG.random(60) > 0.5, START, False),
        (START, pd.to_datetime(START, unit="D"), False),
    ],
)
def test_finds_columns_in_order(low, high, found):
    frame = pd.DataFrame({"high": high, "low": low})
    assert ordered_pairs(frame) == ([("low", "high")] if found else [])


def test_holes_are_in_order():
    frame = pd.DataFrame({"low": [1.0, 5.0, np.nan], "high": [2.0, 3.0, 1.0]})
    assert disordered(frame, [("low", "high")]).iloc[:, 0].tolist() == [0, 1, 0]


def test_an_exchange_ends_with_every_pair_in_order():
    frame = pd.DataFrame({"a": [3, 1, 2], "b": [2, 2, 3], "c": [1, 3, 1]})
    pairs = [("a", "b"), ("b", "c"), ("a", "c")]
    ordered = in_order(frame, pairs)
    assert not disordered(ordered, pairs).to_numpy().any()
    assert ordered.sum(axis=1).tolist() == frame.sum(axis=1).tolist()
    assert ordered.dtypes.tolist() == frame.dtypes.tolist()


def test_counts_pairs_that_were_never_seen():
    real = pd.DataFrame({"a": ["x", "y"], "b": [1, 2]})
    new = pd.DataFrame({"a": ["x", "x", None], "b": [1, 2, 1]})
    assert unseen(real, new, [("a", "b")]).iloc[:, 0].tolist() == [False, True, False]


def test_each_column_is_read_once_and_of_a_wide_table_only_the_first(monkeypatch):
    read = []
    numbers = relations._numbers
    monkeypatch.setattr(
        relations, "_numbers", lambda column: read.append(column) or numbers(column)
    )
    frame = pd.DataFrame(np.arange(40)[:, None] + np.arange(300))
    assert (0, 1) in relations.ordered_pairs(frame)
    assert len(read) == relations.MOST_COLUMNS
