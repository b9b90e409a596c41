"""Dates and times as people write them: 5/19/2015, 14.12.2018 12:41, 17:53."""

import dataclasses
import re

import pandas as pd

_DATE_PATTERNS = {
    r"\d{4}-\d{1,2}-\d{1,2}": ("%Y-%m-%d",),
    r"\d{4}/\d{1,2}/\d{1,2}": ("%Y/%m/%d",),
    r"\d{4}\.\d{1,2}\.\d{1,2}": ("%Y.%m.%d",),
    r"\d{1,2}/\d{1,2}/\d{4}": ("%m/%d/%Y", "%d/%m/%Y"),
    r"\d{1,2}-\d{1,2}-\d{4}": ("%d-%m-%Y", "%m-%d-%Y"),
    r"\d{1,2}\.\d{1,2}\.\d{4}": ("%d.%m.%Y", "%m.%d.%Y"),
    r"\d{1,2}/\d{1,2}/\d{2}": ("%m/%d/%y", "%d/%m/%y"),
    r"\d{1,2}-\d{1,2}-\d{2}": ("%d-%m-%y", "%m-%d-%y"),
    r"\d{1,2}\.\d{1,2}\.\d{2}": ("%d.%m.%y", "%m.%d.%y"),
    r"(?:19|20)\d{6}": ("%Y%m%d",),
    r"\d{4}-\d{1,2}": ("%Y-%m",),
    r"\d{4}/\d{1,2}": ("%Y/%m",),
    r"\d{1,2}/\d{4}": ("%m/%Y",),
    r"[A-Za-z]+[- ]\d{4}": ("%b %Y", "%B %Y", "%b-%Y", "%B-%Y"),
    r"\d{1,2}[-/ ][A-Za-z]+\.?[-/ ]\d{2,4}": tuple(
        f"%d{s}{month}{s}{year}"
        for s in " -/"
        for month in ("%b", "%B")
        for year in ("%Y", "%y")
    ),
    r"[A-Za-z]+ \d{1,2},? \d{4}": ("%b %d, %Y", "%B %d, %Y", "%b %d %Y", "%B %d %Y"),
}
_CLOCK = r"\d{1,2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?"
_NOON = r"(?: ?[AaPp][Mm])?"
_ZONE = r"(?: ?(?:Z|UTC|[+-]\d{2}:?\d{2}))?"
_FIRST = 20  # texts that are looked at first
_ANY_DATE = "|".join(_DATE_PATTERNS)
_CELL = re.compile(
    rf"(?P<date>{_ANY_DATE})"
    rf"(?P<gap>(?:T|,? {{1,2}})?)(?P<clock>(?:{_CLOCK})?)(?P<noon>{_NOON})"
    rf"(?P<zone>{_ZONE})"
)
_TIME = re.compile(rf"(?P<clock>{_CLOCK})(?P<noon>{_NOON})")


@dataclasses.dataclass(frozen=True)
class DateForm:
    """How a column writes its dates.

    Args:
        day: str, the date in the letters of strptime, such as "%d.%m.%Y".
        clock: str, what follows it, blank included, such as " %H:%M"; or "".
        padded: bool, whether a day is written 05, not 5.
        clock_padded: bool, whether an hour is.
        digits: int, decimals of the seconds.
        zone: str, what follows the time, such as "Z" or "+01:00"; or "".
        small: bool, whether 5 pm is written so, not 5 PM.

    Example:
        >>> texts = pd.Series(["5/19/2015", "12/1/2015"])
        >>> form = date_forms(texts)[0]
        >>> form.read(texts).dt.month.tolist()
        [5, 12]
        >>> form.write(pd.Series(pd.to_datetime(["2016-02-03"]))).tolist()
        ['2/3/2016']
    """

    day: str
    clock: str = ""
    padded: bool = True
    clock_padded: bool = True
    digits: int = 0
    zone: str = ""
    small: bool = False

    @property
    def day_first(self):
        """Bool or None: whether the day stands before the month, both as numbers."""
        order = "".join(letter for letter in self.day if letter in "dm")
        year_first = self.day.startswith("%Y")
        return None if year_first else {"dm": True, "md": False}.get(order)

    @property
    def is_iso(self):
        """bool: whether these are dates as ISO 8601 has them."""
        return self.day == "%Y-%m-%d" and self.padded

    @property
    def letters(self):
        """str: the form in the letters of GNU's strftime, such as "%-d.%-m.%Y"."""
        day, clock = self.day, self.clock
        if not self.padded:
            day = re.sub("%([dm])", r"%-\1", day)
        if not self.clock_padded:
            clock = re.sub("%([HI])", r"%-\1", clock)
        return day + _clock_letters(clock, self.digits, self.small) + self.zone

    def read(self, texts):
        """Returns the dates of texts (N,), a Series of datetime64; some are missing."""
        return self._parsed(texts, "raise")

    def fits(self, texts):
        """Returns whether all texts (N,) are dates of this form."""
        return bool(self._parsed(texts, "coerce").notna().all())

    def write(self, values):
        """Returns dates (N,) in this form, an object Series of str; holes are None."""
        known = values.dropna()
        day = known.dt.strftime(self.day)
        if not self.padded:
            year_last = "(?!$)" if self.day.endswith("y") else ""
            zeros = rf"(?<!\d)0(\d)(?!\d){year_last}"
            day = day.str.replace(zeros, r"\1", regex=True)
        clock = known.dt.strftime(self.clock) if self.clock else ""
        if self.clock and not self.clock_padded:
            clock = clock.str.replace(r"^(\D*)0(\d)", r"\1\2", regex=True)
        if self.digits:
            clock = clock + "." + known.dt.strftime("%f").str[: self.digits]
        if self.clock.endswith("%p"):
            clock = clock.str.lower() if self.small else clock.str.upper()
        texts = (day + clock + self.zone).astype(object).reindex(values.index)
        return texts.where(texts.notna(), None)

    def _parsed(self, texts, errors):
        if self.is_iso:
            # It knows dates with a time and without, in one column.
            dates = pd.to_datetime(texts, format="ISO8601", errors=errors, utc=True)
            return self._in_zone(dates)
        form = self.day + self.clock
        if self.digits:
            form = form.replace("%S", "%S.%f")
        if not self.zone:
            return pd.to_datetime(texts, format=form, errors=errors)
        texts = texts.str.replace(r" ?UTC$", "Z", regex=True)
        texts = texts.str.replace(r" ([+-]\d{2}:?\d{2})$", r"\1", regex=True)
        form = form + "%z"
        dates = pd.to_datetime(texts, format=form, errors=errors, utc=True)
        return self._in_zone(dates)

    def _in_zone(self, dates):
        name = self.zone.strip()
        if not name:
            return dates.dt.tz_localize(None)
        return dates if name in ("Z", "UTC") else dates.dt.tz_convert(_offset(name))


@dataclasses.dataclass(frozen=True)
class TimeForm:
    """How a column writes its times of the day, or lengths of time.

    Args:
        parts: int, 2 for 17:53 and 3 for 17:53:20.
        padded: bool, whether an hour is written 07, not 7.
        digits: int, decimals of the seconds.
        noon: str, what stands before AM and PM, "" or " "; None without them.
        small: bool, whether they are written am and pm.

    Example:
        >>> texts = pd.Series(["7:05", "17:53"])
        >>> form = time_forms(texts)[0]
        >>> form.read(texts).dt.total_seconds().tolist()
        [25500.0, 64380.0]
        >>> form.write(form.read(texts)).tolist()
        ['7:05', '17:53']
    """

    parts: int = 2
    padded: bool = True
    digits: int = 0
    noon: str | None = None
    small: bool = False

    @property
    def letters(self):
        """str: the form in the letters of GNU's strftime, such as "%-I:%M %p"."""
        hour = "H" if self.noon is None else "I"
        clock = f"%{hour}:%M" if self.padded else f"%-{hour}:%M"
        clock += ":%S" if self.parts == 3 else ""
        noon = "" if self.noon is None else f"{self.noon}%p"
        return _clock_letters(clock + noon, self.digits, self.small)

    def read(self, texts):
        """Returns the times of texts (N,), a Series of timedelta64[ms]."""
        known = texts.dropna()
        parts = known.str.extract(f"^(?:{_TIME.pattern})$")
        fields = parts["clock"].str.split(":", expand=True).astype("float64")
        hours = fields[0]
        if self.noon is not None:
            late = parts["noon"].str.strip().str.upper() == "PM"
            hours = hours % 12 + 12 * late.to_numpy()
        seconds = hours * 3600 + fields[1] * 60 + (fields[2] if self.parts == 3 else 0)
        ticks = (seconds * 1000).round().astype("int64")
        return pd.to_timedelta(ticks, unit="ms").dt.as_unit("ms").reindex(texts.index)

    def write(self, values):
        """Returns times (N,) in this form, an object Series of str; holes are None."""
        texts = [None if pd.isna(v) else self._text(v) for v in values]
        return pd.Series(texts, index=values.index, name=values.name, dtype=object)

    def _text(self, value):
        unit = 60 if self.parts == 2 else 10**-self.digits
        seconds = round(round(value.total_seconds() / unit) * unit, self.digits)
        minutes, seconds = divmod(seconds, 60)
        hours, minutes = divmod(int(minutes), 60)
        end = ""
        if self.noon is not None:
            end = self.noon + ("PM" if hours % 24 >= 12 else "AM")
            end = end.lower() if self.small else end
            hours = hours % 12 or 12
        text = f"{hours:02d}" if self.padded else str(hours)
        text += f":{minutes:02d}"
        if self.parts == 3:
            width = 2 + (self.digits > 0) + self.digits
            text += f":{seconds:0{width}.{self.digits}f}"
        return text + end


def date_forms(texts):
    """Returns the forms of dates that all of these texts fit, the likeliest first.

    There may be two: 5/4/2015 is a day in May or in April.

    Args:
        texts: Series (N,) of str, N >= 1, none missing, without blanks around them.

    Returns:
        List of DateForm, empty for anything but dates.

    Example:
        >>> [form.day for form in date_forms(pd.Series(["5/4/2015", "13/4/2015"]))]
        ['%d/%m/%Y']
    """
    first = texts[:_FIRST].str.fullmatch(_CELL).all()  # as soon as possible
    if not first or not texts.str.fullmatch(_CELL).all():
        return []
    parts = texts.str.extract(f"^(?:{_CELL.pattern})$")
    first = parts.iloc[0]
    patterns = [p for p in _DATE_PATTERNS if parts["date"].str.fullmatch(p).all()]
    if not patterns:
        return []
    clocks = parts["clock"]
    timed = clocks != ""
    iso = _DATE_PATTERNS[patterns[0]] == ("%Y-%m-%d",)
    same_gap = parts.loc[timed, "gap"].nunique() <= 1
    zones = parts["zone"].unique()
    if not same_gap or ("" in zones and len(zones) > 1):
        return []
    if not iso and (timed.nunique() > 1 or clocks.str.count(":").nunique() > 1):
        return []
    zone = zones[0] if len(zones) == 1 else "+00:00"
    fields = {
        "clock": _clock_of(parts[timed]) if timed.any() else "",
        "padded": not _single(parts["date"], r"(?<!\d)\d(?!\d)"),
        "clock_padded": not _single(clocks, r"^\d:"),
        "digits": _digits(clocks),
        "zone": zone,
        "small": _single(parts["noon"], "[ap]"),
    }
    if first["noon"] and iso:
        return []
    found = [DateForm(day=day, **fields) for day in _DATE_PATTERNS[patterns[0]]]
    return [form for form in found if form.fits(texts)]


def time_forms(texts):
    """Returns the forms of times that all of these texts fit: one, or none.

    Example:
        >>> time_forms(pd.Series(["5:07 PM", "11:30 AM"]))
        [TimeForm(parts=2, padded=False, digits=0, noon=' ', small=False)]
    """
    first = texts[:_FIRST].str.fullmatch(_TIME).all()
    if not first or not texts.str.fullmatch(_TIME).all():
        return []
    parts = texts.str.extract(f"^(?:{_TIME.pattern})$")
    clocks = parts["clock"]
    fields = clocks.str.split(":", expand=True)
    counts = clocks.str.count(":")
    noons = parts["noon"].str.replace(r"[A-Za-z]+", "", regex=True)
    noon = None if (parts["noon"] == "").all() else noons.iloc[0]
    mixed = noon is not None and ((parts["noon"] == "").any() or noons.nunique() > 1)
    if mixed or counts.nunique() > 1:
        return []
    if (fields[list(fields)[1:]].astype("float64") >= 60).any(axis=None):
        return []
    form = TimeForm(
        parts=int(counts.iloc[0]) + 1,
        padded=not _single(clocks, r"^\d:"),
        digits=min(_digits(clocks), 3),
        noon=noon,
        small=_single(parts["noon"], "[ap]"),
    )
    return [form]


def looks_like_dates(texts):
    """Returns which texts (N,) look like dates or times, as a bool Series.

    Example:
        >>> looks_like_dates(pd.Series(["2024-02-31", "5/19/2015", "soon"])).tolist()
        [True, True, False]
    """
    dates = texts.str.fullmatch(f"{_CELL.pattern}") | texts.str.fullmatch(_TIME.pattern)
    return dates.astype(bool) & ~texts.str.fullmatch(r"\d+").astype(bool)


def _clock_letters(clock, digits, small):
    """Returns a clock's letters with those for decimals of seconds, and am or pm."""
    if digits:
        clock = clock.replace("%S", f"%S.%{digits}f")
    return clock.replace("%p", "%P") if small else clock


def _clock_of(parts):
    """Returns the letters of strptime for the longest of some times, gap included."""
    longest = parts["clock"].str.count(":").max()
    gap, noon = parts["gap"].iloc[0], parts["noon"].iloc[0]
    if not noon:
        return gap + ("%H:%M:%S" if longest == 2 else "%H:%M")
    clock = "%I:%M:%S" if longest == 2 else "%I:%M"
    return gap + clock + (" %p" if noon.startswith(" ") else "%p")


def _digits(clocks):
    """Returns the most decimals that seconds have."""
    return int(clocks.str.extract(r"\.(\d+)$")[0].str.len().fillna(0).max())


def _single(texts, pattern):
    return bool(texts.str.contains(pattern).any())


def _offset(name):
    """Returns the time zone of an offset such as +01:00."""
    return pd.Timestamp(f"2000-01-01 00:00:00{name}").tz
