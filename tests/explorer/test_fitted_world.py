"""The world of a fitted over-sampler."""

import numpy as np
import pandas as pd
import pytest

from kvae import VAEOverSampler
from kvae.explorer.fitted_world import FittedWorld
from kvae.latent import encode
from kvae.latent.codes import Draws, decode


@pytest.fixture(scope="module")
def table_world():
    """Of a table by a conditional VAE; a row in four has no label."""
    stream = np.random.default_rng(0)
    frame = pd.DataFrame(
        {
            "size": stream.integers(1, 99, 40),
            "city": stream.choice(["Bonn", "Ulm"], 40),
            "<b>": stream.normal(size=40).round(2),
        }
    )
    y = pd.Series(np.where(np.arange(40) % 4 == 0, None, "no"), name="buys")
    y[1::2] = "yes"
    sampler = VAEOverSampler(steps=10, random_state=0, sampling_strategy=1, beta=0.0)
    sampler.fit_resample(frame, y)
    return frame, y, FittedWorld(sampler, "people")


def test_the_map_has_a_code_for_every_row(fitted_digits, digits_world):
    x, y = fitted_digits.training_rows()
    codes = encode(fitted_digits.vae_, x, y, unlabelled=-1)
    np.testing.assert_array_equal(digits_world.z, codes.z_mean)
    np.testing.assert_array_equal(digits_world.label, y)
    assert digits_world.classes == tuple("0123456789")
    assert digits_world.is_image
    assert not digits_world.by_class


def test_a_code_decodes_as_the_vae_does_beside_the_nearest_row(digits_world):
    x = digits_world.rows(np.arange(200))
    for row in (0, 60, 150):
        look = digits_world.look(digits_world.z[row], 0)
        distance = ((x - look.rows) ** 2).reshape(200, -1).sum(axis=1)
        assert look.position == distance.argmin()
        np.testing.assert_array_equal(look.real, x[[look.position]])
    assert digits_world.look(digits_world.z[0], 0, beside=7).position == 7
    nobody, empty = np.full(200, -1), np.full(200, "", object)
    draws = Draws(digits_world.z, nobody, nobody, nobody, None, empty)
    expected = decode(digits_world._vae, draws)
    decoded = digits_world.decode(digits_world.z, 0)
    np.testing.assert_allclose(decoded, np.clip(expected, 0, 1), atol=1e-6)


def test_every_sampler_draws_and_the_judge_says_what_it_accepts(digits_world):
    for name, limits in digits_world.samplers.items():
        alpha = None if limits is None else limits[1]
        drawn = digits_world.draw(name, alpha, n=5, seed=3, label=2)
        assert drawn.rows.shape == (5, 8, 8, 1)
        if name != "normal":
            assert drawn.label == ["2"] * 5
        assert drawn.accepted.shape == drawn.score.shape == (5,)
        again = digits_world.draw(name, alpha, n=5, seed=3, label=2)
        np.testing.assert_array_equal(drawn.rows, again.rows)
        assert "parent" in drawn.lineage


def test_alpha_is_the_samplers(digits_world):
    parents = digits_world.draw("noise", 0.0, n=4, seed=0, label=1)
    rows = parents.lineage["parent"].to_numpy(int)
    expected = digits_world.decode(digits_world.z[rows], 0)
    np.testing.assert_allclose(parents.rows, expected, atol=1e-6)


def test_labels_spread_and_classes_without_any_take_no_part(digits_world):
    labels = np.full(200, -1)
    labels[:20] = np.where(digits_world.label[:20] < 5, digits_world.label[:20], -1)
    found = digits_world.spread(labels)
    assert found.probability.shape == (200, 10)
    assert (found.probability[:, 5:] == 0).all()
    known = labels >= 0
    np.testing.assert_array_equal(found.label[known], labels[known])
    assert found.label.max() < 5


def test_a_table_comes_back_in_its_own_columns(table_world):
    frame, y, world = table_world
    assert world.target == "buys"
    assert world.by_class
    assert "latent space of its own" in world.no_labels
    assert len(world.z) == y.notna().sum()
    assert "rows without a label" in world.notes[0]
    for position in (0, 5):
        pd.testing.assert_frame_equal(
            world.rows([position]).reset_index(drop=True),
            frame.iloc[[world.row_id[position]]].reset_index(drop=True),
        )
    look = world.look(world.z[3], world.label[3])
    assert look.rows.columns.tolist() == frame.columns.tolist()
    assert world.label[look.position] == world.label[3]
    drawn = world.draw("posterior", None, n=3, seed=0, label=1)
    assert set(drawn.rows["city"]) <= {"Bonn", "Ulm"}
    assert drawn.accepted is None


def test_normal_draws_know_their_class_where_classes_have_spaces(table_world):
    world = table_world[2]
    assert world.draw("normal", 1.0, n=2, seed=0, label=1).label == ["yes"] * 2
    assert "propagate" not in world.samplers


def test_plain_numbers_have_numbered_columns(make_vae, table_rows):
    sampler = VAEOverSampler(vae=make_vae(), random_state=0, sampling_strategy=1)
    sampler.fit_resample(*table_rows)
    world = FittedWorld(sampler, "numbers")
    assert world.rows([0]).columns.tolist() == [f"input {i}" for i in range(4)]
    assert world.draw("normal", 1.0, n=2, seed=0, label=0).label == ["", ""]
