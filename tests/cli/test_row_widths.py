import csv
from pathlib import Path

import pytest

from kvae.cli.row_widths import fit_header, row_widths


def fit(*lines, names=2):
    widths = row_widths(Path("t.csv"), csv.reader(lines), first_line=2, names=names)
    return fit_header(Path("t.csv"), ["a", "b", "c"][:names], widths)


def test_rows_that_fit_are_not_worth_a_note():
    assert fit("1,2", "3,4") == (["a", "b"], [])


def test_one_cell_more_in_every_row_is_row_names():
    assert fit("r1,1,2", "r2,3,4")[0] == ["", "a", "b"]
    assert fit("1,2,", "3,4,") == (
        ["a", "b"],
        ["separators at the end of rows are left out"],
    )


def test_some_rows_with_more_or_all_with_fewer_cells_are_refused():
    with pytest.raises(ValueError, match="1 row more cells, such as line 3 with 3"):
        fit("1,2", "3,4,5")
    with pytest.raises(ValueError, match="3 names, and all rows fewer cells"):
        fit("1,2", "3,4", names=3)


def test_blank_lines_count_between_rows_alone():
    lines = ["1,2", "", "3,4", "", ""]
    widths = row_widths(Path("t.csv"), csv.reader(lines), first_line=2, names=2)
    assert (widths.blank, dict(widths.counts)) == (1, {2: 2})


def test_some_rows_with_fewer_cells_are_said():
    assert "such as line 3, '3': their last columns are holes" in fit("1,2", "3")[1][0]
