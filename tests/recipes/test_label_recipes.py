"""The recipes around labels and `auto`: their bundles and what they write.

What a bundle does is tested in tests/recipes/cells; here results are made up.
"""

import dataclasses
from pathlib import Path

import numpy as np
import pandas as pd

import kvae
from kvae import experiments
from kvae.augmentation.methods import BASELINE, SHIFTS
from kvae.augmentation.refinement import ALPHA, K
from kvae.data import proben1
from recipes import gc_sensitivity, mnist_auto, mnist_labels, tabular_auto
from recipes.cells.auto import AUTO
from recipes.cells.filters import Filter
from recipes.cells.labels import (
    DECK_AT_AMOUNT,
    DOUBTED,
    LABEL_METHODS,
    PCA_DOUBTED,
    REFINED,
)

DUMMY = str(Path(proben1.__file__).parent / "dummy_data")
ORIGIN = {"revision": "abc", "date": "2026-01-01"}


def results(rows, methods, gains, seeds=10, **columns):
    stream = np.random.default_rng(0)
    lines = []
    for row in rows:
        for seed in range(seeds):
            base = stream.normal(0.8, 0.02)
            for method in methods:
                score = base + gains.get(method, 0.0) + stream.normal(0, 0.002)
                lines.append(
                    {**row, "seed": seed, "method": method, "weighted_f1": score}
                )
    return pd.DataFrame(lines).assign(**columns, **ORIGIN)


def test_labels_are_compared_with_real_rows_the_rival_and_the_same_labels(tmp_path):
    gains = {REFINED: 0.1, SHIFTS: 0.05, DOUBTED: 0.12}
    made = results([{"shots": 2}, {"shots": 5}], LABEL_METHODS, gains)
    made = made.assign(label_accuracy=0.9, label_share=1.0)
    mnist_labels.write(mnist_labels.Config(out=tmp_path), made)
    table = pd.read_csv(tmp_path / "summary.csv").set_index(["row", "method"])
    assert table.loc[(2, REFINED), "difference_low"] > 0.09
    assert table["label_accuracy"].eq(0.9).all()
    over = pd.read_csv(tmp_path / "over_shifts.csv")
    assert over["row"].tolist() == [2, 5]
    assert over["difference"].between(0.045, 0.055).all()
    same = pd.read_csv(tmp_path / "over_labels.csv")
    assert same["difference"].between(0.095, 0.105).all()
    late = (made["method"] == PCA_DOUBTED) & (made["shots"] == 5)
    mnist_labels.write(mnist_labels.Config(out=tmp_path), made[~late])
    over = pd.read_csv(tmp_path / "doubted_over_pca.csv")
    assert over["row"].tolist() == [2]
    for rival, gain in (("shifts", 0.07), ("labels", 0.12), ("refined", 0.02)):
        doubted = pd.read_csv(tmp_path / f"doubted_over_{rival}.csv")
        assert doubted["difference"].between(gain - 0.005, gain + 0.005).all()


def test_auto_is_pooled_over_cells_and_judged_by_the_margins(tmp_path, capsys):
    cells = [{"data": "proben1/card1", "shots": n} for n in (5, 10)]
    methods = (BASELINE, "SMOTE", AUTO)
    config = tabular_auto.Config(out=tmp_path)
    made = results(cells, methods, {AUTO: 0.01}, chosen="SMOTE")
    tabular_auto.write(config, made)
    assert "Harmless by the protocol's margins: yes" in capsys.readouterr().out
    pooled = pd.read_csv(tmp_path / "pooled.csv").set_index("method")
    assert 0.005 < pooled.loc[AUTO, "difference_low"] < 0.01
    made = results(cells, methods, {AUTO: -0.03}, chosen="SMOTE")
    tabular_auto.write(config, made)
    assert "Harmless by the protocol's margins: no" in capsys.readouterr().out


def test_auto_has_a_bundle_for_each_cell_that_exists():
    config = tabular_auto.Config(
        manual_dir=DUMMY,
        problems=("card",),
        rows=(2, 50),
        permutations=(1,),
        first_seed=1000,
    )
    (bundle,) = tabular_auto.bundles(config)
    assert bundle.arguments["shots"] == 2
    assert bundle.arguments["seeds"] == list(range(1000, 1020))
    methods = [cell["method"] for cell in bundle.cells]
    assert methods == [BASELINE, "SMOTE", AUTO]
    assert len(set(bundle.keys())) == 3


def test_labels_have_a_bundle_for_each_seed_and_row():
    config = mnist_labels.Config(data="digits", rows=(10, 20), seeds=2)
    bundles = list(mnist_labels.bundles(config))
    seen = [(b.arguments["seed"], b.arguments["shots"]) for b in bundles]
    assert seen == [(0, 10), (0, 20), (1, 10), (1, 20)]
    for bundle in bundles:
        cells = {cell["method"]: cell for cell in bundle.cells}
        few = bundle.arguments["shots"] == 10
        assert set(LABEL_METHODS) - set(cells) == (set() if few else {PCA_DOUBTED})
        assert set(cells[DECK_AT_AMOUNT]["parameters"]) == {"extrapolate", "noise"}
        assert all(
            len(cell) == 1 for name, cell in cells.items() if "as many" not in name
        )
    # Some of the columns are the same cells, in their order.
    some = dataclasses.replace(config, methods=(DOUBTED, BASELINE))
    first, *_ = mnist_labels.bundles(some)
    assert [cell["method"] for cell in first.cells] == [DOUBTED, BASELINE]
    assert set(first.keys()) < set(bundles[0].keys())


def test_what_is_published_of_digits_is_found_by_the_recipe_of_today():
    """A default that changed would orphan what is stored."""
    published = mnist_labels.Config().out.with_name("digits_labels")
    config = mnist_labels.Config(data="digits", rows=(2, 5, 10, 20, 50))
    bundles = list(mnist_labels.bundles(config))
    # Labels by PCA with doubted rows are not in the rows of 20 and 50.
    cells = 10 * (5 * len(LABEL_METHODS) - 2)
    assert sum(len(bundle.cells) for bundle in bundles) == cells
    store = experiments.Store(published / "store.jsonl")
    assert experiments.missing_cells(bundles, store) == []


def test_auto_on_images_stands_beside_what_could_always_be_used(tmp_path, capsys):
    rows = [{"data": "mnist", "shots": n} for n in (2, 5)]
    beside = results(rows, LABEL_METHODS, {"propagate": 0.2})
    of_auto = results(rows, [AUTO], {AUTO: 0.1}, seeds=3, chosen="propagate")
    store = experiments.Store(tmp_path / "labels.jsonl")
    with store.writing():
        store.append({"beside": beside.to_dict("records")})
    config = mnist_auto.Config(out=tmp_path, labels=store.path)
    mnist_auto.write(config, of_auto)
    table = pd.read_csv(tmp_path / "summary.csv").set_index(["row", "method"])
    assert table.loc[5].index.tolist() == [BASELINE, SHIFTS, "propagate", AUTO]
    assert (table["runs"] == 3).all()
    assert table.loc[(2, "propagate"), "difference"] > 0.15
    assert "propagate" in capsys.readouterr().out.split("How often")[1]


def test_filters_differ_from_the_default_in_one_thing():
    found = gc_sensitivity.filters("early")
    assert found[0] == Filter() and len(set(found)) == len(found) == 10
    assert {way.early for way in found} == {Filter().early}


def test_the_table_of_filters_is_paired_over_seeds(tmp_path):
    rows = [
        {
            "data": "card",
            "shots": 20,
            "draws": "labelled draws",
            **vars(Filter()),
            "seed": seed,
            "accepted": 0.8,
            "right": 0.9,
            "right_accepted": 0.95 + 0.001 * seed,
            "right_rejected": None if seed == 3 else 0.7,
            "judge_accuracy": 0.97,
        }
        for seed in range(5)
    ]
    made = pd.DataFrame(rows).assign(**ORIGIN)
    gc_sensitivity.write(gc_sensitivity.Config(out=tmp_path), made)
    table = pd.read_csv(tmp_path / "summary.csv")
    assert table.loc[0, "seeds"] == 4
    assert 0.24 < table.loc[0, "low"] < table.loc[0, "difference"] < 0.26


def test_digits_get_the_settings_of_mnist_but_for_the_length_of_training():
    labels = mnist_labels.label_settings(kvae.load("digits"))
    assert (labels.vae.latent_dim, labels.vae.beta) == (32, 0.2)
    assert labels.vae.steps == 2000
    assert (K, ALPHA) == (10, 0.995)  # of refined_codes, which the cells run
