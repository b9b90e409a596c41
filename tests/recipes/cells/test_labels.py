"""A bundle of cells that use unlabelled images: pairing, rivals, what it caches."""

import dataclasses
import re

import numpy as np
import pandas as pd
import pytest

import kvae
from kvae.experiments.protocol import BASELINE, default_settings
from kvae.training.vaes import VAESettings
from recipes.cells.labels import (
    DOUBTED_METHODS,
    LABEL_METHODS,
    PCA,
    PCA_DOUBTED_METHODS,
    REFINED,
    SAME_LABELS_REFINED,
    LabelSettings,
    train_label_cells,
)

WHERE = {"data": "digits", "data_dir": None, "development": 300}
LABELS = LabelSettings(VAESettings(16, 0.2, (64,), "bernoulli", 64, 200), amount=20)


@pytest.fixture(scope="module")
def cache(tmp_path_factory):
    return tmp_path_factory.mktemp("vaes")


@pytest.fixture(scope="module")
def cells(cache):
    settings = dataclasses.replace(default_settings(kvae.load("digits")), steps=60)
    rows = train_label_cells(WHERE, 5, 1000, settings, LABELS, cache)
    return pd.DataFrame(rows).set_index("method")


def test_a_row_for_each_method_on_the_same_labelled_rows(cells):
    assert cells.index.tolist() == list(LABEL_METHODS)
    assert (cells["shots"] == 5).all()
    assert cells["weighted_f1"].between(0.3, 1).all()
    assert cells["amount"].drop(BASELINE).eq(20).all()


def test_spread_labels_are_mostly_right_and_refined_ones_are_no_worse(cells):
    assert cells.loc["propagate", "label_accuracy"] > 0.8
    assert cells.loc["propagate", "label_share"] == 1
    refined = cells.loc[[REFINED, SAME_LABELS_REFINED]]
    assert refined["label_accuracy"].nunique() == 1
    assert refined["label_accuracy"].iloc[0] >= cells.loc["propagate", "label_accuracy"]
    assert 0.3 < refined["label_share"].iloc[0] <= 1
    assert np.isnan(cells.loc[BASELINE, "label_accuracy"])
    assert cells.loc[PCA, "label_accuracy"] > 0.7


def test_vae_and_graphs_are_kept_whole(cells, cache):
    names = sorted(path.name for path in cache.iterdir())
    assert [name.split("_")[0] for name in names].count("graph") == 2
    assert not [name for name in names if re.search(r"\.\d+\.(npz|keras)$", name)]
    with np.load(next(cache.glob("graph_*.npz"))) as graph:
        assert graph["indices"].shape == graph["distances"].shape


def test_doubted_rows_keep_every_label_and_mend_some(cells, cache):
    settings = dataclasses.replace(default_settings(kvae.load("digits")), steps=300)
    bundle = WHERE, 5, 1000, settings, LABELS, cache
    methods = DOUBTED_METHODS + PCA_DOUBTED_METHODS
    rows = train_label_cells(*bundle, methods=methods)
    doubted = pd.DataFrame(rows).set_index("method")
    assert doubted.index.tolist() == list(methods)
    assert (doubted["label_share"] == 1).all()
    assert doubted["label_accuracy"].nunique() == 2
    spread_once = cells.loc["propagate", "label_accuracy"]
    assert doubted["label_accuracy"].iloc[0] >= spread_once
    assert doubted["weighted_f1"].between(0.3, 1).all()


def test_some_methods_alone_give_the_same(cells, cache):
    settings = dataclasses.replace(default_settings(kvae.load("digits")), steps=60)
    asked = (BASELINE, REFINED)
    rows = train_label_cells(WHERE, 5, 1000, settings, LABELS, cache, methods=asked)
    alone = pd.DataFrame(rows).set_index("method")["weighted_f1"]
    pd.testing.assert_series_equal(alone, cells.loc[list(asked), "weighted_f1"])
    with pytest.raises(ValueError, match="methods of train_label_cells"):
        train_label_cells(WHERE, 5, 0, settings, LABELS, cache, methods=["auto"])
