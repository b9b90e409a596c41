import dataclasses
import json

import numpy as np
import pytest

from kvae import samplers
from kvae.latent import LatentCodes
from kvae.samplers import Noise, Posterior, Propagate
from kvae.warning_classes import UnevenClassesWarning


def two_rings(labelled=(0, 20), n=20, seed=0):
    """Two rings, each of one class; near in space, far on the graph."""
    stream = np.random.default_rng(seed)
    angle = np.tile(np.linspace(0, 2 * np.pi, n, endpoint=False), 2)
    radius = np.repeat([1.0, 2.0], n)
    z = radius[:, None] * np.stack([np.cos(angle), np.sin(angle)], axis=1)
    z += 0.01 * stream.normal(size=z.shape)
    truth = np.repeat([0, 1], n)
    label = np.where(np.isin(np.arange(2 * n), labelled), truth, -1)
    codes = LatentCodes(z, np.full(z.shape, -20.0), label, np.arange(100, 100 + 2 * n))
    return codes, truth


def test_draws_around_unlabelled_rows_with_the_label_of_their_ring():
    codes, truth = two_rings()
    draws = Propagate(k=3).draw(codes, n=20, seed=0)
    assert np.bincount(draws.label).tolist() == [20, 20]
    assert set(draws.parent) == set(codes.row_id)
    np.testing.assert_array_equal(draws.label, truth[draws.parent - 100])
    radius = np.linalg.norm(draws.z, axis=1)
    np.testing.assert_allclose(radius, 1.0 + draws.label, atol=0.1)


def test_uncertainty_is_that_of_the_parent_and_0_for_labelled_rows():
    codes, _ = two_rings()
    draws = Propagate(k=3).draw(codes, n=40, seed=0)
    assert ((draws.uncertainty >= 0) & (draws.uncertainty <= 1)).all()
    given = np.isin(draws.parent, codes.row_id[codes.label >= 0])
    assert (draws.uncertainty[given] == 0).all()
    assert (draws.uncertainty[~given] > 0).any()


def test_without_unlabelled_rows_it_is_the_sampler_it_draws_by(make_codes):
    codes = make_codes()
    for around in (Posterior(), Noise(0.3), samplers.get("interpolate+noise")):
        ours = Propagate(around).draw(codes, 9, seed=4)
        theirs = around.draw(codes, 9, seed=4)
        np.testing.assert_array_equal(ours.z, theirs.z)
        np.testing.assert_array_equal(ours.parent, theirs.parent)


def test_rows_that_no_label_reaches_are_not_drawn_around():
    codes, _ = two_rings(labelled=(0, 20))
    island = dataclasses.replace(
        codes,
        z_mean=codes.z_mean + 100.0,
        label=np.full(40, -1),
        row_id=codes.row_id + 1000,
    )
    both = LatentCodes(
        *(
            np.concatenate([getattr(part, name) for part in (codes, island)])
            for name in ("z_mean", "z_log_var", "label", "row_id")
        )
    )
    draws = Propagate(k=3).draw(both, n=50, seed=0)
    assert (draws.parent < 1000).all()


def test_a_class_without_unlabelled_rows_is_drawn_around_its_own():
    codes, _ = two_rings(labelled=(0, *range(20, 40)))
    draws = Propagate(k=3).draw(codes, n=20, seed=0)
    assert np.bincount(draws.label).tolist() == [20, 20]
    assert set(draws.parent[draws.label == 1]) <= set(codes.row_id[20:])


def test_the_record_holds_its_own_parameters_and_those_of_its_sampler():
    codes, _ = two_rings()
    draws = Propagate(Noise(0.1), k=3, alpha=0.9).draw(codes, 2, seed=0)
    (record,) = json.loads(f"[{draws.params[0]}]")
    assert record["sampler"] == "propagate"
    assert (record["k"], record["alpha"], record["prior"]) == (3, 0.9, "estimated")
    assert record["around"] == [{"sampler": "noise", "alpha": 0.1}]


def test_a_prior_moves_labels_towards_a_class():
    codes, _ = two_rings(labelled=(0, 20), seed=1)
    shares = [
        (Propagate(k=20, prior=prior).parents(codes).label == 0).mean()
        for prior in ([0.9, 0.1], [0.1, 0.9])
    ]
    assert shares[0] > shares[1]
    copy = Propagate.from_config(Propagate(prior=np.array([0.9, 0.1])).get_config())
    assert copy == Propagate(prior=[0.9, 0.1])


def test_uneven_classes_are_not_balanced():
    codes, _ = two_rings(labelled=(0, 20))
    stream = np.random.default_rng(0)
    z = stream.normal(size=(400, 2)) + np.repeat([[0, 0], [2.5, 0]], [380, 20], axis=0)
    true = np.repeat([0, 1], [380, 20])
    label = np.full(400, -1)
    label[[0, 1, 2, 3, 4]], label[[380, 381, 382, 383, 384]] = 0, 1
    uneven = LatentCodes(z, np.full((400, 2), -9.0), label, np.arange(400))
    right = (Propagate().parents(uneven).label == true).mean()
    with pytest.warns(UnevenClassesWarning, match="Class 0 seems to have 9"):
        balanced = (Propagate(prior="balanced").parents(uneven).label == true).mean()
    assert right > balanced + 0.02
    # Where classes are alike, both are the same, and nothing is said.
    one, other = (
        Propagate(k=3, prior=p).parents(codes) for p in ("estimated", "balanced")
    )
    np.testing.assert_array_equal(one.label, other.label)


def test_classes_without_labelled_rows_take_no_part():
    codes, _ = two_rings()
    far = dataclasses.replace(codes, label=np.where(codes.label == 1, 7, codes.label))
    near, moved = (Propagate(k=3).parents(c) for c in (codes, far))
    np.testing.assert_array_equal(moved.label, np.where(near.label == 1, 7, 0))
    np.testing.assert_array_equal(moved.uncertainty, near.uncertainty)
    shares = np.full(8, 0.125)
    assert set(Propagate(k=3, prior=shares).parents(far).label) == {0, 7}
    with pytest.raises(ValueError, match="3 shares, and rows of class 7"):
        Propagate(prior=[0.2, 0.3, 0.5]).parents(far)


def test_refuses_a_multi_vae_chains_and_odd_arguments(make_codes):
    with pytest.raises(ValueError, match="codes of a MultiVAE.*Single-VAE"):
        Propagate().draw(make_codes(replicas=True), 3, seed=0)
    with pytest.raises(ValueError, match="cannot be a member of a chain"):
        samplers.get("propagate+noise").draw(make_codes(), 3, seed=0)
    with pytest.raises(ValueError, match="around='noise'"):
        Propagate(around="noise")
    with pytest.raises(ValueError, match="k of sampler 'propagate'"):
        Propagate(k=0)
    codes = dataclasses.replace(make_codes(), label=np.full(10, -1))
    with pytest.raises(ValueError, match="none of them labelled"):
        Propagate().draw(codes, 3, seed=0)
