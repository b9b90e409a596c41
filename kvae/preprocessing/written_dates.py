"""Dates that are written as whole numbers: 20190219 is the 19th of February 2019."""

import functools

import numpy as np

FIRST, LAST = 19000101, 21001231
LEAST_DISTINCT = 3


@functools.cache
def calendar():
    """Returns the numbers of all days from 1900 to 2100, float64 array in order.

    Example:
        >>> calendar()[:2].tolist()
        [19000101.0, 19000102.0]
    """
    days = np.arange("1900-01-01", "2101-01-01", dtype="datetime64[D]")
    months = days.astype("datetime64[M]")
    month = months.astype("int64") % 12 + 1
    year = months.astype("datetime64[Y]").astype("int64") + 1970
    day = (days - months).astype("int64") + 1
    return (10_000 * year + 100 * month + day).astype("float64")


def are_written_dates(numbers):
    """Whether these are at least three different dates, and nothing else.

    Args:
        numbers: float array (N,), none missing.

    Example:
        >>> are_written_dates(np.array([20190228.0, 20190301, 20190302]))
        True
        >>> are_written_dates(np.array([20190228.0, 20190229, 20190301]))
        False
    """
    distinct = np.unique(numbers)
    if len(distinct) < LEAST_DISTINCT or not FIRST <= distinct[0] <= LAST:
        return False
    return bool(np.isin(distinct, calendar()).all())


def days_of(numbers):
    """Returns days since 1900 for numbers that are dates, float array (N,)."""
    return np.searchsorted(calendar(), numbers).astype("float64")
