"""A bundle of cells that use unlabelled images: pairing, rivals, what it caches."""

import dataclasses
import re

import numpy as np
import pandas as pd
import pytest

import kvae
from kvae import random
from kvae.augmentation import generate, refined_codes
from kvae.augmentation.methods import BASELINE, PROPAGATE, SHIFTS
from kvae.augmentation.refinement import DrawClassifiers
from kvae.experiments.protocol import default_settings
from kvae.experiments.vae_cache import single_vae
from kvae.training.budget import Budget
from kvae.training.vaes import VAESettings
from recipes.cells import labels as label_cells
from recipes.cells.auto import few_labels
from recipes.cells.labels import (
    DECK_AT_AMOUNT,
    DOUBTED,
    LABEL_METHODS,
    PCA,
    PCA_DOUBTED,
    PROPAGATE_SHIFTS,
    REFINED,
    SAME_LABELS,
    SAME_LABELS_DOUBTED,
    SAME_LABELS_REFINED,
    LabelSettings,
    train_label_cells,
)

LABELS = LabelSettings(
    VAESettings(
        latent_dim=16,
        beta=0.2,
        hidden_units=(64,),
        reconstruction="bernoulli",
        batch_size=64,
        steps=200,
    ),
    amount=20,
)
DOUBTED_METHODS = (DOUBTED, SAME_LABELS_DOUBTED, PCA_DOUBTED)
REFINED_ONCE = tuple(name for name in LABEL_METHODS if name not in DOUBTED_METHODS)


@pytest.fixture(scope="module")
def source():
    return kvae.load("digits").development(300)


@pytest.fixture(scope="module")
def cache(tmp_path_factory):
    return tmp_path_factory.mktemp("vaes")


@pytest.fixture(scope="module")
def train(source, cache):
    default = default_settings(source)

    def train(methods, steps=60):
        found = train_label_cells(
            data="digits",
            shots=5,
            seed=1000,
            settings=dataclasses.replace(default, steps=steps),
            labels=LABELS,
            cells=[{"method": method} for method in methods],
            development=300,
            cache=cache,
        )
        return pd.DataFrame([row for (row,) in found]).set_index("method")

    return train


@pytest.fixture(scope="module")
def cells(train):
    return train(REFINED_ONCE)


def test_a_row_for_each_method_on_the_same_labelled_rows(cells):
    assert cells.index.tolist() == list(REFINED_ONCE)
    assert (cells["shots"] == 5).all()
    assert cells["weighted_f1"].between(0.3, 1).all()
    assert cells.loc[BASELINE, "amount"] == 0
    assert cells["amount"].drop(BASELINE).eq(20).all()


def test_spread_labels_are_mostly_right_and_refined_ones_are_no_worse(cells):
    assert cells.loc[PROPAGATE, "label_accuracy"] > 0.8
    assert cells.loc[PROPAGATE, "label_share"] == 1
    refined = cells.loc[[REFINED, SAME_LABELS_REFINED]]
    assert refined["label_accuracy"].nunique() == 1
    assert refined["label_accuracy"].iloc[0] >= cells.loc[PROPAGATE, "label_accuracy"]
    assert 0.3 < refined["label_share"].iloc[0] <= 1
    assert cells.loc[PCA, "label_accuracy"] > 0.7
    spread_once = cells.loc[[PROPAGATE, PROPAGATE_SHIFTS, SAME_LABELS]]
    assert spread_once["label_accuracy"].nunique() == 1
    no_labels = cells.loc[[BASELINE, SHIFTS, DECK_AT_AMOUNT]]
    assert no_labels[["label_accuracy", "label_share"]].isna().all(axis=None)


def test_vae_and_graphs_are_kept_whole(cells, cache):
    names = sorted(path.name for path in cache.iterdir())
    graphs = [name for name in names if "_graph_" in name]
    assert len(graphs) == 2 and len(names) == 3
    assert all(name.startswith("digits-development_") for name in names)
    assert not [name for name in names if re.match(r"\.\d+\.", name)]
    with np.load(cache / graphs[0]) as graph:
        assert graph["indices"].shape == graph["distances"].shape


def test_doubted_rows_keep_every_label_and_mend_some(cells, train):
    doubted = train(DOUBTED_METHODS, steps=300)
    assert doubted.index.tolist() == list(DOUBTED_METHODS)
    assert (doubted["label_share"] == 1).all()
    assert doubted["label_accuracy"].nunique() == 2
    spread_once = cells.loc[PROPAGATE, "label_accuracy"]
    assert doubted["label_accuracy"].iloc[0] >= spread_once
    assert doubted["weighted_f1"].between(0.3, 1).all()


def test_doubted_rows_are_what_refined_codes_give_a_user(
    source, cache, train, monkeypatch
):
    seen = []
    new_rows = DrawClassifiers.new_rows

    def watched(self, draws):
        seen.append((draws, new_rows(self, draws)))
        return seen[-1][1]

    monkeypatch.setattr(label_cells.DrawClassifiers, "new_rows", watched)
    row = train([DOUBTED]).loc[DOUBTED]
    monkeypatch.undo()
    draws, new = seen[-1]  # of two rounds, and of the cell

    x, y = source.train.x, few_labels(source, 5, 1000)
    vae = single_vae(source, 1000, LABELS.vae, cache=cache)
    # The settings of a table as a user would say them; the graph is made once more.
    budget = Budget(steps=60, batch_size=64)
    codes = refined_codes(vae, x, y, seed=1000, unlabelled=-1, budget=budget, amount=20)
    label = np.full(len(y), -1)
    label[codes.row_id] = codes.label
    assert row["label_accuracy"] == (label == source.train.y)[y < 0].mean()
    seed = random.derive(1000, "generate", DOUBTED)
    theirs = generate(
        vae, x, y, sampler="propagate", n=20, seed=seed, unlabelled=-1, codes=codes
    )
    assert len(seen) == 3 and len(theirs) == 200
    np.testing.assert_array_equal(theirs.y, new.y)
    np.testing.assert_array_equal(theirs.provenance["parent"], draws.parent)
    np.testing.assert_array_equal(draws.label, label[draws.parent])
    np.testing.assert_allclose(theirs.x, new.x, atol=1e-6)


def test_some_methods_alone_give_the_same(cells, train):
    asked = [BASELINE, REFINED]
    alone = train(asked)["weighted_f1"]
    pd.testing.assert_series_equal(alone, cells.loc[asked, "weighted_f1"])
    with pytest.raises(ValueError, match="methods of train_label_cells"):
        train(["auto"])
