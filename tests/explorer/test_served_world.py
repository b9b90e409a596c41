"""Exported models, asked by a function that stands for them."""

import numpy as np
import pytest

from kvae.explorer.served_world import Served, ServedWorld

AROUND = ("class", "n", "seed", "interpolate", "noise", "posterior")


class Model:
    """Answers as an export of a table would; remembers what it was asked."""

    def __init__(self, by_class=False):
        self.asked, self.by_class = [], by_class

    def __call__(self, name, inputs):
        self.asked.append((name, inputs))
        if name == "decode":
            assert ("class" in inputs) == self.by_class
            return {"size": inputs["z"][:, 0], "score!": inputs["z"][:, 1]}
        if name == "classify":
            return self._verdict(inputs["size"])
        size = np.arange(inputs["n"], dtype="float64")
        return {"size": size, "score!": size, **self._verdict(size)}

    @staticmethod
    def _verdict(size):
        label = np.where(size > 0, "yes", "no").astype(object)
        return {"buys": label, "score": size, "accepted": size > 1}


SIGNATURES = {"decode": ("z",), "sample": ("n", "seed"), "classify": ("size",)}


def world(by_class=False, **more):
    signatures = {**SIGNATURES, **more}
    if by_class:
        signatures["decode"] = ("z", "class")
    model = Model(by_class)
    return model, ServedWorld(Served(model, signatures, 2, ("no", "yes")), "people")


def test_the_map_shows_draws_that_the_classifier_names():
    _, found = world()
    assert not found.is_real
    np.testing.assert_array_equal(found.label, (found.z[:, 0] > 0).astype(int))
    assert found.z.std() == pytest.approx(1, abs=0.1)
    assert found.look(found.z[0], 0).real is None
    assert found.rows([3])["size"].iloc[0] == found.z[3, 0]


def test_normal_draws_have_alphas_variance_and_a_verdict():
    _, found = world()
    drawn = found.draw("normal", 4.0, n=1000, seed=0, label=0)
    assert drawn.rows["size"].std() == pytest.approx(2, abs=0.2)
    np.testing.assert_array_equal(drawn.accepted, drawn.rows["size"] > 1)
    assert drawn.rows.columns.tolist() == ["size", "score!"]
    assert drawn.label[0] == ("yes" if drawn.rows["size"][0] > 0 else "no")


def test_the_servers_own_draws_are_asked_for_by_signature():
    model, found = world(augment_class=AROUND)
    samplers = ["normal", "sample", "posterior", "noise", "interpolate", "extrapolate"]
    assert list(found.samplers) == samplers
    drawn = found.draw("extrapolate", 0.5, n=3, seed=7, label=1)
    name, inputs = model.asked[-1]
    assert name == "augment_class"
    expected = {"class": "yes", "n": 3, "seed": 7, "interpolate": -0.5}
    assert inputs == {**expected, "noise": 0.0, "posterior": 0.0}
    assert drawn.label == ["yes"] * 3
    assert drawn.accepted.tolist() == [False, False, True]
    found.draw("sample", None, n=2, seed=1, label=0)
    assert model.asked[-1] == ("sample", {"n": 2, "seed": 1})


def test_every_class_has_draws_where_each_has_a_space():
    model, found = world(by_class=True)
    assert found.by_class
    assert np.unique(found.label).tolist() == [0, 1]
    found.look(found.z[0], 1)
    assert model.asked[-1][1]["class"].tolist() == ["yes"]
    drawn = found.draw("normal", 1.0, n=50, seed=0, label=1)
    assert drawn.label == ["yes"] * 50
    # What the classifier takes for another class is not accepted.
    assert not drawn.accepted[drawn.rows["size"] <= 0].any()


def test_images_and_numbers_are_told_apart():
    for shape, is_image in (((4, 4, 1), True), ((5,), False)):

        def ask(name, inputs, shape=shape):
            return {"x": np.full((len(inputs["z"]), *shape), 2.0)}

        found = ServedWorld(Served(ask, {"decode": ("z",)}, 3), "x")
        assert found.is_image is is_image
        assert not found.has_judge
        assert found.draw("normal", 1.0, n=2, seed=0, label=0).label == ["", ""]


def test_a_model_that_cannot_be_explored_says_why():
    with pytest.raises(ValueError, match="with the signature decode"):
        ServedWorld(Served(None, {"predict": ("x",)}, 0), "other")
    signatures = {"decode": ("z", "class")}
    with pytest.raises(ValueError, match="Add --classes NAME NAME"):
        ServedWorld(Served(None, signatures, 2), "multi")
