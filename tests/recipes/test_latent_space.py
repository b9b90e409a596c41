"""Figures and measures of latent space, on few images and in few steps."""

import dataclasses

import matplotlib.pyplot as plt
import pandas as pd

from kvae import experiments
from recipes import latent_space as recipe

SMALL = {
    **recipe.QUICK,
    "steps": 50,
    "classifier_steps": 20,
    "shown": 100,
    "quick": True,
    "jobs": 1,
}


def test_every_figure_has_its_numbers_and_is_drawn_again_from_the_store(
    tmp_path, monkeypatch
):
    config = recipe.Config(**SMALL | {"out": tmp_path})
    recipe.main(config)
    table = pd.read_csv(tmp_path / "summary.csv")
    distance = table[table["measure"] == "distance"]
    assert len(distance) == 2 * 2 * 5  # models, dimensions, kinds
    assert (distance[distance["kind"] == "held-out rows"]["mean"] == 1).all()
    of_vaes = distance["model"] == "VAE"
    assert (
        distance[of_vaes & (distance["kind"] != "held-out rows")][
            ["difference", "difference_low", "difference_high"]
        ]
        .notna()
        .all(axis=None)
    )
    kl = table[table["measure"] == "kl"].groupby("model")["mean"].min()
    assert kl["autoencoder"] == 0 < kl["VAE"]
    codes = pd.read_csv(tmp_path / "codes.csv")
    assert (codes.groupby(["model", "latent_dim"]).size() == 100).all()
    share = codes.groupby("latent_dim")["explained"].max()
    assert share[2] == 1 > share[16]
    for name in ("codes", "grid", "interpolations"):
        height, width, _ = plt.imread(tmp_path / f"{name}.png").shape
        assert 600 <= width <= 800
        assert height < width
        assert "<svg" in (tmp_path / f"{name}.svg").read_text()
    written = {path: path.read_bytes() for path in tmp_path.iterdir()}
    monkeypatch.delattr(experiments, "run")
    recipe.main(dataclasses.replace(config, stored=True))
    assert [p.name for p in written if p.read_bytes() != written[p]] == []
