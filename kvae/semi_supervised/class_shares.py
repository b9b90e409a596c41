"""An ensemble whose class shares are those of the unlabelled rows."""

import numpy as np

from kvae import random
from kvae.checks import expect_count
from kvae.semi_supervised.classifier import (
    SemiSupervisedClassifier,
    expect_probabilities,
)

TOLERANCE = 1e-6
MOST_STEPS = 1000


class ClassShares(SemiSupervisedClassifier):
    """Classifiers of several seeds, weighed by the classes' shares in all rows.

    Labelled rows are often drawn evenly from each class, where one of them is rare. The
    shares of the unlabelled rows are estimated by EM, and the probabilities weighed by
    estimated over labelled shares. That is as good as the probabilities are calibrated:
    a forest's on few rows are far too even, so that the shares drift to one class and
    it does harm.

    Args:
        estimator: scikit-learn classifier with predict_proba; by default logistic
            regression.
        n_estimators: int >= 1, how many of them, each with a seed of its own.
        pseudo_rows: float >= 0, rows of each class as in the labelled ones that are
            added to those that the estimate counts.
        random_state: as in scikit-learn.

    Attributes:
        class_shares_: float array (K,), the estimate.
        classes_, model_: as in `SemiSupervisedClassifier`; a list of classifiers.

    Raises:
        ValueError: for an estimator without predict_proba, or numbers out of range.

    Example:
        >>> x = np.array([[0.0], [1.0], [5.0], [6.0], [5.5], [6.5], [7.0]])
        >>> model = ClassShares().fit(x, ["a", "a", "b", "b", -1, -1, -1])
        >>> model.predict([[0.2], [5.8]]).tolist(), model.class_shares_.argmax()
        (['a', 'b'], np.int64(1))

    Reference:
        Saerens, Latinne and Decaestecker 2002, Adjusting the Outputs of a Classifier to
        New a Priori Probabilities, equation 2.4; Lakshminarayanan, Pritzel and Blundell
        2017, Simple and Scalable Predictive Uncertainty Estimation.
    """

    def __init__(self, estimator=None, n_estimators=5, pseudo_rows=1.0, random_state=0):
        super().__init__(estimator, random_state)
        self.n_estimators = n_estimators
        self.pseudo_rows = pseudo_rows

    def _fit(self, labelled, unlabelled, seed):
        expect_probabilities("ClassShares", self.estimator)
        expect_count("n_estimators of ClassShares", self.n_estimators, 1)
        self.model_ = [
            self._fitted(
                self.estimator, labelled, random.derive(seed, "member", member)
            )
            for member in range(self.n_estimators)
        ]
        self._labelled_shares = np.bincount(labelled.y) / len(labelled.y)
        self.class_shares_ = self._labelled_shares
        if len(unlabelled):
            self.class_shares_ = estimated_shares(
                self._mean(unlabelled), self._labelled_shares, self.pseudo_rows
            )

    def _mean(self, x):
        return np.mean([model.predict_proba(x) for model in self.model_], axis=0)

    def _predict(self, x):
        return np.argmax(self._probability(x), axis=1)

    def _probability(self, x):
        weighed = self._mean(x) * (self.class_shares_ / self._labelled_shares)
        return weighed / weighed.sum(axis=1, keepdims=True)


def estimated_shares(probability, labelled_shares, pseudo_rows=1.0):
    """Returns the classes' shares (K,) in rows, by expectation maximisation.

    Args:
        probability: float array (M, K), a classifier's, of those rows.
        labelled_shares: float array (K,), all above 0, in what it learned from.
        pseudo_rows: float >= 0, K times as many rows with these shares count, too: a
            Dirichlet prior, by which no class disappears.

    Example:
        >>> probability = np.array([[0.9, 0.1]] * 9 + [[0.1, 0.9]])
        >>> estimated_shares(probability, np.array([0.5, 0.5]), 0.0).round(2)
        array([1., 0.])
    """
    prior = pseudo_rows * len(labelled_shares) * labelled_shares
    shares = labelled_shares
    for _ in range(MOST_STEPS):
        weighed = probability * (shares / labelled_shares)
        weighed /= weighed.sum(axis=1, keepdims=True)
        new = weighed.sum(axis=0) + prior
        new /= new.sum()
        settled = np.abs(new - shares).max() < TOLERANCE
        shares = new
        if settled:
            break
    return shares
