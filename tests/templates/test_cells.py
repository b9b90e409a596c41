import numpy as np
import pandas as pd

from kvae.templates.cells import MOST_CELL, cell_text, grid


def test_cells_are_what_people_write():
    values = [1, 1.0, 0.123456, np.float32(2.5), "a", None, np.nan, pd.NA, pd.NaT]
    assert [cell_text(value) for value in values] == [
        "1",
        "1",
        "0.1235",
        "2.5",
        "a",
        "",
        "",
        "",
        "",
    ]
    assert cell_text(pd.Timestamp("2024-03-01")) == "2024-03-01"
    assert cell_text(pd.Timestamp("2024-03-01 12:00")) == "2024-03-01 12:00:00"
    assert cell_text(np.inf) == "inf"


def test_a_long_text_is_cut():
    assert len(cell_text("x" * 10_000)) == MOST_CELL + 1


def test_a_grid_of_every_dtype(every_dtype):
    found = grid(every_dtype, "caption", "row")
    assert found["header"][0] == "row" and len(found["header"]) == 25
    assert len(found["rows"]) == len(every_dtype)
    assert all(isinstance(cell, str) for row in found["rows"] for cell in row)


def test_a_huge_number_is_no_row_of_digits():
    assert [cell_text(value) for value in (1e300, -1.5e22)] == ["1e+300", "-1.5e+22"]


def test_nothing_has_no_sign():
    assert cell_text(-0.0) == "0"
