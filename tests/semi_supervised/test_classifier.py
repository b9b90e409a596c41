import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.svm import LinearSVC

from kvae.semi_supervised import CLASSIFIERS, make
from kvae.semi_supervised.classifier import expect_probabilities

NAMES = list(CLASSIFIERS)
X = np.random.default_rng(0).normal(size=(60, 3)) + 3 * (np.arange(60) % 2)[:, None]
TRUE = np.array(["no", "yes"])[np.arange(60) % 2]
SOME = np.arange(60) < 20


@pytest.mark.parametrize("name", NAMES)
def test_is_a_classifier_of_scikit_learns_kind(name):
    model = clone(make(name))
    with pytest.raises(NotFittedError):
        model.predict(X)
    y = np.where(SOME, TRUE, None)
    assert model.fit(X, y) is model
    assert model.classes_.tolist() == ["no", "yes"] and model.n_features_in_ == 3
    probability = model.predict_proba(X)
    np.testing.assert_allclose(probability.sum(axis=1), 1, rtol=1e-5)
    np.testing.assert_array_equal(
        model.predict(X), model.classes_[probability.argmax(axis=1)]
    )
    assert model.score(X[~SOME], TRUE[~SOME]) > 0.95
    again = clone(model).fit(X, y)
    np.testing.assert_array_equal(again.predict_proba(X), probability)


@pytest.mark.parametrize(
    "y",
    [
        np.where(SOME, TRUE, None).tolist(),
        np.where(SOME, TRUE, "").tolist(),
        [label if known else -1 for label, known in zip(TRUE, SOME, strict=True)],
        pd.Series(TRUE).where(SOME),
    ],
)
def test_labels_may_be_missing_in_several_ways(y):
    model = make("self-training").fit(X, y)
    assert model.classes_.tolist() == ["no", "yes"]
    assert model.score(X, TRUE) > 0.95


def test_numbers_stay_numbers():
    y = np.where(SOME, 3 + 4 * (TRUE == "yes"), -1)
    assert make("self-training").fit(X, y).predict(X).dtype.kind == "i"


@pytest.mark.parametrize("name", NAMES)
def test_works_without_unlabelled_rows(name):
    assert make(name).fit(X, TRUE).score(X, TRUE) > 0.95


@pytest.mark.parametrize(
    ("x", "y", "message"),
    [
        (X, np.full(60, -1), "two classes.*Received: \\[\\]"),
        (X, np.where(SOME, 1, -1), "two classes.*Received: \\[1\\]"),
        (X[:5], TRUE, "5 rows, 60 labels"),
        (np.where(X > 2, np.nan, X), TRUE, "finite"),
        (X[:, 0], TRUE, "shape"),
    ],
)
def test_says_what_is_wrong(x, y, message):
    with pytest.raises(ValueError, match=message):
        make("self-training").fit(x, y)


def test_probabilities_are_asked_for():
    with pytest.raises(ValueError, match="predict_proba.*LinearSVC"):
        expect_probabilities("ClassShares", LinearSVC())
