"""What every sampler keeps to."""

import dataclasses
import json

import keras
import numpy as np
import pytest
import tensorflow as tf

from kvae import samplers
from kvae.samplers import SAMPLERS, Chain, Interpolate, Noise

EVERY = [*(cls() for cls in SAMPLERS.values()), samplers.get("extrapolate+noise")]
each = pytest.mark.parametrize("sampler", EVERY, ids=lambda sampler: sampler.name)


def codes_for(sampler, make_codes):
    """Codes of a Multi-VAE, which all but one of the samplers can draw from."""
    return make_codes(replicas=sampler.name != "propagate")


@each
def test_draws_as_many_as_asked_for(sampler, make_codes):
    codes = codes_for(sampler, make_codes)
    draws = sampler.draw(codes, 7, seed=0)
    np.testing.assert_array_equal(draws.label, np.repeat([0, 1], 7))
    if codes.replica is not None:
        np.testing.assert_array_equal(draws.replica, draws.label)
    assert draws.z.shape == (14, 2)
    assert np.isfinite(draws.z).all()
    draws = sampler.draw(codes, {0: 0, 1: 3}, seed=0)
    np.testing.assert_array_equal(draws.label, [1, 1, 1])


@each
def test_the_seed_is_all_that_is_random(sampler, make_codes):
    codes = codes_for(sampler, make_codes)
    first, again, other = (sampler.draw(codes, 5, seed).z for seed in (0, 0, 1))
    np.testing.assert_array_equal(first, again)
    assert not np.allclose(first, other)


@each
def test_a_class_does_not_depend_on_the_others(sampler, make_codes):
    codes = codes_for(sampler, make_codes)
    alone = sampler.draw(codes.take(codes.label == 1), 5, seed=0)
    both = sampler.draw(codes, 5, seed=0)
    np.testing.assert_array_equal(alone.z, both.z[5:])


@each
def test_the_record_is_json_with_the_parameters(sampler, make_codes):
    draws = sampler.draw(codes_for(sampler, make_codes), 2, seed=0)
    for record in draws.params:
        names = [entry["sampler"] for entry in json.loads(f"[{record}]")]
        assert names == sampler.name.split("+")


@each
def test_round_trips_through_keras_saving(sampler):
    copy = keras.saving.deserialize_keras_object(
        keras.saving.serialize_keras_object(sampler)
    )
    assert copy == sampler
    assert repr(copy) == repr(sampler)
    assert hash(copy) == hash(sampler)


@pytest.mark.parametrize("name", sorted(set(SAMPLERS) - {"normal"}))
def test_every_row_is_a_parent_before_any_is_twice(name, make_codes):
    codes = make_codes()
    draws = samplers.get(name).draw(codes, 10, seed=0)
    counts = np.unique(draws.parent[draws.label == 0], return_counts=True)[1]
    assert len(counts) == 6
    assert set(counts) <= {1, 2}


@pytest.mark.parametrize("name", sorted(set(SAMPLERS) - {"normal"}))
def test_rows_are_parents_in_proportion_to_their_weight(name, make_codes):
    codes = make_codes()
    weight = np.where(codes.label == 0, np.arange(len(codes)), 1.0)
    codes = dataclasses.replace(codes, weight=weight)
    draws = samplers.get(name).draw(codes, 100, seed=0)
    first = codes.label == 0
    shares = weight[first] / weight[first].sum()
    for row_id, share in zip(codes.row_id[first], shares, strict=True):
        drawn = np.sum(draws.parent == row_id)
        assert np.floor(100 * share) <= drawn <= np.ceil(100 * share)


def test_rows_of_weight_0_are_never_parents_and_order_is_mixed(make_codes):
    codes = make_codes()
    weight = np.arange(len(codes)) % 2
    draws = samplers.get("noise").draw(
        dataclasses.replace(codes, weight=weight), 50, seed=0
    )
    assert set(draws.parent) == set(
        codes.row_id[weight == 1][codes.label[weight == 1] >= 0]
    )
    assert np.any(np.diff(draws.parent[draws.label == 0]) < 0)
    none = samplers.get("noise").draw(dataclasses.replace(codes, weight=weight), 0, 0)
    assert len(none) == 0


@pytest.mark.parametrize("bad", [-1.0, np.nan, np.inf, 0.0])
def test_refuses_weights_that_are_none(bad, make_codes):
    codes = make_codes()
    weight = np.where(codes.label == 1, bad, 1.0)
    codes = dataclasses.replace(codes, weight=weight)
    with pytest.raises(ValueError, match="weights >= 0, and one above 0 .* class 1"):
        samplers.get("noise").draw(codes, 5, seed=0)


@pytest.mark.parametrize("name", sorted(set(SAMPLERS) - {"normal", "propagate"}))
def test_unlabelled_rows_are_no_parents(name, make_codes):
    codes = make_codes()
    label = np.where(np.arange(10) == 2, -1, codes.label)
    codes = dataclasses.replace(codes, label=label)
    draws = samplers.get(name).draw(codes, 20, seed=0)
    assert 102 not in {*draws.parent, *draws.partner}


@each
def test_a_class_without_rows_is_named(sampler, make_codes):
    with pytest.raises(ValueError, match=r"Class 2 has none; .* \[0, 1\]. Leave"):
        sampler.draw(codes_for(sampler, make_codes), {0: 1, 2: 1}, seed=0)
    with pytest.raises(ValueError, match="n of class 0 expects a whole number"):
        sampler.draw(codes_for(sampler, make_codes), -1, seed=0)


def test_codes_without_labels_are_refused(make_codes):
    codes = make_codes()
    codes = dataclasses.replace(codes, label=np.full(10, -1))
    with pytest.raises(ValueError, match="none of them labelled"):
        Noise().draw(codes, 3, seed=0)


@pytest.mark.parametrize(
    "cls",
    [cls for cls in SAMPLERS.values() if cls.step_inputs],
    ids=lambda cls: cls.name,
)
def test_the_formula_is_the_same_for_arrays_and_tensors(cls):
    stream = np.random.default_rng(0)
    z, *inputs = stream.standard_normal((4, 5, 2)).astype("float32")
    amount = stream.random((5, 1)).astype("float32")
    inputs = dict(zip(cls.step_inputs, inputs, strict=False))
    moved = cls.step(z, amount, **inputs)
    assert (type(moved), moved.dtype) == (np.ndarray, np.float32)
    tensors = {name: tf.constant(value) for name, value in inputs.items()}
    in_graph = tf.function(cls.step)(tf.constant(z), tf.constant(amount), **tensors)
    np.testing.assert_allclose(in_graph, moved, rtol=1e-6, atol=1e-6)


def test_get_knows_names_chains_and_samplers():
    assert samplers.get("noise", alpha=0.5) == Noise(0.5)
    assert samplers.get(Noise(0.5)) == Noise(0.5)
    expected = Chain([Interpolate(), Noise()])
    assert samplers.get("interpolate+noise") == expected
    assert samplers.get(["interpolate", Noise()]) == expected
    with pytest.raises(ValueError, match="'noise', 'normal', .*Received: 'nois'"):
        samplers.get("nois")
    with pytest.raises(ValueError, match="Received: 'nois'"):
        samplers.get("interpolate+nois")
    with pytest.raises(ValueError, match="argument of sampler 'noise' .*'alpha'.*'k'"):
        samplers.get("noise", k=3)
    for identifier in (Noise(), "interpolate+noise"):
        with pytest.raises(ValueError, match="Give each member its own"):
            samplers.get(identifier, alpha=3)
