import dataclasses

import numpy as np
import pytest

from kvae.evaluation import sharpness
from kvae.latent.codes import encode
from kvae.training import VAESettings
from recipes.cells import blur as cells
from recipes.cells.disentanglement import from_png

SETTINGS = VAESettings(2, 1.0, (16,), "optimal_gaussian", batch_size=16, steps=30)


def test_a_beta_gives_the_same_in_any_company():
    (low,), (high,) = cells.train_blur_cells(
        "digits", 7, SETTINGS, [{"beta": 0.1}, {"beta": 5.0}]
    )
    ((alone,),) = cells.train_blur_cells("digits", 7, SETTINGS, [{"beta": 5.0}])
    for name in ("kl", "nats", "rmse", "sharpness", "z_1"):
        assert high[name] == pytest.approx(alone[name], rel=1e-3, abs=2e-3), name
    assert high["kl"] < low["kl"]
    assert high["weighted_f1"] is None


def test_measures_are_those_of_held_out_reconstructions():
    source = cells.load_source("digits")
    settings = dataclasses.replace(SETTINGS, latent_dim=3)
    vae = settings.build(source.element_shape)
    with source.scoring() as test:
        row = cells.measure(vae, test)
        images = np.asarray(vae.decode(encode(vae, test.x).z_mean))
        x, y = test.x, test.y
    assert row["rmse"] == pytest.approx(np.sqrt(np.mean((images - x) ** 2)), rel=1e-5)
    ratio = sharpness(images).mean() / sharpness(x).mean()
    assert row["sharpness"] == pytest.approx(ratio)
    shown = from_png(row["originals"], points=10)
    for label, image in enumerate(shown):
        apart = np.abs(x - image).max(axis=(1, 2, 3))
        assert y[apart.argmin()] == label and apart.min() < 0.01
    assert row["z_1"] is None


def test_convolutions_are_trained_one_by_one():
    settings = dataclasses.replace(SETTINGS, filters=(4,), steps=2)
    rows = cells.train_blur_cells("digits", 0, settings, [{"beta": 0.1}, {"beta": 5.0}])
    assert [row["beta"] for (row,) in rows] == [0.1, 5.0]
    assert {row["architecture"] for (row,) in rows} == {"convolutions 4"}
