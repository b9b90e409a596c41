import numpy as np
import pandas as pd
import pytest

from kvae.preprocessing.written_dates import calendar, form_of_dates, places_of


@pytest.mark.parametrize(
    ("form", "frequency", "pattern"),
    [("YYYYMMDD", "D", "%Y%m%d"), ("YYYYMM", "MS", "%Y%m")],
)
def test_the_calendar_is_that_of_pandas(form, frequency, pattern):
    dates = pd.date_range("1900-01-01", "2100-12-31", freq=frequency)
    assert calendar(form).tolist() == dates.strftime(pattern).astype(int).tolist()
    assert form_of_dates(calendar(form)) == form


def test_days_are_counted_across_months():
    days = places_of(np.array([19000101.0, 20190228, 20190301]), "YYYYMMDD")
    assert (days[0], days[2] - days[1]) == (0, 1)


@pytest.mark.parametrize(
    "numbers",
    [
        [20190228, 20190301],  # two may be chance
        [20190228, 20190229, 20190301],
        [18991231, 19000101, 19000102],
        [20190101, 20190102, 20190103.5],
        [201901, 201902, 201903, 201904],  # so may four months
        [201901, 201902, 201903, 201904, 201913],
        [],
    ],
)
def test_other_numbers_are_no_dates(numbers):
    assert form_of_dates(np.array(numbers, float)) is None
