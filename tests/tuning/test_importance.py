import importlib

import numpy as np
import pandas as pd
import pytest

from kvae.tuning import importance


@pytest.fixture(autouse=True)
def few_trees(monkeypatch):
    # The package has a function of the module's name.
    module = importlib.import_module("kvae.tuning.importance")
    monkeypatch.setattr(module, "TREES", 40)
    monkeypatch.setattr(module, "SHUFFLES", 10)


def trials(n=20, seed=0):
    """Trials whose score depends on the learning rate and hardly on the units."""
    stream = np.random.default_rng(seed)
    table = pd.DataFrame(
        {
            "trial": [f"{i:02}" for i in range(n)],
            "units": stream.integers(16, 512, n),
            "learning_rate": stream.uniform(0.0, 1.0, n),
            "sampler": stream.choice(["noise", "normal"], n),
            "failure": None,
        }
    )
    score = table["learning_rate"] + stream.normal(0, 0.02, n)
    return table.assign(score=score).sort_values("score", ascending=False)


def test_what_matters_comes_first_and_the_rest_far_behind():
    table = trials()
    found = importance(table)
    assert found.index[0] == "learning_rate"
    assert found["importance"].iloc[0] > 0.5
    assert (found["importance"].iloc[1:] < 0.1).all()
    assert (found["low"] <= found["importance"]).all()
    assert (found["importance"] <= found["high"]).all()
    assert found.loc["learning_rate", "best"] == table["learning_rate"].iloc[0]


def test_nothing_matters_to_scores_that_are_chance():
    for seed in range(3):
        table = trials(40, seed)
        table["score"] = np.random.default_rng(100 + seed).normal(size=40)
        assert (importance(table)["importance"] < 0.15).all()


def test_a_word_can_matter():
    table = trials()
    table["score"] = table["sampler"].map({"noise": 0.1, "normal": 0.9})
    assert importance(table).index[0] == "sampler"


def test_seven_trials_tell_nothing_and_eight_do():
    assert importance(trials(7)).empty
    assert len(importance(trials(8))) == 3


def test_trials_that_failed_do_not_count():
    table = trials(10)
    table.loc[table.index[-3:], "score"] = None
    assert importance(table).empty


def test_a_hyperparameter_that_some_trials_lack_is_counted_with_its_holes():
    table = trials()
    table.loc[table["sampler"] == "normal", "units"] = None
    assert set(importance(table).index) == {"units", "learning_rate", "sampler"}


def test_what_never_varies_is_left_out_and_equal_scores_tell_nothing():
    assert "sampler" not in importance(trials().assign(sampler="noise")).index
    assert importance(trials().assign(score=0.5)).empty


def test_the_same_seed_gives_the_same_table():
    pd.testing.assert_frame_equal(importance(trials()), importance(trials()))
