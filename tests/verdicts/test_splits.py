import numpy as np
import pytest

from kvae.training.budget import Budget
from kvae.verdicts.splits import LabelledFolds, make_split, make_splits

BUDGET = Budget(folds=3, repeats=2)
STREAM = np.random.default_rng(0)
X = STREAM.normal(size=(20, 4)) * 5 + 3
Y = np.append(np.arange(16) % 2, [-1] * 4)


def test_every_labelled_row_is_held_out_once_in_each_repeat():
    splits = make_splits(X, Y, seed=0, budget=BUDGET, scaled=True)
    assert len(splits) == 6
    for repeat in range(2):
        held_out = [s.held_out for s in splits if s.repeat == repeat]
        np.testing.assert_array_equal(np.sort(np.concatenate(held_out)), np.arange(16))
    assert len({split.seed for split in splits}) == 6


def test_tables_are_in_units_of_the_rows_that_are_kept():
    for split in make_splits(X, Y, seed=0, budget=BUDGET, scaled=True):
        kept = np.concatenate([split.labelled.x, split.unlabelled])
        np.testing.assert_allclose(kept.mean(0), 0, atol=1e-5)
        np.testing.assert_allclose(kept.std(0), 1, atol=1e-5)
        changed = X.copy()
        changed[split.held_out] = 1e6
        again = make_splits(changed, Y, seed=0, budget=BUDGET, scaled=True)
        same = next(other for other in again if other.seed == split.seed)
        np.testing.assert_array_equal(same.labelled.x, split.labelled.x)
        np.testing.assert_array_equal(same.unlabelled, split.unlabelled)


def test_rows_of_ones_choice_can_be_held_out():
    held_out = np.array([1, 2, 7])
    split = make_split(X, Y, held_out, seed=5, repeat=3)
    assert (split.seed, split.repeat) == (5, 3)
    kept = np.setdiff1d(np.arange(16), held_out)
    np.testing.assert_array_equal(split.labelled.y, Y[kept])
    fitted = X[np.append(kept, np.arange(16, 20))]
    units = (X - fitted.mean(0)) / fitted.std(0)
    np.testing.assert_allclose(split.test, units[held_out], atol=1e-5)
    np.testing.assert_allclose(split.labelled.x, units[kept], atol=1e-5)
    np.testing.assert_allclose(split.unlabelled, units[16:], atol=1e-5)
    plain = make_split(X, Y, held_out, seed=5, scaled=False)
    np.testing.assert_array_equal(plain.test, X[held_out].astype("float32"))
    images = X.reshape(20, 2, 2, 1)
    as_they_are = make_split(images, Y, held_out, seed=5)
    np.testing.assert_array_equal(as_they_are.test, images[held_out].astype("float32"))


def test_features_are_those_of_the_rows_that_are_trained_on():
    features = np.arange(20.0)[:, None]
    for split in make_splits(X, Y, 0, BUDGET, scaled=False, features=features):
        rows = np.concatenate([split.labelled.x, split.unlabelled])
        at = split.features[:, 0].astype(int)
        np.testing.assert_array_equal(rows, X[at].astype("float32"))


def test_no_more_parts_than_rows_of_a_class_and_lonely_rows_stay():
    y = np.array([0, 0, 0, 0, 1, 1, 2] + [-1] * 13)
    splits = make_splits(X, y, seed=0, budget=BUDGET, scaled=False)
    assert len(splits) == 4  # two rows of class 1, two parts, twice
    assert all(2 in split.labelled.y for split in splits)
    with pytest.raises(ValueError, match="at least two rows"):
        make_splits(X[:2], np.array([0, 1]), seed=0, budget=BUDGET, scaled=True)


def test_unlabelled_rows_are_in_every_training_part_and_no_test_part():
    labels = np.array(["a", "b", None, "a", "", "b", "a", "b"], dtype=object)
    folds = list(LabelledFolds(3).split(np.zeros((8, 1)), labels))
    for train, test in folds:
        assert {2, 4} <= set(train)
        assert not {2, 4} & set(test)
        assert set(train) | set(test) == set(range(8))
    assert sorted(np.concatenate([test for _, test in folds])) == [0, 1, 3, 5, 6, 7]
