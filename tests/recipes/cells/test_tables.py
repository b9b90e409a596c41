"""A bundle of table cells: rows, methods, pairing; on the builder's dummy files."""

import dataclasses
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import kvae
from kvae.augmentation.methods import BASELINE, INPUT_NOISE, MULTI_VAE, SMOTE
from kvae.augmentation.rivals import balanced
from kvae.data import proben1
from kvae.data.guarded import Rows
from kvae.experiments.protocol import default_settings
from kvae.training.generative_classifiers import fit_generative_classifiers
from recipes.cells import tables as table_cells
from recipes.cells.tables import (
    load_table,
    rivals_of,
    smallest_class,
    train_forests,
    train_table_cells,
)

WHERE = {"data_dir": None, "manual_dir": Path(proben1.__file__).parent / "dummy_data"}
SCORES = ["weighted_f1", "accuracy", "macro_f1"]
INDEX = ["classifier", "method", "seed"]
RIVALS = [{"method": name} for name in (BASELINE, SMOTE, INPUT_NOISE)]
SINGLE = {"method": "posterior"}


def multi(beta, **kwargs):
    return {"method": MULTI_VAE, "beta": beta, **kwargs}


@pytest.fixture(scope="module")
def settings():
    settings = default_settings(kvae.load("wine"))
    vae = dataclasses.replace(settings.multi_vae, steps=50)
    return dataclasses.replace(settings, single_vae=vae, multi_vae=vae, steps=50)


@pytest.fixture
def train(settings):
    def train(cells, shots=2, seeds=(0, 1), **kwargs):
        found = train_table_cells(
            data="proben1/card1",
            shots=shots,
            seeds=list(seeds),
            settings=settings,
            cells=cells,
            **WHERE,
            **kwargs,
        )
        assert [len(rows) for rows in found] == [2 * len(seeds)] * len(cells)
        return pd.DataFrame([row for rows in found for row in rows])

    return train


def test_a_row_for_each_classifier_method_and_seed(train):
    rows = train([*RIVALS, SINGLE, multi("norm"), multi(0.5)])
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
    bounded = rows[rows["method"] != BASELINE]
    assert (bounded["bootstrap_low"] <= bounded["bootstrap_high"]).all()
    assert (rows.loc[rows["method"].str.contains("VAE"), "generated"] == 4).all()


def test_a_seed_is_the_same_in_any_company(train):
    many = train([*RIVALS, multi(0.5), multi(1.0)], seeds=(0, 1, 2))
    one = train([RIVALS[0], multi(1.0)], seeds=(2,))
    many, one = (rows.set_index(INDEX)[SCORES] for rows in (many, one))
    pd.testing.assert_frame_equal(one, many.loc[one.index], atol=1e-4)


@pytest.fixture
def quick_judges(monkeypatch):
    def quick(*args, **kwargs):
        return fit_generative_classifiers(*args, **kwargs, steps=50, folds=2)

    monkeypatch.setattr(table_cells, "fit_generative_classifiers", quick)


@pytest.fixture
def trained_on(monkeypatch):
    """What MLPs were trained on: (seed, real rows, generated rows) of each."""
    seen = []
    train_mlps = table_cells.train_mlps

    def watched(inputs, *settings, **rest):
        seen.extend(inputs)
        return train_mlps(inputs, *settings, **rest)

    monkeypatch.setattr(table_cells, "train_mlps", watched)
    return seen


def test_a_cell_is_the_same_in_any_company(train, quick_judges, trained_on):
    """Its gain is over the baseline, which is trained though it is not missing."""
    columns = [*SCORES, "generated", "bootstrap_low", "bootstrap_high"]
    plain, filtered = multi(0.5), multi(0.5, filtered=True)
    many = train([RIVALS[0], SINGLE, plain, filtered], seeds=(0,))
    many = many.set_index(INDEX)[columns]
    generated = [new for _, _, new in trained_on]
    alone = train([filtered], seeds=(0,)).set_index(INDEX)[columns]
    name = "Multi-VAE: normal, beta 0.5, filtered"
    assert alone.index.unique("method").tolist() == [name]
    pd.testing.assert_frame_equal(alone, many.loc[alone.index], atol=1e-4)
    # The filter judges draws of the same VAE, and others are drawn for those dropped.
    baseline, _, draws, kept = generated
    assert baseline is None and len(draws.y) == 4 and 0 < len(kept.y) <= 4
    assert (kept.x[:, None] == draws.x).all(axis=-1).any()


def test_only_vaes_that_missing_cells_draw_from_are_trained(train, monkeypatch):
    betas = []
    fit_multi_vaes = table_cells.fit_multi_vaes

    def watched(draws, seeds, vae, **rest):
        betas.append(vae.beta)
        return fit_multi_vaes(draws, seeds, vae, **rest)

    monkeypatch.setattr(table_cells, "fit_multi_vaes", watched)
    monkeypatch.delattr(table_cells, "fit_single_vaes")
    train([*RIVALS, multi(0.25)])
    assert betas == [0.25]
    with pytest.raises(NameError, match="fit_single_vaes"):
        train([SINGLE])


def test_class_weights_are_a_rival_where_all_rows_are_labelled():
    source = load_table("proben1/card1", **WHERE)  # three rows of each class
    assert list(rivals_of(source, None)) == RIVALS
    uneven = dataclasses.replace(source, train=source.train.take(np.arange(5)))
    names = [cell["method"] for cell in rivals_of(uneven, None)]
    assert names == [BASELINE, SMOTE, INPUT_NOISE, "class weights"]
    assert list(rivals_of(uneven, 5)) == RIVALS


def test_all_training_rows_are_used_and_the_validation_rows_stop(train, monkeypatch):
    seen = []
    train_mlps = table_cells.train_mlps

    def watched(inputs, *settings, validation):
        seen.append((len(inputs[0][1].y), len(validation.y)))
        return train_mlps(inputs, *settings, validation=validation)

    monkeypatch.setattr(table_cells, "train_mlps", watched)
    rows = train(RIVALS, shots=None)
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


def test_forests_learn_the_rows_that_the_other_classifiers_learn(train):
    arguments = {"data": "proben1/card1", "shots": 2, "seeds": [0, 1]}
    (rows,) = train_forests(**arguments, cells=[{}], **WHERE)
    table = pd.DataFrame(rows)
    baseline = train([RIVALS[0]]).query("classifier == 'MLP'")
    assert table["real"].tolist() == baseline["real"].tolist()
    assert set(table["classifier"]) == {"random forest"}
    (again,) = train_forests(**arguments | {"seeds": [1]}, cells=[{}], **WHERE)
    assert again[0]["weighted_f1"] == rows[1]["weighted_f1"]
