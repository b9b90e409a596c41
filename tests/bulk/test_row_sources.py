import io

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from kvae import VAEOverSampler
from kvae.bulk.row_sources import as_pngs, open_rows
from kvae.explorer.places import find


def test_a_fitted_table_gives_what_sample_gives(table_model):
    rows = open_rows(find(table_model))
    assert rows.classes == ["often", "seldom"]
    new, labels, lineage = VAEOverSampler.load(table_model).sample(
        {"often": 3, "seldom": 2}, seed=5
    )
    frame = rows.draw((3, 2), seed=5)
    pd.testing.assert_frame_equal(frame.drop(columns="kind"), new)
    assert frame["kind"].tolist() == labels.tolist()
    told = rows.draw((3, 2), seed=5, provenance=True)
    assert told["kvae_parent"].tolist() == lineage["parent"].tolist()
    assert rows.draw((0, 2), seed=5)["kind"].tolist() == ["seldom"] * 2


def test_an_example_shows_every_value_of_the_real_rows(table_model):
    example = open_rows(find(table_model)).example(provenance=True)
    assert set(example["colour"].dropna()) == {"red", "green", "blue"}
    assert "kvae_parameters" in example


def test_images_are_pngs(image_model):
    rows = open_rows(find(image_model))
    assert rows.is_image
    assert rows.width == 64
    frame = rows.draw((2, 1), seed=0)
    assert frame.columns.tolist() == ["png", "label"]
    assert Image.open(io.BytesIO(frame["png"][0])).size == (8, 8)


def test_a_saved_model_gives_rows_of_each_class_which_pieces_do_not_change(
    graph_model, monkeypatch
):
    rows = open_rows(find(graph_model))
    assert rows.classes == ["often", "seldom"]
    frame = rows.draw((5, 4), seed=3)
    assert frame["kind"].tolist() == ["often"] * 5 + ["seldom"] * 4
    monkeypatch.setattr("kvae.bulk.row_sources.AT_ONCE", 2)
    pd.testing.assert_frame_equal(rows.draw((5, 4), seed=3), frame)
    assert not rows.draw((5, 4), seed=4).equals(frame)
    with pytest.raises(ValueError, match="does not say where its rows come from"):
        rows.draw((1, 1), seed=3, provenance=True)


def test_a_server_is_no_source_of_shards():
    with pytest.raises(ValueError, match="Name the folder"):
        open_rows(find("http://localhost:8501/digits"))


def test_images_of_two_channels_are_no_pngs():
    with pytest.raises(ValueError, match="1, 3 or 4 channels"):
        as_pngs(np.zeros((1, 2, 2, 2)))
