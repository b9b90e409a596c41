import numpy as np
import pandas as pd
import pytest

from kvae.cli.target_column import expect_target


@pytest.mark.parametrize(
    ("y", "target", "message"),
    [
        ([0, 1], "z", "Received: 'z'. The columns are 'x', 'y'"),
        ([1, 1], "y", "at least two classes"),
        (range(1000), "y", "1000 different values"),
        ([0.5, 1.5, 0.5], "y", "expects classes. Received: numbers such as"),
    ],
)
def test_what_is_no_target_is_refused(y, target, message):
    frame = pd.DataFrame({"x": range(len(y)), "y": y})
    with pytest.raises(ValueError, match=message):
        expect_target(frame, target)


def test_rows_without_a_label_and_small_classes_are_said():
    frame = pd.DataFrame({"x": range(9), "y": ["a"] * 5 + ["b", "b", None, ""]})
    notes = expect_target(frame, "y")
    assert notes[0].startswith("2 of 9 rows have no 'y'")
    assert notes[1].startswith("class 'b' has 2 row(s)")


def test_classes_are_said_as_a_person_writes_them():
    frame = pd.DataFrame({"x": range(4), "y": np.array([0, 0, 0, 1])})
    assert expect_target(frame, "y")[0].startswith("class 1 has 1 row(s)")
    frame = frame.assign(y=pd.Series([0, 0, None, 1], dtype="Int64"))
    assert expect_target(frame, "y")[1].startswith("class 1 has 1 row(s)")


def test_a_target_of_numbers_and_words_and_one_with_an_unused_category():
    frame = pd.DataFrame({"a": range(3), "y": pd.Series([1, 2, "x"], dtype=object)})
    with pytest.raises(ValueError, match="classes of one kind"):
        expect_target(frame, "y")
    frame = frame.assign(y=pd.Categorical(["m", "f", "m"], ["f", "m", "other"]))
    assert expect_target(frame, "y") == [
        "class 'f' has 1 row(s), too few for a reliable verdict"
    ]
