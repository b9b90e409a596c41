"""Labels refined in rounds, as a user gets them."""

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.svm import LinearSVC

import kvae
from kvae import VAEOverSampler
from kvae.augmentation.generate import generate
from kvae.augmentation.refinement import refined_codes, refined_labels
from kvae.latent import encode, neighbours, spread
from kvae.models import MultiVAE
from kvae.training.budget import Budget

FAST = Budget(steps=150, batch_size=32)


@pytest.fixture(scope="module")
def digits():
    """A VAE of the digits, its rows, 3 labelled ones of each class, the truth."""
    x, truth = kvae.load("digits").train
    x, truth = x[:700], truth[:700]
    y = np.full(len(x), -1)
    for c in range(10):
        y[np.flatnonzero(truth == c)[:3]] = c
    sampler = VAEOverSampler(
        method="propagate", unlabelled=-1, steps=600, latent_dim=16, random_state=0
    )
    sampler.fit_resample(x, y)
    return sampler.vae_, x, y, truth


def right(codes, y, truth):
    unlabelled = y[codes.row_id] < 0
    return np.mean(codes.label[unlabelled] == truth[codes.row_id[unlabelled]])


def test_more_labels_are_right_than_by_the_graph_alone(digits):
    vae, x, y, truth = digits
    codes = refined_codes(vae, x, y, unlabelled=-1, budget=FAST)
    plain = encode(vae, x, y, unlabelled=-1)
    by_graph = spread(*neighbours(plain.z_mean, 10), y, 10, 0.995).label
    assert len(codes) == len(x)
    assert right(codes, y, truth) > np.mean(by_graph[y < 0] == truth[y < 0])
    known = y[codes.row_id] >= 0
    np.testing.assert_array_equal(codes.label[known], y[codes.row_id[known]])
    assert (codes.weight > 0).all()
    again = refined_codes(vae, x, y, unlabelled=-1, budget=FAST)
    np.testing.assert_array_equal(codes.label, again.label)


def test_labels_of_all_rows_are_those_of_the_codes(digits):
    vae, x, y, truth = digits
    model = LogisticRegression(max_iter=200)
    arguments = {"rounds": 1, "unlabelled": -1, "estimator": model}
    found, codes = refined_labels(vae, x, y, **arguments)
    assert found.probability.shape == (len(x), 10)
    np.testing.assert_allclose(found.probability.sum(axis=1), 1)
    np.testing.assert_array_equal(found.label[codes.row_id], codes.label)
    plain = refined_codes(vae, x, y, 1, unlabelled=-1, estimator=model)
    np.testing.assert_array_equal(plain.label, codes.label)
    # A graph of what tells all classes apart labels better than that of the latents.
    known = np.eye(10)[truth] + np.random.default_rng(0).normal(0, 0.01, (len(x), 10))
    by_features, codes = refined_labels(vae, x, y, graph=neighbours(known), **arguments)
    assert np.mean(by_features.label == truth) > np.mean(found.label == truth)
    assert np.mean(by_features.label == truth) > 0.98


def test_with_all_labels_given_they_are_these(digits):
    vae, x, _, truth = digits
    found, codes = refined_labels(vae, x, truth)
    np.testing.assert_array_equal(found.label, truth)
    assert (found.probability.max(axis=1) == 1).all()
    assert len(codes) == len(x)


def test_draws_around_them_say_where_they_come_from(digits):
    vae, x, y, _ = digits
    model = LogisticRegression(max_iter=200)
    codes = refined_codes(vae, x, y, 1, unlabelled=-1, estimator=model)
    new = generate(vae, x, y, "propagate", 5, unlabelled=-1, codes=codes)
    np.testing.assert_array_equal(new.y, np.repeat(np.arange(10), 5))
    assert set(new.provenance["sampler"]) == {"propagate"}
    assert new.provenance["uncertainty"].notna().all()
    named = dict(zip(codes.row_id, codes.label, strict=True))
    assert [named[row] for row in new.provenance["parent"]] == new.y.tolist()


def test_classes_may_be_any_numbers(digits):
    vae, x, y, _ = digits
    ten, some = refined_codes(vae, x, y, 1, unlabelled=-1, budget=FAST), np.array(y)
    some[y >= 0] = y[y >= 0] * 7 + 3
    spaced = refined_codes(vae, x, some, 1, unlabelled=-1, budget=FAST)
    np.testing.assert_array_equal(spaced.label, ten.label * 7 + 3)


def test_without_unlabelled_rows_they_are_the_codes(digits):
    vae, x, _, truth = digits
    codes = refined_codes(vae, x, truth)
    np.testing.assert_array_equal(codes.label, truth)
    assert codes.weight is None


@pytest.mark.filterwarnings("ignore:The VAE has collapsed")
def test_the_over_sampler_refines_tables_too(table_rows):
    x, truth = table_rows
    y = np.where(np.arange(40) % 4, None, np.array(["no", "yes"])[truth])
    sampler = VAEOverSampler(
        method="propagate", refine=1, steps=50, sampling_strategy=6, random_state=0
    )
    rows, labels = sampler.fit_resample(x, y)
    assert len(rows) == 10 + 12
    assert "labels refined in 1 round(s)" in sampler.notes_
    more, _, lineage = sampler.sample(3)
    assert len(more) == 6
    parents = lineage["parent"].to_numpy("int64")
    assert np.mean(truth[parents] == lineage["label"]) > 0.9


def test_rows_of_any_shape_are_told_apart(digits):
    _, x, y, _ = digits
    plain = kvae.BetaVAE(kvae.DenseEncoder(2), kvae.DenseDecoder((8, 8)))
    plain.build((None, 8, 8))
    codes = refined_codes(plain, x[..., 0], y, 1, unlabelled=-1, budget=FAST)
    assert codes.classes.tolist() == list(range(10))


@pytest.mark.parametrize(
    "odd", [{"method": "posterior"}, {"vae": "multi"}, {"conditional": True}]
)
def test_the_over_sampler_says_at_once_that_there_is_nothing_to_refine(odd):
    sampler = VAEOverSampler(**{"method": "propagate", "refine": 1} | odd)
    with pytest.raises(ValueError, match="Use method='propagate' and vae='single'"):
        sampler.fit(np.eye(4), [0, 1, 0, None])


def test_says_what_it_needs(digits):
    vae, x, y, _ = digits
    with pytest.raises(ValueError, match="predict_proba"):
        refined_codes(vae, x, y, unlabelled=-1, estimator=LinearSVC())
    with pytest.raises(ValueError, match="rounds of refined_codes"):
        refined_codes(vae, x, y, 0, unlabelled=-1)
    for one in (np.full(len(x), -1), np.where(y == 3, 3, -1)):
        with pytest.raises(ValueError, match="at least two classes"):
            refined_codes(vae, x, one, unlabelled=-1)
    stack = MultiVAE(
        kvae.DenseEncoder(2, seeds=(0, 1)), kvae.DenseDecoder((8, 8, 1), seeds=(0, 1))
    )
    with pytest.raises(ValueError, match="one VAE of all rows"):
        refined_codes(stack, x, y, unlabelled=-1)
