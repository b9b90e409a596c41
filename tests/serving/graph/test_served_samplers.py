"""A sampler is served by its own formula, whichever it is."""

import dataclasses

import keras
import numpy as np
import pytest
import tensorflow as tf

from kvae import samplers
from kvae.samplers import SAMPLERS, RequestParameter, Sampler
from kvae.serving import export, read_description
from kvae.serving.graph import randomness
from kvae.serving.graph.served_samplers import moved, offered
from tools import served_version

N, D = 40, 3
STREAM = np.random.default_rng(0)
INPUTS = {
    name: STREAM.standard_normal((N, D)).astype("float32")
    for name in ("noise", "partner", "sigma")
}
Z = STREAM.standard_normal((N, D)).astype("float32")
SEEDS = randomness.row_seeds(tf.constant(3, tf.int64), N)
KNOWN = {name: tf.constant(INPUTS[name]) for name in ("partner", "sigma")}


def in_numpy(z, seeds, **amounts):
    """What a request asks for, written out."""
    noise = {name: randomness.noise(seeds, name, D).numpy() for name in amounts}
    z = z + amounts["interpolate"] * (INPUTS["partner"] - z)
    z = z + np.sqrt(amounts["noise"]) * noise["noise"]
    return z + amounts["posterior"] * INPUTS["sigma"] * noise["posterior"]


def test_points_move_by_the_formulas_written_out_in_numpy():
    amounts = {"interpolate": -0.7, "noise": 0.3, "posterior": 1.5}
    tensors = {name: tf.fill([N], amount) for name, amount in amounts.items()}
    z = moved(tf.constant(Z), SEEDS, tensors, **KNOWN)
    np.testing.assert_allclose(z, in_numpy(Z, SEEDS, **amounts), rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("name", sorted(offered("partner", "sigma")))
def test_an_amount_of_0_moves_nothing(name):
    z = moved(tf.constant(Z), SEEDS, {name: tf.zeros(N)}, **KNOWN)
    np.testing.assert_array_equal(z, Z)
    np.testing.assert_array_equal(moved(tf.constant(Z), SEEDS, {}, **KNOWN), Z)


@pytest.mark.parametrize("name", sorted(offered("partner", "sigma")))
def test_limits_hold_0_and_the_example(name):
    parameter = SAMPLERS[name].request_parameter
    for amount in (0, parameter.example):
        assert parameter.least <= amount <= parameter.greatest


def test_what_needs_a_partner_is_offered_where_there_are_some():
    assert set(offered("sigma")) == {"noise", "posterior"}
    assert set(offered("partner", "sigma")) == {"interpolate", "noise", "posterior"}


@keras.saving.register_keras_serializable(package="tests")
class Shrink(Sampler):
    """Towards the origin: a sampler that kvae does not have."""

    name = "shrink"
    request_parameter = RequestParameter(0.0, 1.0, example=0.25)

    def __init__(self, share=0.5):
        self.share = share

    @staticmethod
    def step(z, share):
        return z - share * z

    def move(self, draws, codes, generator):
        return self._record(
            dataclasses.replace(draws, z=self.step(draws.z, self.share))
        )

    def get_config(self):
        return {"share": self.share}


class Swap(Sampler):
    """To the partner, and some noise on the way."""

    name = "swap"
    step_inputs = ("partner", "noise")
    request_parameter = RequestParameter(0.0, 1.0, example=1.0)

    @staticmethod
    def step(z, share, partner, noise):
        return z + share * (partner - z) + share * (share - 1.0) * noise


@pytest.fixture
def served(monkeypatch, vae, image_codes, tmp_path):
    """An export of a time when two more samplers are registered."""
    monkeypatch.setitem(SAMPLERS, "shrink", Shrink)
    monkeypatch.setitem(SAMPLERS, "swap", Swap)
    path = export(
        vae,
        tmp_path / "1",
        codes=image_codes,
        include_codes=True,
        signatures=["augment_rows", "augment_class", "augment_class_batch"],
    )
    return served_version.ServedVersion(path)


def asked(served, name, **inputs):
    dtypes = {"n": "int32", "seed": "int64"}
    nothing = {"noise": 0.0, "posterior": 0.0, **inputs}
    typed = {
        key: np.array(value, dtypes.get(key, "float32"))
        for key, value in nothing.items()
        if not isinstance(value, bytes)
    }
    if "class" in inputs:
        typed["class"] = np.array(inputs["class"], object)
    return served.predict(name, typed)["x"]


def test_a_registered_sampler_is_served_without_another_line(served, vae, images):
    described = read_description(served.path)["signatures"]
    for name in ("augment_class", "augment_class_batch"):
        assert {"shrink", "swap"} <= set(described[name]["inputs"])
    assert "shrink" in described["augment_rows"]["inputs"]
    assert "swap" not in described["augment_rows"]["inputs"]  # needs a partner
    z_mean = vae.encode(images[0])[0].numpy()
    x = asked(served, "augment_rows", x=images[0], seed=1, shrink=0.3)
    np.testing.assert_allclose(x, vae.decode(Shrink.step(z_mean, 0.3)), atol=1e-5)
    with pytest.raises(served_version.InvalidArgumentError, match="shrink from 0 to 1"):
        asked(served, "augment_rows", x=images[0], seed=1, shrink=1.5)


def test_served_samplers_work_on_each_others_output(served, vae, image_codes):
    request = {"class": b"1", "n": 30, "seed": 1, "interpolate": 0.0}
    x = asked(served, "augment_class", **request, shrink=0.5, swap=1.0)
    # A swap of 1 ends at a code of the class, wherever the first one led.
    expected = vae.decode(image_codes.z_mean[image_codes.label == 1]).numpy()
    distance = np.abs(x[:, None] - expected).max(axis=(2, 3, 4))
    assert distance.min(axis=1).max() < 1e-5


def test_the_same_formula_moves_the_draws_of_the_sampler_itself(image_codes):
    draws = samplers.get(Shrink(0.3)).draw(image_codes, 4, seed=0)
    expected = 0.7 * image_codes.z_mean[draws.parent]
    np.testing.assert_allclose(draws.z, expected, rtol=1e-6)
