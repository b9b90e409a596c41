import dataclasses

import pandas as pd

import kvae
from kvae.experiments.protocol import BASELINE, default_settings
from recipes.cells.sharpness import SHARPNESS_METHODS, train_sharpness_cells

WHERE = {"data": "digits", "data_dir": None, "development": 300}


def test_what_a_vae_makes_is_less_sharp_than_its_rows(tmp_path):
    settings = default_settings(kvae.load("digits")).quick()
    settings = dataclasses.replace(settings, steps=60)
    rows = train_sharpness_cells(WHERE, 4, 1000, settings, tmp_path)
    table = pd.DataFrame(rows).set_index("method")
    assert table.index.tolist() == list(SHARPNESS_METHODS)
    assert table.loc[BASELINE, "sharpness"] == 1
    assert table["sharpness"].drop(BASELINE).between(0, 0.9).all()
    assert table["weighted_f1"].between(0, 1).all()
