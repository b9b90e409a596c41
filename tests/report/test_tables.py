import dataclasses

import numpy as np
import pandas as pd
import pytest

from kvae.evaluation.table_comparison import compare_tables
from kvae.report.parts import Fold, Grid
from kvae.report.tables import MOST_ROWS, comparison_section, rows_section


def grids(section):
    return {part.caption: part for part in section.parts if isinstance(part, Grid)}


@pytest.fixture
def make_rows():
    def make(n):
        stream = np.random.default_rng(0)
        new = pd.DataFrame({"n": stream.normal(size=n), "c": stream.choice(["a"], n)})
        lineage = pd.DataFrame({"sampler": "noise", "parent": pd.array([1] * n)})
        lineage.loc[0, "parent"] = pd.NA
        probability = np.linspace(1, 0, n)
        doubts = pd.DataFrame({"probability": probability, "distance": 0.5})
        real = pd.DataFrame({"n": [1.0, 2.0], "c": ["x", "y"]})
        labels = ["yes"] * n
        return rows_section(new, labels, lineage, doubts, real, target="answer")

    return make


def test_the_most_doubtful_row_comes_first_beside_its_parent(make_rows):
    grid = grids(make_rows(20))["New rows"]
    assert grid.browsable and grid.order == (0, "asc")
    likely = [float(row[0]) for row in grid.rows]
    assert likely == sorted(likely)
    at = dict(zip(grid.header, grid.rows[0], strict=True))
    assert at["answer"] == "yes" and at["parent"] == "2"
    assert at["the parent's values"] == "n = 2, c = y"
    without = dict(zip(grid.header, grid.rows[-1], strict=True))
    assert without["parent"] == "" and without["the parent's values"] == ""


def test_of_many_rows_the_most_doubtful_are_shown_and_that_is_said(make_rows):
    section = make_rows(MOST_ROWS + 100)
    assert len(grids(section)["New rows"].rows) == MOST_ROWS
    assert any("most doubtful of 600" in getattr(p, "text", "") for p in section.parts)


def test_samples_are_said_to_be_samples():
    frame = pd.DataFrame({"n": np.arange(100.0)})
    section = comparison_section(compare_tables(frame, frame, most=10))
    texts = [getattr(part, "text", "") for part in section.parts]
    assert any("Compared are samples: 10 of 100 real" in text for text in texts)


def test_pairs_never_seen_come_with_their_remedy():
    real = pd.DataFrame({"city": list("ab") * 20, "code": list("12") * 20})
    new = pd.DataFrame({"city": list("ab"), "code": list("22")})
    found = grids(comparison_section(compare_tables(real, new)))
    (row,) = found["Columns of which one determines the other"].rows
    assert row == ["city", "code", "50.0%", "--together city,code"]


def test_columns_called_as_what_is_known_of_a_row_are_kept():
    names = ["likely", "parent", "sampler", "distance"]
    new = pd.DataFrame([[7.0, 8.0, "u", 9.0]], columns=names)
    lineage = pd.DataFrame({"sampler": ["noise"], "parent": pd.array([0], "Int64")})
    doubts = pd.DataFrame({"probability": [0.25], "distance": [0.5]})
    section = rows_section(new, ["yes"], lineage, doubts, new, target="class")
    (row,) = grids(section)["New rows"].rows
    assert row[:-1] == ["0.25", "yes", "7", "8", "u", "9", "noise", "1", "0.5"]


def test_values_of_a_column_with_few_do_not_stand_out():
    frame = pd.DataFrame({"c": list("ab") * 20})
    parts = comparison_section(compare_tables(frame, frame)).parts
    titles = [part.title for part in parts if isinstance(part, Fold)]
    assert "Numbers that stand out" not in titles


def test_a_remedy_can_be_pasted_into_a_shell():
    real = pd.DataFrame({"my city": list("ab") * 20, "code": list("12") * 20})
    new = pd.DataFrame({"my city": list("ab"), "code": list("22")})
    found = grids(comparison_section(compare_tables(real, new)))
    (row,) = found["Columns of which one determines the other"].rows
    assert row[-1] == "--together 'my city,code'"


def test_columns_whose_pairs_are_not_compared_are_no_secret():
    frame = pd.DataFrame({"c": list("ab") * 10})
    compared = compare_tables(frame, frame)
    wide = dataclasses.replace(compared, columns=compared.columns * 61)
    parts = comparison_section(wide).parts
    texts = [getattr(part, "text", "") for part in parts]
    assert "Pairs are of the table's first 60 columns." in texts
