"""A classifier that learns from the guesses of others, too."""

import numpy as np

from kvae.data.guarded import Rows
from kvae.semi_supervised.classifier import (
    SemiSupervisedClassifier,
    expect_probabilities,
)
from kvae.semi_supervised.opinion_pool import OpinionPool


class SelfTraining(SemiSupervisedClassifier):
    """A teacher labels the unlabelled rows; the estimator learns from all of them.

    Guesses have the weight of all labelled rows together; each counts by how far the
    likeliest class is above the mean of the others. Where the estimator takes no
    sample_weight, rows count alike.

    Args:
        estimator: scikit-learn classifier; by default logistic regression.
        teacher: scikit-learn classifier with predict_proba; by default `OpinionPool`,
            of a line and two forests.
        random_state: as in scikit-learn.

    Raises:
        ValueError: for a teacher without predict_proba.

    Example:
        >>> x = np.array([[0.0], [1.0], [5.0], [6.0], [5.5], [6.5], [0.5]])
        >>> model = SelfTraining().fit(x, ["a", "a", "b", "b", -1, -1, -1])
        >>> model.predict([[0.2], [5.8]]).tolist()
        ['a', 'b']

    Reference:
        Scudder 1965, Probability of Error of Some Adaptive Pattern-Recognition
        Machines; Lee 2013, Pseudo-Label.
    """

    def __init__(self, estimator=None, teacher=None, random_state=0):
        super().__init__(estimator, random_state)
        self.teacher = teacher

    def _fit(self, labelled, unlabelled, seed):
        expect_probabilities("teacher of SelfTraining", self.teacher)
        self.model_ = self._student(labelled, unlabelled, seed)

    def _student(self, labelled, unlabelled, seed):
        if not len(unlabelled):
            return self._fitted(self.estimator, labelled, seed)
        probability = self._guessed(labelled, unlabelled, seed)
        num_classes = probability.shape[1]
        # From 0, where all classes are alike, to 1.
        trust = (num_classes * probability.max(axis=1) - 1) / (num_classes - 1)
        sure = trust > 0
        guessed = Rows(unlabelled[sure], probability[sure].argmax(axis=1))
        weight = trust[sure] * len(labelled.y) / max(trust[sure].sum(), 1e-12)
        weights = np.concatenate([np.ones(len(labelled.y)), weight])
        return self._fitted(self.estimator, labelled + guessed, seed, weights=weights)

    def _guessed(self, labelled, unlabelled, seed):
        """Returns probabilities (M, K) of the unlabelled rows."""
        teacher = OpinionPool() if self.teacher is None else self.teacher
        return self._fitted(teacher, labelled, seed).predict_proba(unlabelled)
