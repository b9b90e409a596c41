"""The influence of beta: tables and figures, on few images and in few steps."""

import dataclasses

import matplotlib.pyplot as plt
import pandas as pd

from kvae import experiments
from recipes import beta_influence as recipe

SMALL = {
    **recipe.QUICK,
    "steps": 60,
    "classifier_steps": 10,
    "quick": True,
    "jobs": 1,
}


def test_a_high_beta_is_measured_and_drawn(tmp_path, monkeypatch):
    config = recipe.Config(**SMALL | {"out": tmp_path, "betas": (8.0,)})
    recipe.main(config)
    table = pd.read_csv(tmp_path / "summary.csv")
    assert set(table["measure"]) == {*recipe.MEASURES, "rmse", "gain"}
    assert sorted(table["beta"].unique()) == [0.5, 8]
    assert (table["difference"].isna() == (table["beta"] == recipe.BASE)).all()
    kl = table[table["measure"] == "kl"].set_index("beta")["mean"]
    assert kl[8] < kl[0.5]
    codes = pd.read_csv(tmp_path / "codes.csv")
    assert codes.groupby("beta").size().nunique() == 1
    for name in ("codes", "measures", "reconstructions"):
        width = plt.imread(tmp_path / f"{name}.png").shape[1]
        assert 600 <= width <= 800
        assert "<svg" in (tmp_path / f"{name}.svg").read_text()
    written = {path: path.read_bytes() for path in tmp_path.iterdir()}
    monkeypatch.delattr(experiments, "run")
    recipe.main(dataclasses.replace(config, stored=True))
    assert [p.name for p in written if p.read_bytes() != written[p]] == []


def test_all_betas_are_one_stack(tmp_path):
    bundles = list(recipe.bundles(recipe.Config(**SMALL | {"out": tmp_path})))
    assert [len(bundle.cells) for bundle in bundles] == [3] * (1 + 2)
    assert [b.arguments["settings"].latent_dim for b in bundles] == [2, 16, 16]
