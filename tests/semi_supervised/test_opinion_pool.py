import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression

from kvae.semi_supervised import OpinionPool


class Guesses(ClassifierMixin, BaseEstimator):
    """Gives all classes the same probability."""

    def fit(self, x, y):
        self.classes_ = np.unique(y)
        return self

    def predict_proba(self, x):
        return np.full((len(x), len(self.classes_)), 1 / len(self.classes_))


def lines(n, seed):
    x = np.random.default_rng(seed).normal(size=(n, 3))
    return x, np.array(["no", "yes"])[(x[:, 0] > 0).astype(int)]


def test_who_predicts_rows_held_out_better_weighs_more():
    x, y = lines(60, 0)
    pool = OpinionPool([Guesses(), LogisticRegression()]).fit(x, y)
    assert pool.weights_[1] > 0.9
    test, true = lines(500, 1)
    assert pool.score(test, true) > 0.9


def test_probabilities_are_the_weighted_mean_of_the_members():
    x, y = lines(60, 0)
    pool = OpinionPool([Guesses(), LogisticRegression()]).fit(x, y)
    each = [member.predict_proba(x) for member in pool.estimators_]
    expected = pool.weights_[0] * each[0] + pool.weights_[1] * each[1]
    np.testing.assert_allclose(pool.predict_proba(x), expected)


def test_two_rows_are_enough_and_the_seed_decides():
    x, y = np.array([[0.0], [1.0]]), np.array([3, 7])
    assert OpinionPool().fit(x, y).predict(x).tolist() == [3, 7]
    x, y = lines(30, 2)
    again = [OpinionPool(random_state=5).fit(x, y).predict_proba(x) for _ in range(2)]
    np.testing.assert_array_equal(*again)


def test_a_class_with_one_row_is_never_held_out():
    x, y = lines(20, 0)
    y = np.where(np.arange(20) == 0, "once", y)
    pool = OpinionPool([RandomForestClassifier(20), LogisticRegression()]).fit(x, y)
    assert pool.classes_.tolist() == ["no", "once", "yes"]
    np.testing.assert_allclose(pool.predict_proba(x).sum(axis=1), 1)
