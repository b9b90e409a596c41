"""Dates that are written as whole numbers: 20190219, or 201902 for a month."""

import functools

import numpy as np

# By chance 3 numbers of 6 digits are months once in 500 times, 5 once in 40,000.
FORMS = {"YYYYMMDD": 3, "YYYYMM": 5}  # how many different ones it takes


@functools.cache
def calendar(form):
    """Returns the numbers of all days, or months, from 1900 to 2100, in order.

    Args:
        form: "YYYYMMDD" or "YYYYMM".

    Returns:
        Float64 array.

    Example:
        >>> calendar("YYYYMM")[:2].tolist()
        [190001.0, 190002.0]
    """
    unit = "D" if form == "YYYYMMDD" else "M"
    dates = np.arange("1900-01", "2101-01", dtype=f"datetime64[{unit}]")
    months = dates.astype("datetime64[M]")
    year = months.astype("datetime64[Y]").astype("int64") + 1970
    numbers = 100 * year + months.astype("int64") % 12 + 1
    if form == "YYYYMMDD":
        numbers = 100 * numbers + (dates - months).astype("int64") + 1
    return numbers.astype("float64")


def form_of_dates(numbers):
    """Returns the form in which all these numbers are dates, or None.

    Args:
        numbers: float array (N,), none missing.

    Example:
        >>> form_of_dates(np.array([20190228.0, 20190301, 20190302]))
        'YYYYMMDD'
        >>> form_of_dates(np.array([20190228.0, 20190229, 20190301])) is None
        True
    """
    distinct = np.unique(numbers)
    for form, least in FORMS.items():
        dates = calendar(form)
        if len(distinct) < least or not dates[0] <= distinct[0] <= dates[-1]:
            continue
        if np.isin(distinct, dates).all():
            return form
    return None


def places_of(numbers, form):
    """Returns days, or months, since 1900 for numbers that are dates, float array."""
    return np.searchsorted(calendar(form), numbers).astype("float64")
