import numpy as np
import pandas as pd
import pytest

from kvae.resampling.targets import Targets


@pytest.mark.parametrize(
    "y",
    [
        np.array(["b", "a", "b"]),
        np.array([2, 1, 2], "int32"),
        pd.Series(["b", "a", "b"], dtype="category", name="y"),
        pd.DataFrame({"y": [True, False, True]}),
        ["b", "a", "b"],
        np.array([[0, 1, 0], [1, 0, 0], [0, 0, 1]]),
    ],
)
def test_labels_come_back_in_their_form(y):
    back = Targets(y).like(Targets(y).index)
    assert type(back) is type(y)
    if isinstance(y, np.ndarray | pd.Series):
        assert back.dtype == y.dtype
    np.testing.assert_array_equal(np.asarray(back), np.asarray(y))


def test_missing_labels_are_minus_one_and_come_back():
    y = pd.Series([1.0, np.nan, 3.0])
    targets = Targets(y)
    np.testing.assert_array_equal(targets.index, [0, -1, 1])
    pd.testing.assert_series_equal(targets.like(targets.index), y)


def test_holes_in_a_list_of_words_are_no_word():
    y = ["yes", float("nan"), "no", None, pd.NA]
    targets = Targets(y)
    assert targets.classes.tolist() == ["no", "yes"]
    assert targets.index.tolist() == [1, -1, 0, -1, -1]


def test_numbers_that_are_no_classes_are_refused():
    with pytest.raises(ValueError, match="Unknown label type"):
        Targets(np.linspace(0, 1, 10))


@pytest.mark.parametrize(
    ("y", "name"),
    [
        (pd.Series([0, 1], name="kind"), "kind"),
        (pd.DataFrame({"kind": [0, 1]}), "kind"),
        ([0, 1], None),
    ],
)
def test_the_name_of_y_is_known(y, name):
    assert Targets(y).name == name
