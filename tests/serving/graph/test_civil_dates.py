import numpy as np

from kvae.serving.graph.civil_dates import civil_of_days, days_of_civil


def test_agrees_with_numpy_over_five_thousand_years():
    days = np.arange(-1_000_000, 1_000_000, 7)
    dates = days.astype("datetime64[D]")
    months = dates.astype("datetime64[M]")
    year, month, day = civil_of_days(days)
    np.testing.assert_array_equal(year, dates.astype("M8[Y]").astype("int64") + 1970)
    np.testing.assert_array_equal(month, months.astype("int64") % 12 + 1)
    np.testing.assert_array_equal(day, (dates - months).astype("int64") + 1)
    np.testing.assert_array_equal(days_of_civil(year, month, day), days)


def test_a_day_that_there_is_not_is_another():
    assert days_of_civil(2019, 2, 30) == days_of_civil(2019, 3, 2)
