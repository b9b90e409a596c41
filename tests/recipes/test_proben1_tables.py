"""The two PROBEN1 tables, on the builder's made-up files."""

import dataclasses
import inspect
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from kvae import experiments
from kvae.augmentation.methods import BASELINE, CLASS_WEIGHTS
from kvae.data import proben1
from kvae.experiments.results import Store
from recipes import deck, proben1_performance, tabular_few_shot
from recipes.cells import tables as table_cells

DUMMY = str(Path(proben1.__file__).parent / "dummy_data")
SMALL = {
    "problems": ("card", "glass"),
    "permutations": (1, 2),
    "seeds": 2,
    "manual_dir": DUMMY,
    "quick": True,
    "jobs": 2,
}
MULTI = "Multi-VAE: normal, beta 1.0"


def run(recipe, tmp_path, **kwargs):
    recipe.main(recipe.Config(**SMALL | kwargs, out=tmp_path))
    summary = pd.read_csv(tmp_path / "summary.csv")
    return summary, Store(tmp_path / "store.jsonl").rows()


def test_performance_has_a_line_for_each_beta_and_permutation(few_steps, tmp_path):
    summary, rows = run(proben1_performance, tmp_path, problems=("card",))
    assert set(summary["permutation"]) == {"1", "2", "mean"}
    means = summary.query("data == 'card' and permutation == 'mean'")
    assert {f"Multi-VAE: normal, beta {b}" for b in ("norm", 0.5, 1.0)} <= set(
        means["method"]
    )
    deck_values = means.set_index(["classifier", "method"])["deck"]
    assert deck_values["MLP", BASELINE] == 0.871
    assert deck_values["MLP", MULTI] == 0.876
    assert deck_values["MLP", f"{MULTI}, filtered"] == 0.871
    real = pd.read_csv(tmp_path / "classifiers.csv").set_index("method")
    assert real.loc["random forest", "difference"].notna().all()
    assert real.loc["MLP", "difference"].isna().all()
    # Balanced: every class is topped up to the largest, then doubled.
    multi = rows.query("data == 'proben1/card1' and method == @MULTI")
    assert set(multi["real"] + multi["generated"]) == {12}
    # The mean over permutations is taken seed by seed.
    mean = means.query("classifier == 'MLP' and method == 'SMOTE'")["mean"]
    smote = rows.query("classifier == 'MLP' and method == 'SMOTE'")["weighted_f1"]
    np.testing.assert_allclose(mean, smote.mean(), atol=1e-5)


def test_errors_stand_beside_prechelt_s():
    results = pd.DataFrame(
        {
            "data": ["proben1/card1"] * 2 + ["proben1/thyroid1"] * 2,
            "classifier": "MLP",
            "method": [BASELINE, BASELINE, BASELINE, "SMOTE"],
            "accuracy": [0.86, 0.87, 0.90, 1.0],
        }
    )
    table = proben1_performance.beside_prechelt(results)
    assert table["dataset"].tolist() == ["card", "thyroid"]
    assert table["ours"].tolist() == pytest.approx([13.5, 10.0])
    assert table["sane"].tolist() == [True, False]  # thyroid: 2.38 + 2 x 0.35


def test_few_shot_says_which_cells_do_not_exist(few_steps, tmp_path, capsys):
    summary, rows = run(tabular_few_shot, tmp_path, problems=("card",), rows=(2, 3, 5))
    absent = summary[summary["classifier"].isna()]
    assert len(absent) == 2
    assert absent["method"].str.fullmatch(r"n/a \(class \d: \d rows\)").all()
    assert "5 per class: n/a (class" in capsys.readouterr().out
    there = summary[summary["classifier"] == "MLP"]
    assert set(there["row"]) == {2, 3}
    line = "row == 3 and permutation == 'mean' and method == 'SMOTE'"
    smote = rows.query("shots == 3 and classifier == 'MLP' and method == 'SMOTE'")
    np.testing.assert_allclose(
        there.query(line)["mean"], smote["weighted_f1"].mean(), atol=1e-5
    )
    assert {BASELINE, "SMOTE", "Single-VAE: posterior", MULTI} <= set(there["method"])
    assert (tmp_path / "figure.png").stat().st_size > 10_000
    paired = pd.read_csv(tmp_path / "single_minus_multi.csv")
    assert set(paired["method"]) == {"Single-VAE: posterior"}


def test_a_new_method_orphans_nothing_and_is_all_that_is_trained(
    few_steps, tmp_path, monkeypatch
):
    few = {"problems": ("card",), "permutations": (1,), "rows": (2,)}
    run(tabular_few_shot, tmp_path, **few)
    before = (tmp_path / "store.jsonl").read_text()
    rivals_of, train = table_cells.rivals_of, table_cells.train_table_cells

    def with_class_weights(source, shots):
        baseline, *rivals = rivals_of(source, shots)
        return baseline, {"method": CLASS_WEIGHTS}, *rivals

    def watched(cells, **kwargs):
        with open(tmp_path / "trained.txt", "a") as file:
            print(*(cell["method"] for cell in cells), file=file, sep="\n")
        return train(cells=cells, **kwargs)

    watched.__signature__ = inspect.signature(train)
    monkeypatch.setattr(table_cells, "rivals_of", with_class_weights)
    monkeypatch.setattr(table_cells, "train_table_cells", watched)
    summary, rows = run(tabular_few_shot, tmp_path, **few)
    assert (tmp_path / "trained.txt").read_text() == f"{CLASS_WEIGHTS}\n"
    after = (tmp_path / "store.jsonl").read_text()
    assert after.startswith(before)
    assert len(after.splitlines()) == len(before.splitlines()) + 1 == 7
    assert rows["method"].value_counts()[CLASS_WEIGHTS] == 2 * SMALL["seeds"]
    mlps = summary[summary["classifier"] == "MLP"]
    assert mlps["method"].tolist()[:2] == [BASELINE, CLASS_WEIGHTS]
    assert mlps["difference"].notna().sum() == 5  # all but the baseline's


def test_forests_on_the_real_rows_stand_beside_the_other_classifiers(
    few_steps, tmp_path
):
    few = {"problems": ("card",), "rows": (2,)}
    summary, rows = run(tabular_few_shot, tmp_path, **few)
    assert "random forest" not in set(summary["classifier"])
    table = pd.read_csv(tmp_path / "classifiers.csv").query("permutation == 'mean'")
    assert table["method"].tolist() == ["MLP", "logistic regression", "random forest"]
    scores = rows.query("method == @BASELINE").groupby("classifier")["weighted_f1"]
    expected = scores.mean()["random forest"] - scores.mean()["MLP"]
    assert table["difference"].iloc[2] == pytest.approx(expected)


def test_bounds_of_the_mean_are_the_means_of_bounds(few_steps, tmp_path):
    few = {"problems": ("card",), "rows": (2,)}
    summary, _ = run(tabular_few_shot, tmp_path, **few)
    smote = summary.query("classifier == 'MLP' and method == 'SMOTE'")
    bounds = smote.set_index("permutation")[["bootstrap_low", "bootstrap_high"]]
    np.testing.assert_allclose(
        bounds.loc["mean"], (bounds.loc["1"] + bounds.loc["2"]) / 2
    )
    assert (bounds["bootstrap_low"] <= bounds["bootstrap_high"]).all()


def test_thyroid_s_draws_are_filtered_as_in_the_deck():
    deck_values = tabular_few_shot.read_deck()
    at_five = deck_values.query("row == 5").set_index("method")["deck"]
    assert at_five[f"{MULTI}, filtered"] == 0.675
    config = tabular_few_shot.Config(
        problems=("card", "thyroid"), rows=(2,), permutations=(1,), manual_dir=DUMMY
    )
    filtered = [
        bundle.arguments["data"]
        for bundle in tabular_few_shot.bundles(config)
        for cell in bundle.cells
        if cell.get("filtered")
    ]
    assert filtered == ["proben1/thyroid1"]


def test_stored_sums_up_what_is_there_and_trains_nothing(
    few_steps, tmp_path, monkeypatch, capsys
):
    few = {"problems": ("card",), "permutations": (1,), "rows": (2,)}
    with pytest.raises(FileNotFoundError, match="--stored expects a store"):
        run(tabular_few_shot, tmp_path, **few, stored=True)
    run(tabular_few_shot, tmp_path, **few)
    files = "summary.csv", "single_minus_multi.csv", "store.jsonl"
    before = {name: (tmp_path / name).read_bytes() for name in files}
    monkeypatch.delattr(experiments, "run")
    capsys.readouterr()
    run(tabular_few_shot, tmp_path, **few, stored=True)
    assert "Stored: 6 of 6 cells." in capsys.readouterr().out
    assert {name: (tmp_path / name).read_bytes() for name in files} == before
    # Of more rows those that are there.
    run(tabular_few_shot, tmp_path, **few | {"rows": (2, 3)}, stored=True)
    assert "Stored: 6 of 12 cells." in capsys.readouterr().out
    assert (tmp_path / "summary.csv").read_bytes() == before["summary.csv"]


def test_a_bundle_that_fails_is_named_and_the_others_are_kept(tmp_path, monkeypatch):
    bundles = tabular_few_shot.bundles

    def broken(config):
        for bundle in bundles(config):
            bad = {"seeds": ["no"]} if "card2" in bundle.arguments["data"] else {}
            arguments = bundle.arguments | bad
            yield dataclasses.replace(bundle, arguments=arguments)

    monkeypatch.setattr(tabular_few_shot, "bundles", broken)
    with pytest.raises(
        SystemExit, match="2 of the bundles failed: data=proben1/card2 shots=2"
    ):
        run(tabular_few_shot, tmp_path, problems=("card",), rows=(2,))
    rows = Store(tmp_path / "store.jsonl").rows()
    assert set(rows["data"]) == {"proben1/card1"}


def test_the_mean_over_permutations_keeps_rows_apart():
    results = pd.DataFrame(
        {
            "data": ["proben1/card1", "proben1/card2"] * 2,
            "row": [5, 5, 10, 10],
            "method": "SMOTE",
            "seed": 0,
            "weighted_f1": [0.5, 0.7, 0.8, 0.9],
        }
    )
    table = deck.by_permutation(results)
    assert table["permutation"].tolist() == ["1", "2"] * 2 + ["mean"] * 2
    mean = table[table["permutation"] == "mean"].set_index("row")["weighted_f1"]
    assert mean.to_dict() == pytest.approx({5: 0.6, 10: 0.85})
    # Where a permutation is missing there is no mean over them.
    table = deck.by_permutation(results.iloc[:3])
    means = table[table["permutation"] == "mean"]
    assert means["row"].tolist() == [5]
