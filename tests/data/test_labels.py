import numpy as np
import pandas as pd
import pytest

from kvae.data.labels import (
    class_counts,
    class_names_and_indices,
    counts_like,
    held_out,
    stratified_folds,
)


@pytest.mark.parametrize(
    ("labels", "names", "indices"),
    [
        (["b", "a", "b"], ("a", "b"), [1, 0, 1]),
        ([10, 9, 10], ("9", "10"), [1, 0, 1]),
        ([1.0, np.nan, 0.0], ("0", "1"), [1, -1, 0]),
        ([True, False, None], ("False", "True"), [1, 0, -1]),
        (pd.Series(["x", "", "y"], index=[5, 5, 7]), ("x", "y"), [0, -1, 1]),
        (pd.Categorical(["q", None, "p"]), ("p", "q"), [1, -1, 0]),
        (np.array([2, "two", 2], object), ("2", "two"), [0, 1, 0]),
    ],
)
def test_labels_of_any_kind_become_indices(labels, names, indices):
    found_names, found_indices = class_names_and_indices(labels)
    assert found_names == names
    assert found_indices.tolist() == indices


def test_minus_one_is_a_class_unless_named():
    assert class_names_and_indices([-1, 1])[0] == ("-1", "1")
    assert class_names_and_indices([-1, 1], unlabelled=-1)[1].tolist() == [-1, 0]


def test_only_labels_that_occur_count():
    labels = pd.Categorical(["m", "f", None, "m"], ["f", "m", "other"])
    assert class_counts(pd.Series(labels)).to_dict() == {"m": 2, "f": 1}


def test_unlabelled_rows_ask_for_no_new_ones():
    assert counts_like([0, 0, -1, 1, -1]) == {0: 2, 1: 1}


def test_folds_are_stratified_and_hold_out_no_class_entirely():
    y = np.array([0] * 9 + [1] * 6 + [2])
    fold = stratified_folds(y, folds=3, seed=0)
    assert np.bincount(fold[y == 0]).tolist() == [3, 3, 3]
    assert np.bincount(fold[y == 1]).tolist() == [2, 2, 2]
    assert fold[y == 2] == -1


def test_every_class_gives_its_share_and_keeps_a_row():
    y = np.array([0] * 10 + [1] * 5 + [2] + [-1] * 4)
    drawn = held_out(y, 0.4)
    assert np.bincount(y[drawn], minlength=3).tolist() == [4, 2, 0]
    assert not held_out(y, 0.99)[y == -1].any()
    assert (~held_out(y, 0.99))[y == 1].sum() == 1


def test_the_draw_of_a_class_does_not_depend_on_the_others():
    y = np.array([0] * 10 + [1] * 10)
    alone = np.where(y == 1, 1, -1)
    np.testing.assert_array_equal(held_out(y, 0.3)[10:], held_out(alone, 0.3)[10:])


@pytest.mark.parametrize("share", [0, 1, -0.1, 20])
def test_shares_outside_the_open_unit_interval_are_refused(share):
    with pytest.raises(ValueError, match=r"share in \(0, 1\)"):
        held_out(np.array([0, 0, 1, 1]), share)
