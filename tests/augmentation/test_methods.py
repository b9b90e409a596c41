"""Ways to augment: one registry, one name each, and the rows that each makes."""

import dataclasses

import numpy as np
import pytest

from kvae.augmentation import methods, refinement, rivals
from kvae.augmentation.methods import (
    BASELINE,
    IMAGE_METHODS,
    METHODS,
    MULTI_VAE,
    TABLE_METHODS,
    Method,
    get,
    image_methods,
    learning_methods,
    table_methods,
)
from kvae.data.guarded import Rows
from kvae.models import ConditionalVAE, MultiVAE, take
from kvae.samplers import SAMPLERS
from kvae.schema import continuous
from kvae.semi_supervised import CLASSIFIERS
from kvae.training.generative_classifiers import fit_generative_classifier, noisy_rows
from kvae.training.vaes import VAESettings, fit_vaes

STREAM = np.random.default_rng(0)
LABELLED = Rows(
    STREAM.normal(size=(12, 3)).astype("float32"), np.array([0] * 8 + [1] * 4)
)
UNLABELLED = STREAM.normal(size=(20, 3)).astype("float32")


@pytest.fixture(scope="module")
def fitted():
    settings = VAESettings(2, 1.0, (8,), "gaussian", 8, 20)
    rows = [np.flatnonzero(LABELLED.y == c) for c in (0, 1)]
    vaes = {
        "single": take(fit_vaes(LABELLED.x, [0], settings), 0),
        "multi": fit_vaes(LABELLED.x, [0, 1], settings, rows=rows, cls=MultiVAE),
    }
    judge = fit_generative_classifier(*LABELLED, noisy_rows(LABELLED.x), 2, steps=20)
    return {"vaes": vaes, "generative_classifier": judge}


def rows_of(method, fitted, **changes):
    given = {"seed": 0, "places": 30, "unlabelled": UNLABELLED, **fitted, **changes}
    return method.rows(LABELLED, **given)


def test_a_name_is_there_once_and_names_its_method():
    for name, method in METHODS.items():
        assert method.name == name
        assert get(name) is get(method) is method
    assert set(IMAGE_METHODS) | set(TABLE_METHODS) | set(rivals.RIVALS) <= set(METHODS)
    assert get(BASELINE).sampler is get(BASELINE).rival is None


def test_every_sampler_and_chain_is_a_method():
    for name in SAMPLERS:
        assert get(name).sampler == name
    assert get("normal", vae="multi").vae == "multi"
    assert get("posterior+noise").sampler == "posterior+noise"
    with pytest.raises(ValueError, match="'Multi-VAE: normal'.*Received: 'nois'"):
        get("nois")


def test_every_method_of_a_table_makes_rows(fitted):
    y = np.append(LABELLED.y, [-1])
    found = table_methods(y)
    assert found[0].name == BASELINE
    for method in found:
        real, new, share = rows_of(method, fitted)
        if method.name == BASELINE:
            assert real is LABELLED and new is None
        elif method.name == "class weights":
            assert np.bincount(real.y).tolist() == [8, 8] and new is None
        elif method.name == "input noise":
            assert len(new.y) >= 30
        elif method.generative_classifier:
            assert new is None or np.bincount(new.y).max() <= 8
        else:
            counts = np.bincount(new.y)
            assert counts.tolist() == [8 * method.amount, 4 * method.amount]
        assert share == method.share


def test_the_list_depends_on_what_there_is():
    plain = {method.name for method in table_methods(np.array([0, 0, 1, 1]))}
    assert not plain & {"class weights", "propagate"}
    uneven = {method.name for method in table_methods(np.array([0, 0, 1]))}
    assert "class weights" in uneven
    (images,) = (m for m in image_methods(np.array([0, 1, -1])) if m.least)
    assert images.name == "propagate" and images.least == 1000


def test_unlabelled_rows_teach_where_there_are_some(fitted):
    assert learning_methods(np.array([0, 1])) == ()
    found = learning_methods(np.array([0, 1, -1]))
    assert {method.name for method in found} == set(CLASSIFIERS)
    for method in found:  # the classifier is what differs, not the rows
        rows = method.rows(LABELLED, 0, vaes=fitted, unlabelled=UNLABELLED)
        assert rows.real is LABELLED and rows.generated is None


def test_the_same_seed_gives_the_same_rows_and_another_does_not(fitted):
    noise = METHODS["noise"]
    one, again = (rows_of(noise, fitted)[1].x for _ in range(2))
    np.testing.assert_array_equal(one, again)
    assert not np.array_equal(one, rows_of(noise, fitted, seed=1)[1].x)


def test_methods_that_differ_in_the_amount_begin_with_the_same_draws(fitted):
    few, many = (
        rows_of(METHODS[name], fitted, n={0: n, 1: 0})[1].x
        for name, n in ((MULTI_VAE, 3), (f"{MULTI_VAE}, a quarter", 3))
    )
    np.testing.assert_array_equal(few, many)


def test_so_many_rows_are_made_as_are_asked_for(fitted):
    for name in ("noise", "SMOTE", MULTI_VAE):
        assert np.bincount(rows_of(METHODS[name], fitted, n=5)[1].y).tolist() == [5, 5]


def test_parameters_reach_the_members_of_a_chain():
    parameters = {"noise": {"alpha": 0.1}}
    chain = dataclasses.replace(METHODS["interpolate+noise"], parameters=parameters)
    assert chain.make_sampler().samplers[1].alpha == 0.1


def test_a_threshold_accepts_fewer_draws_the_higher_it_is(fitted):
    found = float(fitted["generative_classifier"].threshold)
    accepted = []
    for threshold in (0.01, 0.5, 0.9, 1.0):
        method = Method("n", "normal", "multi", generative_classifier=threshold)
        new = rows_of(method, fitted, n=200)[1]
        accepted.append(0 if new is None else len(new.y))
    assert accepted == sorted(accepted, reverse=True)
    assert accepted[0] > accepted[-1]
    # What another method asks for is not changed by it.
    assert fitted["generative_classifier"].threshold == found


def test_labels_that_spread_can_be_refined(fitted, monkeypatch):
    asked = []

    def refined(vae, x, y, rounds, seed, unlabelled, graph):
        asked.append((rounds, int((y < 0).sum())))
        return refinement.refined_codes(
            vae, x, y, rounds=rounds, seed=seed, unlabelled=unlabelled, graph=graph
        )

    monkeypatch.setattr(methods, "refined_codes", refined)
    method = dataclasses.replace(METHODS["propagate"], refine=1)
    new = rows_of(method, fitted)[1]
    assert np.bincount(new.y).tolist() == [8, 4]
    assert asked == [(1, 20)]
    # Without unlabelled rows there is nothing to refine, nor for other samplers.
    rows_of(method, fitted, unlabelled=None)
    rows_of(dataclasses.replace(METHODS["noise"], refine=1), fitted)
    assert len(asked) == 1


def test_a_vae_that_is_told_the_class_draws_of_it():
    apart = Rows(LABELLED.x + 6.0 * LABELLED.y[:, None] - 3.0, LABELLED.y)
    x = np.hstack([apart.x, np.eye(2, dtype="float32")[apart.y]])
    settings = VAESettings(1, 0.1, (8,), "mixed", 12, 400, learning_rate=0.01)
    vae = fit_vaes(
        x, 0, settings, cls=ConditionalVAE, num_classes=2, schema=continuous("abc")
    )
    method = Method("told", "normal", "conditional")
    _, new, _ = method.rows(apart, seed=0, vaes={"conditional": vae}, n=50)
    assert new.x.shape == (100, 3)
    nearer = (new.x.mean(axis=1) > 0.0).astype(int)
    assert (nearer == new.y).mean() > 0.8


def test_only_plain_methods_are_over_samplers():
    plain = {name for name, method in METHODS.items() if method.is_plain}
    assert {"posterior", "propagate", MULTI_VAE} <= plain
    assert not plain & {BASELINE, "SMOTE", f"{MULTI_VAE}, filtered"}
    for changed in ({"refine": 1}, {"generative_classifier": 0.3}, {"amount": 2.0}):
        assert not dataclasses.replace(METHODS["propagate"], **changed).is_plain


@pytest.mark.parametrize(
    ("bad", "message"),
    [
        (
            {"sampler": "noise"},
            "vae of Method 'a' expects one of 'conditional', 'multi'",
        ),
        ({"sampler": "noise", "vae": "Single"}, "Received: 'Single'"),
        ({"sampler": "nois", "vae": "single"}, "Received: 'nois'"),
        ({"rival": "SMOT"}, "rival of Method 'a' expects one of"),
        ({"classifier": "magic"}, "classifier of Method 'a' expects one of"),
        ({"classifier": "self-training", "rival": "SMOTE"}, "several of them"),
        ({"share": 1.0}, "share of Method"),
        ({"amount": -1}, "amount of Method"),
        ({"least": 0.5}, "least of Method"),
        ({"refine": -1}, "refine of Method"),
        ({"generative_classifier": 1.5}, "threshold from 0 to 1. Received: 1.5"),
        ({"generative_classifier": -0.1}, "Received: -0.1"),
    ],
)
def test_refuses_what_no_method_is(bad, message):
    with pytest.raises(ValueError, match=message):
        Method("a", **bad)


@pytest.mark.parametrize(
    ("given", "filtered"),
    [(False, False), (np.False_, False), (True, True), (0.0, True), (0.5, True)],
)
def test_a_threshold_of_zero_is_one(given, filtered):
    method = Method("a", "noise", "single", generative_classifier=given)
    assert method.is_filtered is filtered
