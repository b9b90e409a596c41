"""A bundle of image cells: pairing, amounts, and what it reads from the cache."""

import dataclasses

import pandas as pd
import pytest

import kvae
from kvae.experiments.protocol import default_settings
from recipes.cells import images as image_cells
from recipes.cells.images import train_image_cells

WHERE = {"data": "digits", "data_dir": None, "development": 300}
METHODS = ("real rows only", "shifts and rotations", "noise", "Multi-VAE: normal")
PARAMETERS = {"noise": {"alpha": 0.1}}


@pytest.fixture(scope="module")
def settings():
    settings = default_settings(kvae.load("digits")).quick()
    vaes = {
        name: dataclasses.replace(getattr(settings, name), steps=50)
        for name in ("single_vae", "multi_vae")
    }
    return dataclasses.replace(settings, **vaes, steps=50)


@pytest.fixture
def train(settings, tmp_path):
    def train(amounts=(None,), methods=METHODS, seed=1000, **kwargs):
        rows = train_image_cells(
            WHERE, 3, amounts, seed, methods, settings, PARAMETERS, tmp_path, **kwargs
        )
        return pd.DataFrame(rows)

    return train


def test_a_row_for_each_amount_and_method(train):
    rows = train(amounts=(2, 7))
    assert rows["amount"].tolist() == [2] * 4 + [7] * 4
    assert rows["method"].tolist() == 2 * list(METHODS)
    assert rows["weighted_f1"].between(0.2, 1).all()
    baseline = rows[rows["method"] == "real rows only"]
    assert baseline["weighted_f1"].nunique() == 1
    noise = rows[rows["method"] == "noise"]
    assert noise["weighted_f1"].nunique() == 2


def test_a_cell_is_the_same_in_any_bundle(train):
    scores = ["accuracy", "weighted_f1", "balanced_accuracy"]
    many = train(amounts=(2, 7)).set_index(["amount", "method"])
    one = train(amounts=(7,), methods=("noise",)).set_index(["amount", "method"])
    pd.testing.assert_frame_equal(one[scores], many.loc[[(7, "noise")], scores])
    again = train(amounts=(7,), methods=("noise",)).set_index(["amount", "method"])
    pd.testing.assert_frame_equal(one[scores], again[scores])


def test_generated_rows_alone_leave_the_real_ones_out(train, monkeypatch):
    seen = []
    fit = image_cells.train_convnet

    def watched(seed, real, new, *rest):
        seen.append((len(real.y), new))
        return fit(seed, real, new, *rest)

    monkeypatch.setattr(image_cells, "train_convnet", watched)
    train(amounts=(4,), generated_only=True)
    assert seen == [(30, None), (40, None), (40, None), (40, None)]
