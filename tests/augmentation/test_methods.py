import numpy as np
import pytest

from kvae.augmentation.methods import Candidate, image_candidates, table_candidates
from kvae.data.guarded import Rows
from kvae.models import MultiVAE, take
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
        "multi": fit_vaes(LABELLED.x, [0, 1], settings, rows, MultiVAE),
    }
    judge = fit_generative_classifier(*LABELLED, noisy_rows(LABELLED.x), 2, steps=20)
    return vaes, judge


def rows_of(candidate, fitted):
    return candidate.rows(LABELLED, UNLABELLED, *fitted, seed=0, places=30)


def test_every_candidate_of_a_table_makes_rows(fitted):
    y = np.append(LABELLED.y, [-1])
    found = table_candidates(y)
    assert found[0].name == "none"
    for candidate in found:
        real, new, share = rows_of(candidate, fitted)
        if candidate.name == "none":
            assert real is LABELLED and new is None
        elif candidate.name == "class weights":
            assert np.bincount(real.y).tolist() == [8, 8] and new is None
        elif candidate.name == "input noise":
            assert len(new.y) >= 30
        elif candidate.generative_classifier:
            assert new is None or np.bincount(new.y).max() <= 8
        else:
            counts = np.bincount(new.y)
            assert counts.tolist() == [8 * candidate.amount, 4 * candidate.amount]
        assert share == candidate.share


def test_the_list_depends_on_what_there_is():
    plain = {own.name for own in table_candidates(np.array([0, 0, 1, 1]))}
    assert not plain & {"class weights", "propagate"}
    assert "class weights" in {
        own.name for own in table_candidates(np.array([0, 0, 1]))
    }
    assert "propagate" in {own.name for own in image_candidates(np.array([0, 1, -1]))}


def test_the_same_seed_gives_the_same_rows_and_names_tell_them_apart(fitted):
    first, second = Candidate("a", "noise", "single"), Candidate("b", "noise", "single")
    one, again, other = (rows_of(own, fitted)[1].x for own in (first, first, second))
    np.testing.assert_array_equal(one, again)
    assert not np.array_equal(one, other)


def test_an_unknown_method_is_refused(fitted):
    with pytest.raises(ValueError, match="sampler expects one of"):
        rows_of(Candidate("x", "magic", "single"), fitted)


@pytest.mark.parametrize(
    ("bad", "message"),
    [
        ({"method": "noise"}, "vae of Candidate 'a' expects one of 'multi', 'single'"),
        ({"method": "noise", "vae": "Single"}, "Received: 'Single'"),
        ({"method": "nois", "vae": "single"}, "Received: 'nois'"),
        ({"share": 1.0}, "share of Candidate"),
        ({"amount": -1}, "amount of Candidate"),
        ({"least": 0.5}, "least of Candidate"),
    ],
)
def test_refuses_what_no_candidate_is(bad, message):
    with pytest.raises(ValueError, match=message):
        Candidate("a", **bad)
