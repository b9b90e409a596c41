import numpy as np
import pytest

from kvae.data.shapes import random_points, render
from kvae.evaluation import disentanglement
from kvae.latent.codes import encode
from kvae.training import VAESettings
from recipes.cells import disentanglement as cells

SETTINGS = VAESettings(3, 1.0, (16,), "bernoulli", batch_size=16, steps=30)
FEW = {"num_train": 200, "num_test": 120}


def test_factors_are_those_of_the_images_that_are_scored():
    for development, first in ((0, 200), (50, 150)):
        source, factors = cells.shapes_and_factors(200, 120, development)
        with source.scoring() as test:
            np.testing.assert_array_equal(test.x, render(factors))
        np.testing.assert_array_equal(factors[0], random_points(320)[first])
    # Development rows are none of the training rows, and no test rows.
    assert len(source.train.x) == 150


@pytest.mark.parametrize("total_correlation", [False, True])
def test_a_beta_gives_the_same_in_any_company(total_correlation):
    arguments = {**FEW, "total_correlation": total_correlation}
    (low,), (high,) = cells.train_shapes_cells(
        7, SETTINGS, [{"beta": 0.5}, {"beta": 20.0}], **arguments
    )
    ((alone,),) = cells.train_shapes_cells(7, SETTINGS, [{"beta": 20.0}], **arguments)
    for name, value in alone.items():
        if isinstance(value, float):
            assert high[name] == pytest.approx(value, abs=1e-3), name
    if total_correlation:
        assert high["model"] == low["model"] == "beta-TCVAE"
        assert high["kl"] != low["kl"]
    else:
        assert high["model"] == low["model"] == "beta-VAE"
        assert high["kl"] < 0.5 * low["kl"]


def test_scores_are_those_of_the_codes():
    source, factors = cells.shapes_and_factors(200, 120, 0)
    vae = SETTINGS.build(source.element_shape)
    with source.scoring() as test:
        row = cells.scores(vae, test.x, factors, seed=3)
        z = encode(vae, test.x).z_mean
        _, reconstruction, kl, _ = vae.compute_losses(test.x)
    assert row["mig"] == disentanglement.mig(z, factors)
    assert row["completeness"] == disentanglement.dci(z, factors, seed=3).completeness
    assert row["kl"] == pytest.approx(float(kl), rel=1e-5)
    assert row["reconstruction"] == pytest.approx(float(reconstruction), rel=1e-2)
    gaps = [value for name, value in row.items() if name.startswith("gap_")]
    assert np.mean(gaps) == pytest.approx(row["mig"])


@pytest.mark.parametrize("around", ["mean", "image"])
def test_sweeps_are_sorted_by_what_latents_say(tmp_path, around):
    (rows,) = cells.train_sweep_cells(
        "digits", 0, SETTINGS, [{"beta": 0.2}], around=around, cache=tmp_path
    )
    assert sorted(row["latent"] for row in rows) == [0, 1, 2]
    assert [row["kl"] for row in rows] == sorted((r["kl"] for r in rows), reverse=True)
    for row in rows:
        images = cells.from_png(row["strip"])
        assert images.shape == (cells.POINTS, 8, 8, 1)
        # As a PNG has 256 grey values.
        change = np.abs(images[-1] - images[0]).mean()
        assert row["change"] == pytest.approx(change, abs=1 / 255)
    # The middle of all sweeps around the mean is the same image.
    middles = [cells.from_png(row["strip"])[cells.POINTS // 2] for row in rows]
    assert np.ptp(middles, axis=0).max() < 0.01 or around == "image"


def test_a_latent_that_is_a_factor_is_named():
    points = random_points(500).astype("float32")
    noise = np.random.default_rng(0).normal(size=(500, 1))
    z = np.column_stack([noise, points[:, 3], points[:, 1]]).astype("float32")
    known = cells.best_known(z)
    assert [name for name, _ in known[1:]] == ["x", "scale"]
    assert min(share for _, share in known[1:]) > 0.95
    assert known[0][1] < 0.2


@pytest.mark.parametrize("channels", [1, 3])
def test_images_come_back_from_a_png(channels):
    images = np.random.default_rng(0).random((4, 5, 6, channels))
    back = cells.from_png(cells.as_png(images), points=4)
    np.testing.assert_allclose(back, images, atol=0.51 / 255)
