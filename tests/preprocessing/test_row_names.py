import numpy as np
import pandas as pd
import pytest

from kvae.preprocessing.row_names import row_names


@pytest.mark.parametrize(
    ("column", "counting", "naming"),
    [
        (np.arange(30), True, False),
        (np.arange(1, 31)[::-1], True, False),
        (np.random.default_rng(0).permutation(30), True, False),
        (np.arange(30) * 3 + 5, False, True),
        ([f"p{i}" for i in range(30)], False, True),
        (pd.array([*range(7, 36), None], dtype="Int64"), False, True),
        (np.arange(30) / 7, False, False),
        (np.arange(30) * 1.0, True, False),
        (np.arange(30) * 3.0 + 5, False, True),
        (np.arange(30) // 2, False, False),
        (pd.date_range("2024-01-01", periods=30), False, False),
        (pd.Categorical([f"p{i}" for i in range(30)]), False, False),
        ([*map(str, range(3)), *[None] * 27], False, False),
    ],
)
def test_what_names_a_row(column, counting, naming):
    frame = pd.DataFrame({"a": column})
    assert row_names(frame) == (["a"] * counting, ["a"] * naming)


def test_few_rows_may_differ_by_chance_but_not_without_a_name():
    frame = pd.DataFrame({"Unnamed: 0": [1, 2, 3], "b": [1, 2, 3], "c": [7, 5, 3]})
    assert row_names(frame) == (["Unnamed: 0"], [])
    parts = pd.DataFrame({"Unnamed: 0": [0, 1, 2, 0, 1, 2], "day": [1, 2, 3, 1, 2, 3]})
    assert row_names(parts) == (["Unnamed: 0"], [])
