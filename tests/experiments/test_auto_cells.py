"""A bundle of `method="auto"` on PROBEN1's made-up files."""

from pathlib import Path

import pandas as pd
import pytest

from kvae.augmentation import Budget, Candidate, Selection
from kvae.data import proben1
from kvae.experiments import (
    AUTO,
    BASELINE,
    auto_cells,
    default_settings,
    load_table,
    train_auto_cells,
)

DUMMY = str(Path(proben1.__file__).parent / "dummy_data")
WHERE = {"data_dir": None, "manual_dir": DUMMY}
BUDGET = Budget(folds=2, repeats=1, steps=20, vae_steps=20)


@pytest.fixture
def train():
    settings = default_settings(load_table("proben1/card1", **WHERE)).quick()

    def train(**kwargs):
        rows = train_auto_cells(
            "proben1/card1", WHERE, 2, [0, 1], settings, BUDGET, **kwargs
        )
        return pd.DataFrame(rows).set_index(["method", "seed"])

    return train


def test_where_nothing_is_chosen_auto_is_the_baseline(train, monkeypatch):
    none = Selection(Candidate("none"), "no gain is clear")
    monkeypatch.setattr(auto_cells, "choose", lambda table, own: none)
    rows = train()
    assert rows.loc[AUTO, "chosen"].tolist() == ["none", "none"]
    same = rows.loc[AUTO, "weighted_f1"] == rows.loc[BASELINE, "weighted_f1"]
    assert same.all()


def test_what_is_chosen_is_trained_and_named(train, monkeypatch):
    chosen = Selection(Candidate("it", "propagate", "single"), "a clear gain")
    monkeypatch.setattr(auto_cells, "choose", lambda table, own: chosen)
    rows = train(development=True)
    assert rows.loc[AUTO, "chosen"].tolist() == ["it", "it"]
    assert rows["data"].str.endswith("development").all()
    assert rows["weighted_f1"].between(0, 1).all()
