"""A bundle of table cells: rows, methods, pairing; on the builder's dummy files."""

import dataclasses
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import kvae
from kvae.augmentation.rivals import balanced
from kvae.data import proben1
from kvae.data.guarded import Rows
from kvae.experiments.protocol import default_settings
from recipes.cells import tables as table_cells
from recipes.cells.tables import load_table, smallest_class, train_table_cells

WHERE = {"data_dir": None, "manual_dir": Path(proben1.__file__).parent / "dummy_data"}
SCORES = ["weighted_f1", "accuracy", "macro_f1"]


@pytest.fixture(scope="module")
def settings():
    settings = default_settings(kvae.load("wine"))
    vae = dataclasses.replace(settings.multi_vae, steps=50)
    return dataclasses.replace(settings, single_vae=vae, multi_vae=vae, steps=50)


def cells(settings, data="proben1/card1", shots=2, seeds=(0, 1), **kwargs):
    rows = train_table_cells(data, WHERE, shots, list(seeds), settings, **kwargs)
    return pd.DataFrame(rows)


def test_a_row_for_each_classifier_method_and_seed(settings):
    rows = cells(settings, betas=("norm", 0.5), single_vae=True)
    methods = rows["method"].unique().tolist()
    assert methods == [
        "real rows only",
        "SMOTE",
        "input noise",
        "Single-VAE: posterior",
        "Multi-VAE: normal, beta norm",
        "Multi-VAE: normal, beta 0.5",
    ]
    assert len(rows) == 2 * len(methods) * 2
    assert set(rows["classifier"]) == {"MLP", "logistic regression"}
    assert rows["weighted_f1"].between(0, 1).all()
    bounded = rows[rows["method"] != "real rows only"]
    assert (bounded["bootstrap_low"] <= bounded["bootstrap_high"]).all()
    assert (rows.loc[rows["method"].str.contains("VAE"), "generated"] == 4).all()


def test_a_seed_is_the_same_in_any_company(settings):
    many = cells(settings, seeds=(0, 1, 2), betas=(0.5, 1.0))
    one = cells(settings, seeds=(2,), betas=(1.0,))
    index = ["classifier", "method", "seed"]
    many, one = (rows.set_index(index)[SCORES] for rows in (many, one))
    pd.testing.assert_frame_equal(one, many.loc[one.index], atol=1e-4)


def test_all_training_rows_are_used_and_the_validation_rows_stop(settings, monkeypatch):
    seen = []
    train = table_cells.train_mlps

    def watched(inputs, num_classes, settings, validation):
        seen.append((len(inputs[0][1].y), len(validation.y)))
        return train(inputs, num_classes, settings, validation)

    monkeypatch.setattr(table_cells, "train_mlps", watched)
    rows = cells(settings, shots=None)
    assert seen == [(6, 3)]
    assert (rows["real"] == 6).all()
    assert rows["shots"].isna().all()


def test_the_validation_part_may_join_the_pool():
    plain = load_table("proben1/card1", **WHERE)
    pooled = load_table("proben1/card1", **WHERE, with_validation=True)
    assert (len(plain.train.y), len(pooled.train.y)) == (6, 9)
    assert pooled.validation is None
    assert smallest_class(plain) == (0, 3)
    assert smallest_class(pooled) == (1, 4)


def test_class_weights_show_smaller_classes_again_and_again():
    rows = Rows(np.arange(12, dtype="float32")[:, None], np.repeat([0, 2], [9, 3]))
    repeated = balanced(rows, seed=0)
    np.testing.assert_array_equal(np.bincount(repeated.y), [9, 0, 9])
    np.testing.assert_array_equal(np.sort(repeated.x[:9, 0]), np.arange(9))
    values, counts = np.unique(repeated.x[9:], return_counts=True)
    assert (values.tolist(), counts.tolist()) == ([9, 10, 11], [3, 3, 3])
