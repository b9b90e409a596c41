"""Blur: tables and figures, on few images and in few steps."""

import dataclasses

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest

from kvae import experiments
from recipes import blur as recipe

SMALL = {
    **recipe.QUICK,
    "architectures": ("wide",),
    "steps": 50,
    "classifier_steps": 10,
    "quick": True,
    "jobs": 1,
}


def test_the_store_gives_tables_and_figures_again(tmp_path, monkeypatch):
    config = recipe.Config(**SMALL | {"out": tmp_path})
    recipe.main(config)
    summary = pd.read_csv(tmp_path / "summary.csv")
    runs = summary.set_index(["likelihood", "beta"])["runs"]
    assert {key: runs[key] for key in runs.index} == {
        (likelihood, beta): 2 if beta == 0.5 else 1
        for likelihood in recipe.LIKELIHOODS
        for beta in (0.1, 0.5, 1.0)
    }
    over = pd.read_csv(tmp_path / "over_bernoulli.csv").set_index("what")
    assert (over["runs"] == 2).all()
    assert (over["low"] <= over["mean"]).all() and (over["mean"] <= over["high"]).all()
    for name in ("sharpness", "reconstructions"):
        width = plt.imread(tmp_path / f"{name}.png").shape[1]
        assert 600 <= width <= 800
        assert "<svg" in (tmp_path / f"{name}.svg").read_text()
    written = {path: path.read_bytes() for path in tmp_path.iterdir()}
    monkeypatch.delattr(experiments, "run")
    recipe.main(dataclasses.replace(config, stored=True))
    assert [p.name for p in written if p.read_bytes() != written[p]] == []


def test_ratios_and_differences_are_paired_by_seed():
    lines = [
        {
            "seed": seed,
            "likelihood": likelihood,
            "sharpness": sharpness * (1 + seed),
            "weighted_f1": 0.7 + 0.1 * seed + gain,
            "real_f1": 0.6 + 0.1 * seed,
        }
        for seed in range(3)
        for likelihood, sharpness, gain in (
            (recipe.PLAIN, 0.2, 0.0),
            (recipe.SHARP, 0.3, 0.02),
        )
    ]
    unscored = {**lines[0], "weighted_f1": np.nan}
    table = recipe.compare_likelihoods(pd.DataFrame([*lines, unscored]))
    expected = [1.5, 0.02, 0.12, 0.1]
    for name in ("mean", "low", "high"):
        assert table[name].tolist() == pytest.approx(expected)


def test_a_convolution_more_is_all_that_is_missing(tmp_path):
    config = recipe.Config(**SMALL | {"out": tmp_path})
    store = experiments.Store(tmp_path / "store.jsonl")
    for bundle in recipe.bundles(config):
        store.append({key: [{"seed": 0}] for key in bundle.keys()})
    more = dataclasses.replace(config, architectures=("wide", "convolutions"))
    missing = experiments.missing_cells(list(recipe.bundles(more)), store)
    filters = {bundle.arguments["settings"].filters for bundle, _ in missing}
    assert filters == {(16, 32)}
