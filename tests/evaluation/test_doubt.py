import numpy as np
import pytest

from kvae.evaluation import doubt
from kvae.evaluation.doubt import doubts


def test_wrong_labels_are_doubted_more_than_right_ones(table_rows):
    right = doubts(table_rows, table_rows)["probability"]
    wrong = doubts(table_rows, (table_rows.x, 1 - table_rows.y))["probability"]
    assert right.min() > 0.5 > wrong.max()


def test_the_nearest_row_is_that_of_a_loop(table_rows):
    x, y = table_rows
    new = x[:5] + 0.01
    found = doubts((x, y), (new, y[:5]))
    for i, row in enumerate(new):
        away = np.linalg.norm(x - row, axis=1)
        assert found["nearest"][i] == away.argmin()
        assert found["distance"][i] == pytest.approx(away.min(), rel=1e-4)


def test_of_many_rows_a_sample_judges(table_rows, monkeypatch):
    monkeypatch.setattr(doubt, "MOST_ROWS", 10)
    found = doubts(table_rows, table_rows)
    assert found["nearest"].nunique() <= 10 and len(found) == 40
    again = doubts(table_rows, table_rows)
    assert found.equals(again)


def test_numbers_that_are_not_finite_are_an_error(table_rows):
    with pytest.raises(ValueError, match="finite"):
        doubts(table_rows, (np.full((1, 4), np.nan), np.zeros(1, int)))
