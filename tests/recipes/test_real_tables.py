"""VAEOverSampler beside the plain VAE: the recipe on the builder's made-up files."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from kvae.augmentation.methods import BASELINE, SMOTE
from kvae.data import proben1
from kvae.experiments import Store
from recipes import my_table, real_tables
from recipes.cells.mixed_tables import MIXED_METHODS, OVER_SAMPLERS, PLAIN

DUMMY = str(Path(proben1.__file__).parent / "dummy_data")


def config(**kwargs):
    small = {"problems": ("card", "glass"), "rows": (2, 50), "manual_dir": DUMMY}
    return real_tables.Config(**small | kwargs)


def made_up(bundle, gains):
    """Returns rows for each cell of a bundle; methods differ by their gains."""
    stream = np.random.default_rng(0)
    seeds = bundle.arguments["seeds"]
    base = dict(zip(seeds, stream.normal(0.8, 0.02, len(seeds)), strict=True))
    return {
        key: [
            {
                "data": bundle.arguments["data"],
                "shots": bundle.arguments["shots"],
                "method": cell["method"],
                "trained_on": trained_on,
                "seed": seed,
                "weighted_f1": base[seed] + gains.get(cell["method"], 0.0) + 1e-4 * i,
            }
            for trained_on in ("both", "generated")
            for i, seed in enumerate(seeds)
            if (cell["method"], trained_on) != (BASELINE, "generated")
        ]
        for key, cell in bundle.keys().items()
    }


def test_a_bundle_for_each_cell_that_exists_has_every_method():
    bundles = list(real_tables.bundles(config(rows=(1, 2, 50))))
    seen = [(b.arguments["data"], b.arguments["shots"]) for b in bundles]
    assert seen == [
        ("proben1/card1", 1),
        ("proben1/card1", 2),
        ("proben1/glass1", 1),
    ]
    for bundle in bundles:
        assert [cell["method"] for cell in bundle.cells] == list(MIXED_METHODS)
        assert bundle.arguments["steps"] is None  # what a user gets by default
    (card, glass, *_) = real_tables.missing_cells(config(rows=(50,)))
    assert card == "card, 50 per class: n/a (class 0: 3 rows)"
    assert glass.startswith("glass, 50 per class: n/a (class")


def test_stored_cells_are_compared_with_the_plain_vae_and_pooled(tmp_path, capsys):
    asked = config(rows=(1, 2, 50), out=tmp_path, stored=True)
    store = Store(tmp_path / "store.jsonl")
    gains = {"VAEOverSampler": 0.05, SMOTE: -0.01}
    for bundle in real_tables.bundles(asked):
        store.append(made_up(bundle, gains), revision="abc", date="2026-01-01")
    real_tables.main(asked)
    assert "Stored: 15 of 15 cells." in capsys.readouterr().out
    pooled = pd.read_csv(tmp_path / "pooled.csv").set_index("method")
    assert pooled.index[0] == PLAIN
    expected = {name: gains.get(name, 0.0) for name in MIXED_METHODS if name != PLAIN}
    assert pooled["difference"].drop(PLAIN).to_dict() == pytest.approx(expected)
    alone = pd.read_csv(tmp_path / "generated_only.csv").set_index("data")
    assert alone.loc["mean", "VAEOverSampler / SMOTE's"] > 1
    assert BASELINE not in alone
    # Without some of the cells, the others are summed up.
    lines = store.path.read_text().splitlines(keepends=True)
    kept = [line for line in lines if "VAEOverSampler" not in line]
    assert len(kept) == 9
    store.path.write_text("".join(kept))
    real_tables.main(asked)
    assert "Stored: 9 of 15 cells." in capsys.readouterr().out
    pooled = pd.read_csv(tmp_path / "pooled.csv").set_index("method")
    assert set(pooled.index) == {PLAIN, BASELINE, SMOTE}


@pytest.mark.slow
def test_summarises_cells_and_pools_them(few_steps, tmp_path, capsys):
    real_tables.main(config(seeds=3, quick=True, jobs=2, out=tmp_path))
    summary = pd.read_csv(tmp_path / "summary.csv")
    assert summary.groupby(["data", "shots"])["method"].first().unique().tolist() == [
        PLAIN
    ]
    assert set(OVER_SAMPLERS) < set(summary["method"])
    pooled = pd.read_csv(tmp_path / "pooled.csv").set_index("method")
    assert pooled["difference_low"].notna().sum() == len(pooled) - 1
    alone = pd.read_csv(tmp_path / "generated_only.csv").set_index("data")
    assert alone.loc["mean", "SMOTE / SMOTE's"] == 1.0
    assert "n/a (class" in capsys.readouterr().out


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:The VAE has collapsed")
def test_my_table_writes_rows_and_a_report(text_of_page, tmp_path):
    my_table.main(my_table.Config(steps=20, rows=3, out=tmp_path))
    assert len(pd.read_csv(tmp_path / "augmented.csv")) == 178 + 9
    assert "Verdict" in text_of_page(tmp_path / "report.html")
