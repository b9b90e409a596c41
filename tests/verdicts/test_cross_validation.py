import dataclasses
import time

import keras
import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression, SGDClassifier
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

import kvae
from kvae.augmentation.methods import BASELINE, METHODS, SHIFTS, table_methods
from kvae.training.budget import Budget
from kvae.training.classifiers import seeded_clone
from kvae.verdicts.cross_validation import (
    cross_validate,
    cross_validate_all,
    hold_out,
)

BUDGET = Budget(folds=3, repeats=2, steps=40, vae_steps=30)
TWO = METHODS[BASELINE], METHODS["SMOTE"]


def rows(n=30, unlabelled=6, gap=3.0, seed=0):
    stream = np.random.default_rng(seed)
    y = np.append(np.arange(n) % 2, np.full(unlabelled, -1))
    x = stream.normal(size=(len(y), 4)) + gap * np.where(y < 0, 0.5, y)[:, None]
    return x, y


@pytest.fixture(scope="module")
def every():
    x, y = rows()
    return cross_validate(x, y, table_methods(y), BUDGET)


def test_every_labelled_row_is_held_out_once_in_each_repeat(every):
    assert every.predicted.shape == (len(every.methods), 2, 30)
    np.testing.assert_array_equal(every.rows, np.arange(30))
    np.testing.assert_array_equal(every.true, np.arange(30) % 2)
    # The classes lie far apart: any row that is told apart is in its place.
    assert (every.predicted[0] == every.true).mean() > 0.9


def test_a_method_is_the_same_in_any_company(every):
    x, y = rows()
    two = cross_validate(x, y, TWO, BUDGET)
    place = [method.name for method in every.methods].index("SMOTE")
    same = two.predicted[1] == every.predicted[place]
    assert same.mean() > 0.95  # float32: a row at the border may change sides


def test_a_problem_is_the_same_in_any_company():
    x, y = rows()
    other = rows(gap=1.0, seed=5)
    _, second = cross_validate_all([(*other, 0), (x, y, 7)], TWO, BUDGET)
    alone = cross_validate(x, y, TWO, BUDGET, 7)
    assert (second.predicted == alone.predicted).mean() > 0.95


def test_the_same_seed_predicts_the_same_and_another_does_not():
    x, y = rows(gap=0.5)
    first, again = (cross_validate(x, y, TWO, BUDGET).predicted for _ in range(2))
    np.testing.assert_array_equal(first, again)
    assert not np.array_equal(first, cross_validate(x, y, TWO, BUDGET, 1).predicted)


@pytest.mark.parametrize(
    "classifier", [LogisticRegression(), KNeighborsClassifier(1)], ids=["w", "no w"]
)
def test_takes_any_classifier_of_scikit_learn(classifier):
    x, y = rows()
    found = cross_validate(x, y, TWO, BUDGET, classifier=classifier)
    assert (found.predicted == found.true).mean() > 0.9


def test_takes_a_keras_model_in_its_wrapper():
    def build(X, y):
        model = keras.Sequential([keras.layers.Dense(2, activation="softmax")])
        model.compile("adam", "categorical_crossentropy")
        return model

    model = keras.wrappers.SKLearnClassifier(build, fit_kwargs={"verbose": 0})
    x, y = rows(n=12)
    one = dataclasses.replace(BUDGET, folds=2, repeats=1)
    found = cross_validate(x, y, TWO, one, classifier=model)
    assert set(np.unique(found.predicted)) <= {0, 1}


def test_images_are_judged_by_a_convnet():
    digits = kvae.load("digits")
    draw = kvae.few_shot(digits, 3, seed=0)
    methods = METHODS[BASELINE], METHODS[SHIFTS]
    budget = Budget(folds=3, repeats=1, steps=60)
    found = cross_validate(*draw.rows, methods, budget)
    assert (found.predicted[0] == found.true).mean() > 0.5


def test_unlabelled_rows_teach_classifiers_of_tables_alone():
    digits = kvae.load("digits")
    draw = kvae.few_shot(digits, 3, seed=0)
    methods = METHODS[BASELINE], METHODS["self-training"]
    with pytest.raises(ValueError, match="'self-training' expects a table"):
        hold_out(*draw.rows, methods)
    x, y = rows(n=12)
    one = dataclasses.replace(BUDGET, folds=2, repeats=1)
    for judge in ("mlp", "logistic_regression"):
        found = cross_validate(x, y, methods, one, classifier=judge)
        assert set(np.unique(found.predicted)) <= {0, 1}


def test_a_lonely_row_is_trained_on_and_never_held_out():
    x, y = rows(n=8, unlabelled=0)
    y[0] = 2
    found = cross_validate(x, y, TWO, BUDGET)
    assert 0 not in found.rows and len(found.rows) == 7
    with pytest.raises(ValueError, match="a class with at least two rows"):
        cross_validate(x[:2], np.array([0, 1]), TWO, BUDGET)


def test_the_limit_of_time_only_aborts():
    x, y = rows()
    late = dataclasses.replace(BUDGET, seconds=0.0)
    with pytest.raises(TimeoutError, match="at the limit of 0 s. Raise `seconds`"):
        cross_validate(x, y, TWO, late)


def test_a_pipeline_gets_its_seeds_too():
    x, y = rows(unlabelled=0, gap=0.5)
    model = make_pipeline(StandardScaler(), SGDClassifier(max_iter=5, tol=None))
    first, again = (
        cross_validate(x, y, TWO, BUDGET, classifier=model).predicted for _ in range(2)
    )
    np.testing.assert_array_equal(first, again)
    clone = seeded_clone(model, 3)
    assert clone.get_params()["sgdclassifier__random_state"] == 3


def test_parts_are_told_and_what_is_finished_is_kept(monkeypatch):
    x, y = rows(unlabelled=0)
    now = iter([0.0] + [1.0] * 9 + [100.0] * 9)  # 6 splits, 3 stages
    monkeypatch.setattr(time, "perf_counter", lambda: next(now))
    budget = dataclasses.replace(BUDGET, seconds=5.0)
    found = cross_validate(x, y, TWO, budget, classifier=KNeighborsClassifier())
    assert found.seconds == 100  # the last stage took long, but it is there
    assert found.part.shape == (2, 30)
    for part in found.part:
        counts = np.bincount(part)
        assert counts.tolist() == [10, 10, 10]
