"""kvae's MLP for tables as a classifier of scikit-learn's kind."""

import numpy as np
from scipy.special import softmax
from sklearn.base import BaseEstimator, ClassifierMixin

from kvae import random
from kvae.data.guarded import Rows
from kvae.training.budget import Budget
from kvae.training.classifiers import train_mlps

DRAWN = 10  # copies of the rows from which weighted ones are drawn


class MLPEstimator(ClassifierMixin, BaseEstimator):
    """The MLP that judges tables, 64 and 32 hidden units, for who expects an estimator.

    Args:
        budget: Budget, its steps, batch size and learning rate.
        random_state: as in scikit-learn.

    Example:
        >>> x = np.array([[0.0], [1.0], [5.0], [6.0]])
        >>> MLPEstimator().fit(x, [0, 0, 1, 1]).predict([[0.5], [5.5]]).tolist()
        [0, 1]
    """

    def __init__(self, budget=None, random_state=0):
        self.budget = budget
        self.random_state = random_state

    def fit(self, X, y, sample_weight=None):  # noqa: N803  scikit-learn's names
        """Trains on rows (N, F) and labels (N,); weights (N,) say how often rows come.

        Returns:
            self.
        """
        self.classes_, index = np.unique(y, return_inverse=True)
        rows = Rows(np.asarray(X, "float32"), index)
        seed = random.from_state(self.random_state)
        if sample_weight is not None:
            share = np.asarray(sample_weight) / np.sum(sample_weight)
            drawn = random.generator(seed, "weights").choice(
                len(index), size=DRAWN * len(index), p=share
            )
            rows = rows.take(drawn)
        cells = [(seed, rows, None)]
        budget = Budget() if self.budget is None else self.budget
        self.model_ = train_mlps(cells, len(self.classes_), budget)
        return self

    def predict_proba(self, X):  # noqa: N803
        """Returns the probabilities (N, K) of rows (N, F)."""
        return softmax(self.model_(np.asarray(X, "float32")[None])[0], axis=-1)

    def predict(self, X):  # noqa: N803
        """Returns the labels (N,) of rows (N, F)."""
        return self.classes_[np.argmax(self.predict_proba(X), axis=1)]
