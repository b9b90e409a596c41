import time
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import kvae
from kvae.data.proben1 import NAMES

REFERENCE = Path(__file__).parents[3] / "recipes" / "reference" / "proben1_datasets.csv"
DECK_NAMES = {"gene": "geneN", "horse": "horse-colic"}


def test_reads_the_parts_of_a_manual_file(write_dt, tmp_path):
    write_dt("horse2", tmp_path / "horse", parts=(10, 5, 4))
    source = kvae.load("proben1/horse2", manual_dir=tmp_path)
    assert source.element_shape == (58,)
    assert source.num_attributes == 20
    assert (len(source.train.y), len(source.validation.y)) == (10, 5)
    with source.scoring() as test:
        assert len(test.y) == 4
    assert source.attributes()["pain"].dtype == "category"


def test_settings_are_chosen_on_the_validation_part(write_dt, tmp_path):
    write_dt("card1", parts=(10, 5, 4))
    source = kvae.load("proben1/card1", manual_dir=tmp_path)
    development = source.development()
    with development.scoring() as held_out:
        np.testing.assert_array_equal(held_out.x, source.validation.x)


def test_the_environment_variable_names_the_manual_folder(
    write_dt, tmp_path, monkeypatch
):
    write_dt("card1")
    monkeypatch.setenv("KVAE_PROBEN1_DIR", str(tmp_path))
    assert kvae.load("proben1/card1").element_shape == (51,)


@pytest.mark.usefixtures("no_manual_dir")
def test_without_data_the_remedies_are_named_at_once():
    start = time.perf_counter()
    with pytest.raises(FileNotFoundError) as error:
        kvae.load("proben1/card1")
    assert time.perf_counter() - start < 5
    for word in ("import Builder", "tfds.load('proben1/card1'", "KVAE_PROBEN1_DIR"):
        assert word in str(error.value)


def test_a_manual_folder_without_the_file_is_named(tmp_path):
    with pytest.raises(FileNotFoundError, match="neither card1.dt nor card/card1.dt"):
        kvae.load("proben1/card1", manual_dir=tmp_path)


def test_a_manual_folder_of_the_environment_without_the_file_is_named(
    tmp_path, monkeypatch
):
    monkeypatch.setenv("KVAE_PROBEN1_DIR", str(tmp_path))
    with pytest.raises(FileNotFoundError, match=f"{tmp_path} and holds no card1.dt"):
        kvae.load("proben1/card1", data_dir=tmp_path)


@pytest.mark.parametrize("name", NAMES)
def test_every_real_file_agrees_with_the_deck_to_two_decimals(real_dir, name):
    source = kvae.load(f"proben1/{name}", manual_dir=real_dir)
    with source.scoring() as test:
        y = (source.train + source.validation + test).y
    p = np.bincount(y, minlength=source.num_classes) / len(y)
    kinds = [attribute.kind for attribute in source.schema]
    ours = {
        "attributes": source.num_attributes,
        "continuous": np.mean([kind in ("continuous", "ordinal") for kind in kinds]),
        "classes": source.num_classes,
        "examples": len(y),
        "balancing": -(p * np.log(p)).sum() / np.log(source.num_classes),
    }
    deck = pd.read_csv(REFERENCE, index_col="dataset")
    deck = deck.loc[DECK_NAMES.get(name[:-1], name[:-1])]
    assert {key: round(float(value), 2) for key, value in ours.items()} == {
        key: deck[key] for key in ours
    }
