"""Mixed VAEs beside the plain one; on the builder's dummy files."""

import dataclasses
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import kvae
from kvae.data import proben1
from kvae.experiments.protocol import default_settings
from recipes.cells.mixed_tables import VARIANTS, train_mixed_cells

WHERE = {"data_dir": None, "manual_dir": Path(proben1.__file__).parent / "dummy_data"}


@pytest.fixture(scope="module")
def settings():
    settings = default_settings(kvae.load("wine"))
    vae = dataclasses.replace(settings.multi_vae, steps=20)
    return dataclasses.replace(settings, multi_vae=vae, steps=20)


def cells(settings, data, seeds, variants):
    arguments = data, WHERE, 2, seeds, settings, variants
    return pd.DataFrame(train_mixed_cells(*arguments))


def test_every_method_is_trained_on_both_and_on_generated_rows_alone(settings):
    rows = cells(settings, "proben1/card1", [0, 1], tuple(VARIANTS))
    counts = rows.groupby("method")["trained_on"].value_counts().unstack(fill_value=0)
    assert set(counts.index) == {
        "real rows only",
        "SMOTE",
        "plain Gaussian VAE",
        *VARIANTS,
    }
    assert (counts["both"] == 2).all()
    assert (counts.drop(index="real rows only")["generated"] == 2).all()
    assert rows["weighted_f1"].between(0, 1).all()


def test_a_seed_is_the_same_in_any_company(settings):
    variants = ("mixed conditional VAE",)
    index = ["method", "trained_on", "seed"]
    many, one = (
        cells(settings, "proben1/horse1", seeds, variants).set_index(index)
        for seeds in ([0, 1], [1])
    )
    np.testing.assert_allclose(
        many["weighted_f1"][one.index], one["weighted_f1"], atol=1e-6
    )
