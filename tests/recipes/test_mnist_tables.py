"""The three MNIST tables and the choice of their samplers, on digits."""

import dataclasses
import json

import matplotlib.pyplot as plt
import pandas as pd
import pytest

from kvae import experiments, samplers
from kvae.augmentation.methods import BASELINE, IMAGE_METHODS
from kvae.experiments.results import Store
from recipes import (
    image_tables,
    mnist_few_shot,
    mnist_generated_only,
    mnist_more_generated,
    mnist_samplers,
    mnist_sharpness,
)
from recipes.cells.sharpness import SHARPNESS_METHODS

SMALL = {"data": "digits", "rows": (2, 3), "seeds": 2, "quick": True, "jobs": 2}


def run(recipe, tmp_path, **kwargs):
    folders = {"out": tmp_path, "vaes": tmp_path / "vaes"}
    config = recipe.Config(**SMALL | folders | kwargs)
    recipe.main(config)
    return pd.read_csv(tmp_path / "summary.csv")


def test_few_shot_compares_every_method_in_every_row(
    few_steps, tmp_path, capsys, monkeypatch
):
    table = run(mnist_few_shot, tmp_path)
    assert table["examples_per_class"].tolist() == [2] * 10 + [3] * 10
    assert table["method"].tolist() == 2 * [*IMAGE_METHODS, "interpolate, alpha 0.1"]
    # Another alpha is another column, and no part of the deck's mean.
    assert table["mean"].iloc[4] != table["mean"].iloc[9]
    assert (table["runs"] == 2).all()
    assert table["command"].str.startswith("python ").all()
    paired = pd.read_csv(tmp_path / "single_minus_multi.csv")
    assert set(paired["method"]) > {"noise", image_tables.SINGLE}
    assert "interpolate, alpha 0.1" not in set(paired["method"])
    printed = capsys.readouterr().out
    assert "digits, examples per class 3: weighted F1" in printed
    assert f"{image_tables.SINGLE} minus Multi-VAE, paired" in printed
    # What is stored is summed up alike, without data of VAEs and without training.
    written = {path: path.read_bytes() for path in tmp_path.glob("*.[cj]s*")}
    assert len(written) == 3
    with monkeypatch.context() as patched:
        patched.delattr(experiments, "run")
        run(mnist_few_shot, tmp_path, stored=True, vaes=tmp_path / "nowhere")
    assert {path: path.read_bytes() for path in written} == written
    assert not (tmp_path / "nowhere").exists()
    # One row by itself gives the same numbers.
    (tmp_path / "store.jsonl").rename(tmp_path / "whole.jsonl")
    alone = run(mnist_few_shot, tmp_path, rows=(3,), jobs=1)
    columns = ["method", "mean", "low", "difference"]
    expected = table.loc[table["examples_per_class"] == 3, columns]
    pd.testing.assert_frame_equal(alone[columns], expected.reset_index(drop=True))


def test_generated_only_draws_the_deck_s_figure(few_steps, tmp_path):
    table = run(mnist_generated_only, tmp_path)
    baseline = table[table["method"] == BASELINE]
    assert baseline["mean"].nunique() == 1  # 5 originals, whatever is generated
    assert (tmp_path / "figure.png").stat().st_size > 10_000


def test_the_figure_shows_the_deck_s_lines_beside_ours(tmp_path):
    reference = image_tables.read_deck("mnist_generated_only")
    summary = reference.assign(mean=0.7, low=0.6, high=0.8)
    mnist_generated_only._draw(tmp_path / "figure", summary)
    height, width, _ = plt.imread(tmp_path / "figure.png").shape
    assert width > 2 * height  # two panels


def test_more_generated_trains_on_the_amount_asked_for(few_steps, tmp_path):
    run(mnist_more_generated, tmp_path, generated=7, seeds=1)
    rows = Store(tmp_path / "store.jsonl").rows()
    assert set(rows["shots"]) == {2, 3}
    assert set(rows["amount"]) == {7}


def test_the_choice_of_samplers_is_made_on_development_rows(
    few_steps, tmp_path, monkeypatch
):
    chosen = tmp_path / "samplers.json"
    assert len(mnist_samplers.grid()) == 1 + 4 + 2 * 12
    monkeypatch.setattr(mnist_samplers, "ALPHAS", (0.1, 0.5))
    monkeypatch.setattr(mnist_samplers, "NEIGHBOURS", (1,))
    grid = mnist_samplers.grid()
    config = mnist_samplers.Config(
        shots=(2,),
        seeds=1,
        data="digits",
        vaes=tmp_path / "vaes",
        jobs=2,
        out=tmp_path,
        settings=chosen,
        quick=True,
    )
    mnist_samplers.main(config)
    table = pd.read_csv(tmp_path / "summary.csv")
    assert len(table) == len(grid)
    assert table["method"].tolist() == [method for method, _ in grid]
    assert table["difference"].isna().tolist() == [True] + [False] * (len(grid) - 1)
    for method, setting in json.loads(chosen.read_text())["samplers"].items():
        samplers.get(method, **setting)
        best = table[table["method"] == method].sort_values("mean").iloc[-1]
        assert best["alpha"] == setting["alpha"]
    cells = Store(tmp_path / "store.jsonl").cells()
    assert len(cells) == len(grid)
    assert all("development=300" in key for key in cells)
    # From a part of the grid nothing is chosen.
    monkeypatch.setattr(mnist_samplers, "ALPHAS", (0.1, 0.5, 1.0))
    with pytest.raises(ValueError, match="all 10 cells of the grid. Received: 7"):
        mnist_samplers.main(dataclasses.replace(config, stored=True))


def test_frozen_samplers_are_ones_that_the_grid_tried():
    tried = [setting for _, setting in mnist_samplers.grid()]
    frozen = image_tables.sampler_parameters()
    assert set(frozen) == {"noise", "interpolate", "extrapolate"}
    assert all(setting in tried for setting in frozen.values())


def test_cells_carry_the_parameters_of_their_members():
    parameters = {"noise": {"alpha": 0.1}, "interpolate": {"alpha": 0.5, "k": 3}}
    methods = BASELINE, "noise", "interpolate+noise"
    cells = image_tables.cells_of(methods, parameters)
    assert cells == (
        {"method": BASELINE},
        {"method": "noise", "parameters": {"noise": {"alpha": 0.1}}},
        {"method": "interpolate+noise", "parameters": parameters},
    )
    amounts = image_tables.cells_of(methods, parameters, amounts=(2, 7))
    assert [cell.pop("amount") for cell in amounts] == [2, 2, 2, 7, 7, 7]
    assert amounts == 2 * cells


def test_a_new_sampler_of_a_table_is_all_that_is_missing(monkeypatch, tmp_path):
    """A cell holds what its own sampler is; the others keep their keys."""
    config = mnist_few_shot.Config(**SMALL, out=tmp_path)
    store = Store(tmp_path / "store.jsonl")
    for bundle in mnist_few_shot.bundles(config):
        store.append({key: [{"seed": 0}] for key in bundle.keys()})
    parameters = image_tables.sampler_parameters() | {"lorem": {"alpha": 3.0}}
    monkeypatch.setattr(image_tables, "sampler_parameters", lambda: parameters)
    methods = ("lorem", *IMAGE_METHODS)
    monkeypatch.setattr("kvae.augmentation.methods.IMAGE_METHODS", methods)
    missing = experiments.missing_cells(list(mnist_few_shot.bundles(config)), store)
    expected = [{"method": "lorem", "parameters": {"lorem": {"alpha": 3.0}}}]
    assert [list(cells.values()) for _, cells in missing] == 4 * [expected]


def test_reconstructions_are_less_sharp_than_their_originals(few_steps, tmp_path):
    config = mnist_sharpness.Config(
        shots=4, seeds=2, data="digits", vaes=tmp_path, jobs=1, out=tmp_path, quick=True
    )
    mnist_sharpness.main(config)
    table = pd.read_csv(tmp_path / "summary.csv").set_index("method")
    assert table.index.tolist() == list(SHARPNESS_METHODS)
    assert table.loc[BASELINE, "sharpness"] == 1
    assert (table["sharpness"].drop(BASELINE) < 0.9).all()
    assert table["mean"].between(0, 1).all()


@pytest.mark.slow
@pytest.mark.parametrize(
    "recipe", [mnist_few_shot, mnist_generated_only, mnist_more_generated]
)
def test_quick_gives_sane_baselines(recipe, tmp_path):
    table = run(recipe, tmp_path, **image_tables.quick("any"))
    baseline = table[table["method"] == BASELINE]
    assert baseline["mean"].between(0.5, 0.98).all()
