"""Several classifiers' probabilities, averaged by how well each predicts."""

import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.ensemble import ExtraTreesClassifier, RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.utils.validation import check_is_fitted, validate_data

from kvae import random
from kvae.data.labels import stratified_folds
from kvae.training.classifiers import one_thread, seeded_clone

FOLDS = 5
STEPS = 200
LEAST = 0.02  # a forest gives 0 to classes that it has seen no row of


class OpinionPool(ClassifierMixin, BaseEstimator):
    """A linear opinion pool: a weighted mean of classifiers' probabilities.

    Weights are those under which the labels of rows held out are likeliest, found by
    EM. A line and a forest err in different places: on some tables the one misleads, on
    some the other (`tools.compare_learning`).

    Args:
        estimators: optional list of scikit-learn classifier with predict_proba; by
            default logistic regression, a random forest and extremely random trees.
        random_state: as in scikit-learn.

    Attributes:
        classes_: array (K,) of the labels, sorted.
        estimators_: list of the fitted classifiers.
        weights_: float array, one for each of them; they add up to 1.

    Example:
        >>> x = np.random.default_rng(0).normal(size=(60, 2))
        >>> pool = OpinionPool().fit(x, x[:, 0] > 0)
        >>> pool.predict_proba(x).shape, round(float(pool.weights_.sum()), 3)
        ((60, 2), 1.0)

    Reference:
        Stone 1961, The Opinion Pool; Yao, Vehtari, Simpson and Gelman 2018, Using
        Stacking to Average Bayesian Predictive Distributions.
    """

    def __init__(self, estimators=None, random_state=0):
        self.estimators = estimators
        self.random_state = random_state

    def fit(self, X, y):  # noqa: N803  scikit-learn's names
        """Fits to rows (N, F) and labels (N,); returns self."""
        X, y = validate_data(self, X, y)
        self.classes_, index = np.unique(y, return_inverse=True)
        seed = random.from_state(self.random_state)
        members = _default() if self.estimators is None else list(self.estimators)
        members = [
            seeded_clone(member, random.derive(seed, "member", m) % 2**31)
            for m, member in enumerate(members)
        ]
        with one_thread():
            self.weights_ = _weights(_held_out(members, X, index, seed))
            self.estimators_ = [member.fit(X, index) for member in members]
        return self

    def predict_proba(self, X):  # noqa: N803
        """Returns the probabilities (N, K) of rows (N, F)."""
        check_is_fitted(self)
        X = validate_data(self, X, reset=False)
        each = [member.predict_proba(X) for member in self.estimators_]
        return np.tensordot(self.weights_, np.array(each), axes=1)

    def predict(self, X):  # noqa: N803
        """Returns the likeliest labels (N,) of rows (N, F)."""
        return self.classes_[self.predict_proba(X).argmax(axis=1)]


def _default():
    # A third of the time of scikit-learn's tolerance, and the same labels.
    line = LogisticRegression(max_iter=1000, tol=1e-3)
    return [line, RandomForestClassifier(), ExtraTreesClassifier()]


def _held_out(members, x, y, seed):
    """Returns the probabilities (M, N) of the labels of rows while held out.

    The only row of a class is in every training part, and none of N.
    """
    if np.bincount(y).max() < 2:
        return np.ones((len(members), 0))
    fold = stratified_folds(y, FOLDS, random.derive(seed, "pool"))
    found = []
    for part in np.unique(fold[fold >= 0]):
        out = fold == part
        classes = np.unique(y[~out])
        place = np.searchsorted(classes, y[out])
        each = [
            member.fit(x[~out], y[~out]).predict_proba(x[out]) for member in members
        ]
        found.append(np.array(each)[:, np.arange(len(place)), place])
    return np.concatenate(found, axis=1)


def _weights(probability):
    """Returns the likeliest weights (M,) of probabilities (M, N) of true labels.

    Where no row was held out, all weigh alike.
    """
    members, rows = probability.shape
    weights = np.full(members, 1 / members)
    probability = np.maximum(probability, LEAST)
    for _ in range(STEPS if rows else 0):
        share = weights[:, None] * probability
        weights = (share / share.sum(axis=0)).mean(axis=1)
    return weights
