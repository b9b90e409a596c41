import numpy as np
from sklearn.base import clone
from sklearn.utils.validation import has_fit_parameter

from kvae.training import Budget
from kvae.training.mlp_estimator import MLPEstimator

X = np.random.default_rng(0).normal(size=(80, 3)) + 2 * (np.arange(80) % 2)[:, None]
Y = np.array(["a", "b"])[np.arange(80) % 2]


def test_is_an_estimator():
    model = clone(MLPEstimator(Budget(steps=100), random_state=1)).fit(X, Y)
    assert model.score(X, Y) > 0.9
    np.testing.assert_allclose(model.predict_proba(X).sum(axis=1), 1, rtol=1e-5)
    again = clone(model).fit(X, Y)
    np.testing.assert_array_equal(again.predict_proba(X), model.predict_proba(X))


def test_rows_of_no_weight_teach_nothing():
    assert has_fit_parameter(MLPEstimator(), "sample_weight")
    wrong = np.append(Y, np.where(Y == "a", "b", "a"))
    weights = np.repeat([1.0, 0.0], 80)
    rows = np.concatenate([X, X])
    model = MLPEstimator(Budget(steps=200)).fit(rows, wrong, sample_weight=weights)
    assert model.score(X, Y) > 0.95
