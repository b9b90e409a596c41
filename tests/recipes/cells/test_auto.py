"""Bundles of `method="auto"`, on PROBEN1's made-up files and on digits."""

import dataclasses
from pathlib import Path

import pandas as pd
import pytest

import kvae
from kvae.augmentation.methods import Candidate
from kvae.data import proben1
from kvae.experiments.protocol import BASELINE, default_settings
from kvae.training.budget import Budget
from kvae.training.vaes import VAESettings
from kvae.verdicts.selection import Selection
from recipes.cells import auto as auto_cells
from recipes.cells.auto import AUTO, train_auto_cells, train_auto_image_cell
from recipes.cells.tables import load_table

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


def test_auto_on_images_trains_what_was_chosen(tmp_path):
    """With two images per class a rule chooses: labels spread."""
    settings = dataclasses.replace(
        default_settings(kvae.load("digits")),
        steps=60,
        single_vae=VAESettings(16, 0.2, (64,), "bernoulli", 64, 200),
    )
    where = {"data": "digits", "data_dir": None, "development": 300}
    (row,) = train_auto_image_cell(where, 2, 1000, settings, BUDGET, tmp_path)
    assert (row["chosen"], row["method"]) == ("propagate", AUTO)
    assert "Class 0 has 2 labelled rows" in row["reason"]
    assert 0.4 < row["weighted_f1"] <= 1
