"""A bundle of image cells: pairing, amounts, and what it reads from the cache."""

import dataclasses
import itertools

import pandas as pd
import pytest

import kvae
from kvae.experiments.protocol import default_settings
from recipes.cells import images as image_cells
from recipes.cells.images import train_image_cells

METHODS = ("real rows only", "shifts and rotations", "noise", "Multi-VAE: normal")
SCORES = ["accuracy", "weighted_f1", "balanced_accuracy"]


@pytest.fixture(scope="module")
def settings():
    settings = default_settings(kvae.load("digits")).quick()
    vaes = {
        name: dataclasses.replace(getattr(settings, name), steps=50)
        for name in ("single_vae", "multi_vae")
    }
    return dataclasses.replace(settings, **vaes, steps=50)


def cells_of(methods, amounts, alpha=0.1):
    cells = []
    for amount, method in itertools.product(amounts, methods):
        cell = {"method": method}
        cell |= {"parameters": {"noise": {"alpha": alpha}}} if method == "noise" else {}
        cells.append(cell if amount is None else {**cell, "amount": amount})
    return cells


@pytest.fixture
def train(settings, tmp_path):
    def train(amounts=(None,), methods=METHODS, alpha=0.1, **kwargs):
        found = train_image_cells(
            data="digits",
            shots=3,
            seed=1000,
            settings=settings,
            cells=cells_of(methods, amounts, alpha),
            development=300,
            cache=tmp_path,
            **kwargs,
        )
        return pd.DataFrame([row for (row,) in found])

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
    many = train(amounts=(2, 7)).set_index(["amount", "method"])
    one = train(amounts=(7,), methods=("noise",)).set_index(["amount", "method"])
    pd.testing.assert_frame_equal(one[SCORES], many.loc[[(7, "noise")], SCORES])
    again = train(amounts=(7,), methods=("noise",)).set_index(["amount", "method"])
    pd.testing.assert_frame_equal(one[SCORES], again[SCORES])


def test_without_an_amount_there_are_as_many_as_labelled_ones(train):
    default, said = (train((n,), ("noise",)) for n in (None, 3))
    pd.testing.assert_frame_equal(
        default[["amount", *SCORES]], said[["amount", *SCORES]]
    )


def test_a_cell_says_the_parameters_of_its_sampler(train):
    near, far = (train(methods=("noise",), alpha=alpha) for alpha in (0.0, 5.0))
    assert near["weighted_f1"].item() != far["weighted_f1"].item()


def test_vaes_of_classes_are_trained_for_their_own_cells_alone(train, monkeypatch):
    def refused(*args):
        raise AssertionError("no cell asks for it")

    monkeypatch.setattr(image_cells, "fit_multi_vaes", refused)
    train(methods=METHODS[:2])
    with pytest.raises(AssertionError, match="no cell asks for it"):
        train(methods=METHODS[-1:])


def test_generated_rows_alone_leave_the_real_ones_out(train, monkeypatch):
    seen = []
    fit = image_cells.train_convnet

    def watched(seed, real, new, **settings):
        seen.append((len(real.y), new))
        return fit(seed, real, new, **settings)

    monkeypatch.setattr(image_cells, "train_convnet", watched)
    train(amounts=(4,), generated_only=True)
    assert seen == [(30, None), (40, None), (40, None), (40, None)]
