import numpy as np
import pandas as pd
import pytest

from kvae.preprocessing.written_dates import are_written_dates, calendar, days_of


def test_the_calendar_is_that_of_pandas():
    days = pd.date_range("1900-01-01", "2100-12-31")
    assert calendar().tolist() == days.strftime("%Y%m%d").astype(int).tolist()


def test_days_are_counted_across_months():
    days = days_of(np.array([19000101.0, 20190228, 20190301]))
    assert (days[0], days[2] - days[1]) == (0, 1)


@pytest.mark.parametrize(
    "numbers",
    [
        [20190228, 20190301],  # two may be chance
        [20190228, 20190229, 20190301],
        [18991231, 19000101, 19000102],
        [20190101, 20190102, 20190103.5],
        [],
    ],
)
def test_other_numbers_are_no_dates(numbers):
    assert not are_written_dates(np.array(numbers, float))
