"""What classifiers that learn from unlabelled rows, too, have in common."""

import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin, MetaEstimatorMixin
from sklearn.linear_model import LogisticRegression
from sklearn.utils.validation import check_is_fitted, has_fit_parameter

from kvae import random
from kvae.checks import expect_finite, expect_shape, missing_labels
from kvae.data.guarded import Rows
from kvae.training.classifiers import one_thread, seeded_clone


class SemiSupervisedClassifier(ClassifierMixin, MetaEstimatorMixin, BaseEstimator):
    """A classifier of tables of numbers some of whose rows have no label.

    As in scikit-learn's semi-supervised estimators, a label of -1 means unlabelled;
    NaN, None and "" do so as well. Subclasses define `_fit`, which sets `model_`.

    Args:
        estimator: scikit-learn classifier; by default logistic regression.
        random_state: as in scikit-learn.

    Attributes:
        classes_: array (K,) of the labels, sorted.
        model_: the fitted classifier.
    """

    def __init__(self, estimator=None, random_state=0):
        self.estimator = estimator
        self.random_state = random_state

    def fit(self, X, y):  # noqa: N803  scikit-learn's names
        """Learns from all rows.

        Args:
            X: float array (N, F).
            y: labels (N,); -1, NaN, None and "" mean unlabelled.

        Returns:
            self.

        Raises:
            ValueError: for fewer than two classes, NaN or infinite values, or where X
                and y differ in length.
        """
        x, who = np.asarray(X), type(self).__name__
        expect_shape(who, "(N, F)", x.shape, (None, None))
        expect_finite(who, x)
        if isinstance(y, list | tuple):  # -1 beside words would become a word
            y = np.array(y, dtype=object)
        known = ~missing_labels(y, -1)
        if len(known) != len(x):
            raise ValueError(
                f"{who} expects a label for each row, -1 where there is none. Received:"
                f" {len(x)} rows, {len(known)} labels."
            )
        labels = np.asarray(y)[known]
        labels = np.array(labels.tolist()) if labels.dtype == object else labels
        self.classes_, index = np.unique(labels, return_inverse=True)
        if len(self.classes_) < 2:
            raise ValueError(
                f"{who} expects labelled rows of at least two classes. Received: "
                f"{self.classes_.tolist()}. Label rows of another class, too."
            )
        self.n_features_in_ = x.shape[1]
        seed = random.from_state(self.random_state)
        self._fit(Rows(x[known], index), x[~known], seed)
        return self

    def predict(self, X):  # noqa: N803
        """Returns the labels (N,) of rows (N, F)."""
        check_is_fitted(self)
        return self.classes_[self._predict(np.asarray(X))]

    def predict_proba(self, X):  # noqa: N803
        """Returns the probabilities (N, K) of rows (N, F)."""
        check_is_fitted(self)
        return self._probability(np.asarray(X))

    def _fit(self, labelled, unlabelled, seed):
        """Sets `model_` from Rows with indices into `classes_`, and rows (M, F)."""
        raise NotImplementedError

    def _predict(self, x):
        return self.model_.predict(x)

    def _probability(self, x):
        return self.model_.predict_proba(x)

    def _fitted(self, estimator, rows, seed, weights=None):
        """Returns a fitted clone; by default of logistic regression."""
        estimator = (
            LogisticRegression(max_iter=1000) if estimator is None else estimator
        )
        model = seeded_clone(estimator, random.derive(seed, "estimator") % 2**31)
        arguments = {}
        if weights is not None and has_fit_parameter(model, "sample_weight"):
            arguments["sample_weight"] = weights
        with one_thread():
            return model.fit(*rows, **arguments)


def expect_probabilities(who, estimator):
    """Raises ValueError where a classifier gives no probabilities."""
    # Whether there is such a method is scikit-learn's own way to ask.
    if estimator is not None and not hasattr(estimator, "predict_proba"):
        raise ValueError(
            f"{who} expects a classifier with predict_proba. Received: {estimator!r}. "
            "Calibrate it by sklearn.calibration.CalibratedClassifierCV."
        )
