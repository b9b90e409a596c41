import numpy as np
import pytest
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.neighbors import KNeighborsClassifier
from sklearn.svm import LinearSVC

from kvae.semi_supervised import SelfTraining


def rings(n, seed):
    """Rows inside and outside of a circle, which no line separates."""
    x = np.random.default_rng(seed).uniform(-1, 1, size=(n, 2))
    return x, (np.hypot(*x.T) > 0.7).astype(int)


def test_the_student_learns_what_the_teacher_guesses():
    x, y = rings(600, 0)
    some = np.where(np.arange(600) < 60, y, -1)
    student = SelfTraining(RandomForestClassifier(50)).fit(x, some)
    test, true = rings(1000, 1)
    teacher = RandomForestClassifier(50, random_state=0).fit(x[:60], y[:60])
    assert student.score(test, true) > teacher.score(test, true) - 0.02


class Weighed(LogisticRegression):
    """Remembers what weights it was given."""

    def fit(self, X, y, sample_weight=None):  # noqa: N803
        self.weights_ = sample_weight
        return super().fit(X, y, sample_weight=sample_weight)


def test_guesses_weigh_as_much_as_labelled_rows():
    x, y = rings(300, 0)
    some = np.where(np.arange(300) < 30, y, -1)
    weights = SelfTraining(Weighed()).fit(x, some).model_.weights_
    assert (weights[:30] == 1).all() and weights[30:].sum() == pytest.approx(30)
    assert weights[30:].min() < weights[30:].max()


def test_a_student_without_weights_learns_all_the_same():
    x, y = rings(300, 0)
    some = np.where(np.arange(300) < 60, y, -1)
    assert SelfTraining(KNeighborsClassifier()).fit(x, some).score(x, y) > 0.8


def test_a_teacher_needs_probabilities():
    with pytest.raises(ValueError, match="teacher of SelfTraining.*LinearSVC"):
        SelfTraining(teacher=LinearSVC()).fit([[0.0], [1.0]], [0, 1])
