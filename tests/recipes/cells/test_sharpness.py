import dataclasses

import pandas as pd
import pytest

import kvae
from kvae.augmentation.methods import BASELINE
from kvae.experiments.protocol import default_settings
from recipes.cells.sharpness import SHARPNESS_METHODS, train_sharpness_cells


@pytest.fixture
def train(tmp_path):
    settings = default_settings(kvae.load("digits")).quick()
    settings = dataclasses.replace(settings, steps=60)

    def train(methods):
        found = train_sharpness_cells(
            data="digits",
            shots=4,
            seed=1000,
            settings=settings,
            cells=[{"method": method} for method in methods],
            cache=tmp_path,
        )
        return pd.DataFrame([row for (row,) in found]).set_index("method")

    return train


def test_what_a_vae_makes_is_less_sharp_than_its_rows(train):
    table = train(SHARPNESS_METHODS)
    assert table.index.tolist() == list(SHARPNESS_METHODS)
    assert table.loc[BASELINE, "sharpness"] == 1
    assert table["sharpness"].drop(BASELINE).between(0, 0.9).all()
    assert table["weighted_f1"].between(0, 1).all()
    alone = train(["posterior"])
    pd.testing.assert_frame_equal(alone, table.loc[["posterior"]])
