import dataclasses
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from kvae.data import proben1
from recipes import thyroid_clusters

DUMMY = Path(proben1.__file__).parent / "dummy_data"


def test_attributes_are_scored_and_drawn(tmp_path):
    config = thyroid_clusters.Config(
        **{**thyroid_clusters.QUICK, "steps": 5, "out": tmp_path},
        manual_dir=DUMMY,
        quick=True,
        jobs=1,
    )
    thyroid_clusters.main(config)
    table = pd.read_csv(tmp_path / "summary.csv")
    assert "class" in set(table["attribute"])
    assert table["mutual_information"].between(-0.2, 1).all()
    assert (table["runs"] == 2).all()
    assert (tmp_path / "codes.png").stat().st_size > 5000
    # Again from the store, nothing is trained.
    thyroid_clusters.main(dataclasses.replace(config, stored=True))


def test_the_attribute_that_groups_codes_most_comes_first():
    results = pd.DataFrame(
        {
            "attribute": ["a", "b"] * 2,
            "seed": [0, 0, 1, 1],
            "rows_of_smaller": 30,
            "mutual_information": [0.1, 0.8, 0.2, 0.9],
            "silhouette": [0.0, 0.5, 0.0, 0.7],
        }
    )
    table = thyroid_clusters.summarize(results)
    assert table["attribute"].tolist() == ["b", "a"]
    assert table["silhouette"].tolist() == pytest.approx([0.6, 0.0])
    assert np.isfinite(table["silhouette_low"]).all()
