"""A bundle of generative classifiers, on made-up tables and digits."""

import dataclasses
from pathlib import Path

import pandas as pd

import kvae
from kvae.data import proben1
from kvae.experiments.protocol import default_settings
from recipes.cells.filters import (
    LABELLED,
    NAMELESS,
    Filter,
    train_image_filters,
    train_table_filters,
)
from recipes.cells.tables import load_table

DUMMY = str(Path(proben1.__file__).parent / "dummy_data")


def test_a_row_for_each_filter_and_seed_of_a_table():
    where = {"data_dir": None, "manual_dir": DUMMY}
    settings = default_settings(load_table("proben1/card1", **where))
    vae = dataclasses.replace(settings.multi_vae, steps=50)
    settings = dataclasses.replace(settings, multi_vae=vae, steps=20)

    def train(*ways):
        return train_table_filters(
            data="proben1/card1",
            shots=2,
            seeds=[0, 1],
            settings=settings,
            cells=[{"filter": way} for way in ways],
            **where,
        )

    found = train(Filter(), Filter(ratio=2.0))
    assert [len(rows) for rows in found] == [2, 2]
    rows = pd.DataFrame([row for rows in found for row in rows])
    assert rows[["ratio", "seed"]].values.tolist() == [[1, 0], [1, 1], [2, 0], [2, 1]]
    assert rows["accepted"].between(0, 1).all()
    share = rows["accepted"]
    right = share * rows["right_accepted"].fillna(0)
    right += (1 - share) * rows["right_rejected"].fillna(0)
    assert (right - rows["right"]).abs().max() < 1e-9
    assert rows["judge_accuracy"].nunique() == 1
    # A filter is the same in any company.
    assert train(Filter(ratio=2.0)) == found[1:]


def test_images_are_judged_by_early_reconstructions(tmp_path):
    settings = default_settings(kvae.load("digits"))
    vae = dataclasses.replace(settings.single_vae, steps=100)
    settings = dataclasses.replace(settings, single_vae=vae, steps=40)
    found = train_image_filters(
        data="digits",
        shots=3,
        seed=1000,
        settings=settings,
        sampler=[("noise", {"alpha": 0.1})],
        cells=[{"filter": Filter(early=20)}, {"filter": Filter()}],
        cache=tmp_path,
    )
    # Nameless draws are judged by the default filter alone.
    names = [[row["draws"] for row in rows] for rows in found]
    assert names == [[LABELLED], [LABELLED, NAMELESS]]
    for way, rows in zip((20, Filter().early), found, strict=True):
        for row in rows:
            assert row["early"] == way and 0 <= row["accepted"] <= 1
            assert row["judge_accuracy"] > 0.6
