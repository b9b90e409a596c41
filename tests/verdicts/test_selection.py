import dataclasses

import numpy as np
import pandas as pd
import pytest

from kvae.augmentation.methods import Candidate
from kvae.training.budget import Budget
from kvae.verdicts.selection import choose, select

SMALL = Budget(folds=3, repeats=2, steps=60, vae_steps=30)
THREE = (Candidate("none"), Candidate("a", "SMOTE"), Candidate("b", "input noise"))


def table(a, b):
    rows = {"none": {}, "a": a, "b": b}
    names = ("difference", "difference_low", "difference_high")
    rows = {k: dict(zip(names, v, strict=True)) if v else {} for k, v in rows.items()}
    return pd.DataFrame.from_dict(rows, orient="index", columns=names)


def test_a_clear_gain_wins_over_a_larger_unclear_one():
    chosen = choose(table((0.02, 0.01, 0.03), (0.05, -0.01, 0.11)), THREE)
    assert chosen.candidate.name == "a"
    assert chosen.reason.startswith("'a' changes the score by +0.020 [+0.010, +0.030]")


def test_none_unless_a_gain_is_clear():
    chosen = choose(table((0.02, -0.01, 0.05), (-0.1, -0.2, 0.0)), THREE)
    assert chosen.candidate.name == "none"
    assert "the best, 'a'" in chosen.reason


def test_chooses_inside_the_labelled_rows_and_says_why():
    stream = np.random.default_rng(0)
    x, y = stream.normal(size=(24, 3)), np.arange(24) % 2
    chosen = select(x, y, THREE, budget=SMALL)
    assert chosen.candidate in THREE
    assert chosen.table.loc["a", "runs"] == 24
    assert chosen.seconds > 0 and not chosen.transductive
    again = select(x, np.array(["n", "y"])[y], THREE, budget=SMALL)
    pd.testing.assert_frame_equal(again.table, chosen.table)


def test_below_five_rows_in_a_class_a_rule_decides():
    x = np.zeros((8, 3))
    assert select(x, [0, 1] * 4).candidate.name == "none"
    images = np.zeros((8, 8, 8, 1))
    assert select(images, [0, 1] * 4).candidate.method == "shifts"
    some = select(images, [0, 1, None, None] * 2)
    assert some.candidate.method == "propagate"
    assert "fewer than 5 labels spread" in some.reason


def test_out_of_time_nothing_is_chosen_and_that_is_said():
    x, y = np.random.default_rng(0).normal(size=(20, 3)), np.arange(20) % 2
    late = dataclasses.replace(SMALL, seconds=0.0)
    chosen = select(x, y, THREE, budget=late)
    assert chosen.candidate.name == "none"
    assert "Nothing was chosen. Cross-validation was stopped" in chosen.reason


def test_refuses_one_class():
    with pytest.raises(ValueError, match="at least two classes"):
        select(np.zeros((4, 2)), [1] * 4)
