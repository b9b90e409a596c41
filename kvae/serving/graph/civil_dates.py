"""Days since 1970 as year, month and day of the Gregorian calendar, and back.

Whole numbers alone, so that they run in any graph: operators of tensors or arrays.

Reference:
    Hinnant 2013, "chrono-Compatible Low-Level Date Algorithms": days_from_civil,
    civil_from_days.
"""

_ERA = 146_097  # days in 400 years
_START = 719_468  # days from 0000-03-01 to 1970-01-01


def civil_of_days(days):
    """Returns (year, month, day) for days since 1970, int64 each.

    Args:
        days: int64 tensor, array or int.

    Example:
        >>> [int(part) for part in civil_of_days(11_016)]
        [2000, 2, 29]
    """
    days = days + _START
    era, day = days // _ERA, days % _ERA
    of_era = (day - day // 1460 + day // 36_524 - day // (_ERA - 1)) // 365
    # A year starts in March: what February has left is its end.
    day = day - (365 * of_era + of_era // 4 - of_era // 100)
    month = (5 * day + 2) // 153
    day = day - (153 * month + 2) // 5 + 1
    year = of_era + 400 * era + month // 10
    return year, month + 3 - 12 * (month // 10), day


def days_of_civil(year, month, day):
    """Returns days since 1970, int64; those of 30 February are those of 1 or 2 March.

    Args:
        year: int64 tensor, array or int.
        month: the same, from 1 to 12.
        day: the same, from 1 to 31.

    Example:
        >>> days_of_civil(2000, 2, 29)
        11016
    """
    early = (14 - month) // 12  # January and February, of the year before
    year = year - early
    month = month + 12 * early - 3
    era, of_era = year // 400, year % 400
    day_of_year = (153 * month + 2) // 5 + day - 1
    return (
        era * _ERA + of_era * 365 + of_era // 4 - of_era // 100 + day_of_year - _START
    )
