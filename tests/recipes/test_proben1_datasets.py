"""The table of data sets: on made-up rows always, on the real ones where they are."""

import os
from pathlib import Path

import pandas as pd
import pytest

from kvae.data import proben1
from recipes import proben1_datasets as recipe

DUMMY = Path(proben1.__file__).parent / "dummy_data"


def run(tmp_path, manual_dir):
    recipe.main(recipe.Config(manual_dir=str(manual_dir), out=str(tmp_path)))
    return pd.read_csv(tmp_path / "table.csv", index_col="dataset")


def test_counts_what_the_files_hold(tmp_path, capsys):
    table = run(tmp_path, DUMMY)
    assert table["examples_ours"].tolist() == [12] * 6
    assert table["attributes_ours"].tolist() == [15, 8, 60, 9, 20, 21]
    # Twelve rows take turns through 2, 3 or 6 classes.
    assert table["balancing_ours"].round(9).tolist() == [1] * 6
    assert "Deck and ours differ in: examples, balancing." in capsys.readouterr().out


real_dir = os.environ.get("KVAE_PROBEN1_DIR")


@pytest.mark.skipif(not real_dir, reason="the real files are not here")
def test_the_real_files_agree_with_the_deck_to_two_decimals(tmp_path, capsys):
    table = run(tmp_path, real_dir)
    for name in recipe.COLUMNS:
        ours, deck = table[f"{name}_ours"], table[f"{name}_deck"]
        assert ours.round(2).tolist() == deck.round(2).tolist()
    assert "differ in: nothing" in capsys.readouterr().out
    assert table["holes"].round(2).to_dict()["horse"] == 0.26
    assert table["duplicates"].to_dict()["gene"] == 184
