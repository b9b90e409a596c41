"""A bundle of image cells: pairing, amounts, and what it reads from the cache."""

import dataclasses

import numpy as np
import pandas as pd
import pytest

import kvae
from kvae.experiments import (
    default_settings,
    image_cells,
    train_image_cells,
    train_single_vae,
)
from kvae.experiments.image_cells import load_source, single_vae

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


def test_the_single_vae_is_trained_once_and_read_again(settings, tmp_path):
    (row,) = train_single_vae(WHERE, 1000, settings, tmp_path)
    (path,) = tmp_path.iterdir()
    written = path.stat().st_mtime_ns
    assert row["training_seconds"] > 0
    vae = single_vae(load_source(**WHERE), 1000, settings, tmp_path)
    assert path.stat().st_mtime_ns == written
    x = load_source(**WHERE).train.x[:3]
    z_mean, _ = vae.encode(x)
    assert np.shape(z_mean) == (3, 16)
    # Others are other files: by seed, by settings, by the rows trained on.
    single_vae(load_source(**WHERE), 1001, settings, tmp_path)
    single_vae(load_source("digits"), 1000, settings, tmp_path)
    longer = dataclasses.replace(settings.single_vae, steps=51)
    longer = dataclasses.replace(settings, single_vae=longer)
    single_vae(load_source(**WHERE), 1000, longer, tmp_path)
    assert len(list(tmp_path.iterdir())) == 4
    # The classifier has no part in it.
    single_vae(
        load_source(**WHERE), 1000, dataclasses.replace(settings, steps=9), tmp_path
    )
    assert len(list(tmp_path.iterdir())) == 4


def test_the_development_rows_stand_in_for_the_test_rows():
    source, whole = load_source(**WHERE), kvae.load("digits")
    assert len(source.train.y) == len(whole.train.y) - 300
    with source.scoring() as test:
        np.testing.assert_array_equal(test.x, whole.train.x[-300:])
