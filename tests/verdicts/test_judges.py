import numpy as np
import pytest
from sklearn.linear_model import LinearRegression
from sklearn.svm import SVC

from kvae.verdicts.judges import JUDGES, best_judge, get_judge

STREAM = np.random.default_rng(0)


@pytest.mark.parametrize("name", JUDGES)
def test_a_name_is_a_judge(name):
    assert get_judge(name) is JUDGES[name]


def test_what_needs_no_search_is_given_back():
    judge = SVC(C=3.0)
    assert get_judge(judge) is judge
    assert get_judge(None) is None and get_judge("mlp") == "mlp"
    assert isinstance(get_judge("sklearn.svm.SVC"), SVC)


@pytest.mark.parametrize(
    "odd",
    [
        "forest",
        "sklearn.svm.Nothing",
        "no_such_package.Model",
        "sklearn.linear_model.LinearRegression",
        "sklearn.metrics.f1_score",
        "sklearn.ensemble.StackingClassifier",
        LinearRegression(),
        3,
        SVC,
        "",
        ".",
    ],
)
def test_what_is_no_classifier_is_named(odd):
    with pytest.raises(ValueError, match="classifier"):
        get_judge(odd)


def test_rows_decide_which_judge_is_best():
    x = STREAM.normal(size=(150, 4))
    assert best_judge(x, (x[:, 0] + x[:, 1] > 0).astype(int)) == "logistic_regression"
    assert best_judge(x, (x[:, 0] * x[:, 1] > 0).astype(int)) != "logistic_regression"


def test_the_same_seed_finds_the_same_judge():
    x, y = STREAM.normal(size=(40, 3)), np.arange(40) % 3
    assert len({best_judge(x, y, seed=5) for _ in range(2)}) == 1


def test_a_class_of_one_row_is_no_obstacle():
    x, y = STREAM.normal(size=(21, 2)), np.array([0, 1] * 10 + [2])
    assert best_judge(x, y) in JUDGES
    assert best_judge(x[:2], np.array([0, 1])) == "logistic_regression"
