"""Bundles of `method="auto"`, on PROBEN1's made-up files and on digits."""

import dataclasses
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import kvae
from kvae.augmentation import methods
from kvae.augmentation.methods import BASELINE, SMOTE, Method, automatic_methods
from kvae.data import proben1
from kvae.experiments.protocol import default_settings
from kvae.training.budget import Budget
from kvae.training.vaes import VAESettings
from kvae.verdicts.selection import Selection
from recipes.cells import auto as auto_cells
from recipes.cells.auto import AUTO, train_auto_cells, train_auto_image_cell
from recipes.cells.tables import load_table

DATA = "proben1/card1"
WHERE = {
    "data_dir": None,
    "manual_dir": str(Path(proben1.__file__).parent / "dummy_data"),
}
BUDGET = Budget(folds=2, repeats=1, steps=20, vae_steps=20)
METHODS = (BASELINE, SMOTE, AUTO)
SCORES = ["accuracy", "weighted_f1", "balanced_accuracy"]


@pytest.fixture
def train():
    def train(names=METHODS, **kwargs):
        found = train_auto_cells(
            data=DATA,
            shots=2,
            seeds=[0, 1],
            budget=BUDGET,
            cells=[{"method": name} for name in names],
            **WHERE,
            **kwargs,
        )
        for name, rows in zip(names, found, strict=True):
            assert [row["method"] for row in rows] == [name, name]
        rows = pd.DataFrame([row for rows in found for row in rows])
        return rows.set_index(["method", "seed"])

    return train


@pytest.fixture
def choose(monkeypatch):
    """Replaces the choice by a method; returns a list of the problems it was asked."""

    def choose(method):
        asked = []

        def select_all(problems, methods, **settings):
            asked.extend(problems)
            assert methods == automatic_methods(problems[0][1], image=False)
            assert settings == {"budget": BUDGET, "unlabelled": -1}
            return [Selection(method, "so said the test") for _ in problems]

        monkeypatch.setattr(auto_cells, "select_all", select_all)
        return asked

    return choose


def test_where_nothing_is_chosen_auto_is_the_baseline(train, choose):
    choose(Method(BASELINE))
    rows = train()
    assert rows.loc[AUTO, "chosen"].tolist() == [BASELINE, BASELINE]
    assert rows.loc[BASELINE, "chosen"].isna().all()
    same = rows.loc[AUTO, "weighted_f1"] == rows.loc[BASELINE, "weighted_f1"]
    assert same.all()


@pytest.mark.parametrize("name", ["propagate", "posterior", "self-training"])
def test_what_is_chosen_is_trained_and_named(train, choose, name):
    choose(methods.METHODS[name])
    rows = train(development=True)
    assert rows.loc[AUTO, "chosen"].tolist() == [name, name]
    assert rows["data"].str.endswith("development").all()
    assert rows["weighted_f1"].between(0, 1).all()


def test_what_is_chosen_is_scored_as_if_it_had_been_asked_for(train, choose):
    choose(methods.METHODS[SMOTE])
    rows = train((SMOTE, AUTO))
    pd.testing.assert_frame_equal(rows.loc[AUTO, SCORES], rows.loc[SMOTE, SCORES])


def test_the_choice_sees_the_labels_of_the_drawn_rows_alone(train, choose):
    asked = choose(Method(BASELINE))
    train((AUTO,))
    source = load_table(DATA, **WHERE)
    assert [seed for _, _, seed in asked] == [0, 1]
    for x, y, seed in asked:
        np.testing.assert_array_equal(x, source.train.x)
        labelled = kvae.few_shot(source, 2, seed).labelled
        np.testing.assert_array_equal(np.flatnonzero(y >= 0), np.sort(labelled))
        np.testing.assert_array_equal(y[labelled], source.train.y[labelled])


def test_a_cell_is_the_same_in_any_company(train, choose):
    asked = choose(Method(BASELINE))
    every, alone = train(), train((SMOTE,))
    assert len(asked) == 2  # nothing is chosen where auto is not missing
    expected = every.loc[[SMOTE], SCORES]
    pd.testing.assert_frame_equal(alone[SCORES], expected, atol=1e-6)


def test_the_choice_itself_runs(train):
    """With two rows per class a rule chooses: tables stay as they are."""
    rows = train((AUTO,))
    assert rows["chosen"].tolist() == [BASELINE, BASELINE]


def test_auto_on_images_trains_what_was_chosen(tmp_path):
    """With two images per class a rule chooses: labels spread."""
    settings = dataclasses.replace(
        default_settings(kvae.load("digits")),
        steps=60,
        single_vae=VAESettings(
            latent_dim=16,
            beta=0.2,
            hidden_units=(64,),
            reconstruction="bernoulli",
            batch_size=64,
            steps=200,
        ),
    )
    ((row,),) = train_auto_image_cell(
        data="digits",
        shots=2,
        seed=1000,
        settings=settings,
        budget=BUDGET,
        cells=[{"method": AUTO}],
        cache=tmp_path,
    )
    assert (row["chosen"], row["method"]) == ("propagate", AUTO)
    assert "Class 0 has 2 labelled rows" in row["reason"]
    assert 0.4 < row["weighted_f1"] <= 1
