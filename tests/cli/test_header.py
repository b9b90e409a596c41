from pathlib import Path

import pandas as pd
import pytest

from kvae.cli.header import (
    expect_columns,
    looks_like_data,
    name_notes,
    unique_names,
)


@pytest.mark.parametrize(
    ("header", "rows", "data"),
    [
        (["5.1", "setosa"], [["4.9", "setosa"], ["4.7", "setosa"]], True),
        (["5.1", "3.5"], [["4.9", "3.0"]], True),
        (["p", "x"], [["p", "x"], ["p", "x"], ["e", "x"]], True),
        (["length", "kind"], [["4.9", "setosa"], ["4.7", "setosa"]], False),
        (["name", "2019"], [["a", "1"], ["b", "2"]], False),
        (["kind", "2019"], [["a", "1"], ["a", "2"]], False),
        (["a", "b"], [], False),
    ],
)
def test_names_that_look_like_a_row(header, rows, data):
    assert (
        looks_like_data(header, pd.DataFrame(rows, columns=header, dtype=str)) == data
    )


def test_every_column_has_a_name_of_its_own():
    assert unique_names(["a", "a.1", "a", "", "a"]) == [
        "a",
        "a.1",
        "a.2",
        "Unnamed: 3",
        "a.3",
    ]
    notes = name_notes(["a", "a", ""], ["a", "a.1", "Unnamed: 2"])
    assert notes[0].startswith("several columns share a name, ['a']")
    assert notes[1] == "without a name: column 'Unnamed: 2'"


def test_too_many_columns_are_counted():
    with pytest.raises(ValueError, match="t.csv has 2,001 columns; at most 2,000"):
        expect_columns(Path("t.csv"), 2001)
