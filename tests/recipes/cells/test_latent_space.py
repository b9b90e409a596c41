import numpy as np
import pytest

from kvae.training.vaes import VAESettings
from recipes.cells import latent_space as cells
from recipes.cells.disentanglement import from_png

SETTINGS = VAESettings(2, 0.2, (16,), "bernoulli", batch_size=16, steps=30)


@pytest.mark.parametrize("same", [True, False])
def test_pairs_are_two_rows_of_one_class_or_of_two(same):
    labels = np.arange(30) % 3
    found = cells.pairs(labels, 200, same, generator=np.random.default_rng(0))
    assert found.shape == (200, 2)
    assert ((labels[found[:, 0]] == labels[found[:, 1]]) == same).all()
    assert (found[:, 0] != found[:, 1]).all()


def test_codes_of_many_dimensions_are_projected_on_those_that_vary_most():
    class Rows:
        x = np.random.default_rng(0).random((80, 8, 8, 1)).astype("float32")
        y = np.arange(80) % 4

    vae = VAESettings(5, 0.2, (16,), "bernoulli", 16, 30).build((8, 8, 1))
    lines = cells.codes_of(vae, Rows)
    assert [line["label"] for line in lines] == [0, 1, 2, 3]
    z = cells.encode(vae, Rows.x).z_mean
    values = np.linalg.eigvalsh(np.cov(z.T))
    expected = values[-2:].sum() / values.sum()
    assert lines[0]["explained"] == pytest.approx(expected, rel=1e-4)
    first = np.concatenate([line["z_1"] for line in lines])
    assert first.var(ddof=1) == pytest.approx(values[-1], rel=1e-2)


def test_the_grid_runs_from_top_left_to_bottom_right_and_ends_are_codes():
    source = cells.load_source("digits")
    vae = SETTINGS.build(source.element_shape)
    lines = cells.images_of(vae, source, seed=0)
    grid = [line for line in lines if line["what"] == "grid"]
    assert len(grid) == cells.GRID
    assert grid[0]["from_z"][1] > grid[-1]["from_z"][1]
    assert all(line["from_z"][0] < line["to_z"][0] for line in grid)
    way = next(line for line in lines if line["name"] == "2 to 7")
    images = from_png(way["strip"], cells.STEPS)
    ends = np.array([way["from_z"], way["to_z"]], "float32")
    np.testing.assert_allclose(images[[0, -1]], vae.decode(ends), atol=0.01)
    z = cells.encode(vae, source.train.x[source.train.y == 7]).z_mean
    assert np.abs(z - ends[1]).max(axis=1).min() < 0.001
