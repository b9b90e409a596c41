"""Columns that are learned as one."""

import numpy as np
import pandas as pd
import pytest

from kvae.preprocessing import Table
from kvae.preprocessing.joined import Joined

FRAME = pd.DataFrame(
    {
        "n": [1.5, 2.5, 3.5, 4.5],
        "code": pd.array([1, 2, None, 1], dtype="Int64"),
        "city": pd.Categorical(["Bonn", "Ulm", "Ulm", "Bonn"]),
        "day": pd.to_datetime(["2024-01-01", "2024-01-02", None, "2024-01-01"]),
    }
)
GROUPS = [("code", "city", "day")]


def test_a_table_gives_its_own_columns_back():
    table = Table(FRAME, GROUPS)
    x = table.transform(FRAME)
    pd.testing.assert_frame_equal(table.inverse(x), FRAME)
    assert len(table.schema) == 2


def test_any_input_is_a_combination_that_occurs():
    table = Table(FRAME, GROUPS)
    x = np.random.default_rng(0).normal(size=(50, table.width)).astype("float32")
    rows = table.inverse(x)[list(GROUPS[0])].astype(str)
    known = FRAME[list(GROUPS[0])].astype(str)
    assert set(map(tuple, rows.to_numpy())) <= set(map(tuple, known.to_numpy()))


def test_a_group_takes_the_place_of_its_first_column():
    joined = Joined((("day", "n"), ("city", "code"))).join(FRAME)
    assert joined.columns.tolist() == ["city & code", "day & n"]
    assert joined["city & code"].tolist()[2] == "Ulm & (none)"


@pytest.mark.parametrize(
    ("groups", "message"),
    [
        ([("city",)], "two or more columns"),
        ([("city", "n"), ("n", "day")], "each column in one"),
        ([("city", "town")], r"Received: \['town'\]"),
    ],
)
def test_refuses_what_is_no_group(groups, message):
    with pytest.raises(ValueError, match=message):
        Table(FRAME, groups)
