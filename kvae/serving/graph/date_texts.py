"""Dates, times and lengths of time as texts inside the served graph: both ways.

What is asked is read in the column's own form, and in ISO 8601; what is answered is
written in its own form.
"""

import functools
import re

import numpy as np
import pandas as pd
import tensorflow as tf
from pandas.api import types

from kvae.preprocessing.columns import numpy_date
from kvae.serving.graph import guards
from kvae.serving.graph.civil_dates import civil_of_days, days_of_civil

_DAY = 86_400
_UNITS = {"s": 1, "ms": 10**3, "us": 10**6, "ns": 10**9}  # in a second
_ZONE = r"(Z|[+-]\d{2}:?\d{2})"
# Letters of strftime, a "-" for no leading zero as GNU has it, and what they match. The
# digits of a fraction stand before its letter: %3f.
_LETTERS = {
    "Y": r"(\d{4})", "y": r"(\d{2})", "m": r"(\d{1,2})", "d": r"(\d{1,2})",
    "b": "([A-Za-z]{3})", "B": "([A-Za-z]+)", "H": r"(\d{1,2})", "I": r"(\d{1,2})",
    "M": r"(\d{2})", "S": r"(\d{2})", "f": r"(\d{1,9})", "p": "([AaPp][Mm])",
    "P": "([AaPp][Mm])", "z": _ZONE,
}  # fmt: skip
_LETTER = re.compile(r"%([-1-9]?)([A-Za-z%])")
_ISO_DATE = (
    r"(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)?)?",
    "YmdHMSf",
)
_LENGTH = (r"(-?)(\d{1,9}):(\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)?", "-HMSf")
_MONTHS = [pd.Timestamp(2001, month, 1).month_name() for month in range(1, 13)]


class DateTexts:
    """The texts of a column of dates, or of lengths of time.

    Args:
        column: `kvae.preprocessing.columns.Column` of dates; its tensor counts steps
            from the first.
        last: float, the last of them, in steps.
        form: optional str, the letters of strftime; "%-d" has no leading zero, "%3f"
            three digits, and "%H" of lengths of time all hours. By default ISO 8601
            (2019-02-28T17:30:00+01:00), the day alone where there are no times, and
            of lengths hours, minutes and seconds (25:30:00).

    Raises:
        ValueError: for letters that are not known, a form without %z where the zone's
            offset changes, and years that have not four digits.

    Example:
        >>> from kvae.preprocessing.frame import FrameFormat
        >>> days = pd.Series(pd.to_datetime(["2019-02-28", "2020-01-31"]))
        >>> (column,) = FrameFormat.of(days.to_frame("day")).columns
        >>> texts = DateTexts(column, last=1.0, form="%-d.%-m.%Y")
        >>> texts.write(tf.constant([0, 1], tf.float64)).numpy().tolist()
        [b'28.2.2019', b'31.1.2020']
    """

    def __init__(self, column, last, form=None):
        dtype = numpy_date(column.dtype)
        self.zone = dtype.tz if isinstance(dtype, pd.DatetimeTZDtype) else None
        self.is_length = types.is_timedelta64_dtype(dtype)
        unit = dtype.unit if self.zone else np.datetime_data(dtype)[0]
        coarse = 1 if unit in _UNITS else int(np.timedelta64(1, unit) // _second())
        self._per_second = _UNITS.get(unit, 1)
        self._origin, self._step = column.origin * coarse, column.step * coarse
        ends = self._origin, self._origin + int(last) * self._step
        self._ends = [end // self._per_second for end in ends]
        self._changes, self._offsets = _offsets(self.zone, *self._ends)
        # The step of a single date says nothing.
        default = self._default_form(self._step if last else 0)
        self.form, self._is_default = form or default, form in (None, default)
        self._expect_form(column.name)
        self.example = self.write(tf.zeros(1, tf.float64)).numpy()[0].decode()

    def write(self, steps):
        """Returns texts, string (B,), for float64 steps (B,); NaN becomes ""."""
        hole = tf.math.is_nan(steps)
        steps = tf.cast(tf.round(tf.where(hole, tf.zeros_like(steps), steps)), tf.int64)
        ticks = self._origin + self._step * steps
        negative = tf.zeros_like(hole)
        if self.is_length:
            negative, ticks = ticks < 0, tf.abs(ticks)
        seconds, fraction = ticks // self._per_second, ticks % self._per_second
        minutes = tf.gather(
            tf.constant(self._offsets, tf.int64),
            tf.searchsorted(tf.constant(self._changes, tf.int64), seconds, "right"),
        )
        write = _writer(self.form, self.is_length)
        nanoseconds = fraction * (10**9 // self._per_second)
        text = write(seconds + 60 * minutes, nanoseconds, minutes, negative)
        return tf.where(hole, "", text)

    def read(self, who, name, texts, holes):
        """Returns float64 steps (B,); the call stops at texts that are no dates.

        Args:
            who: str, the signature that checks.
            name: str, the input.
            texts: string tensor (B,).
            holes: bool, whether "" is let pass, as NaN.
        """
        texts = guards.checked(who, name, texts, shape=(None,))
        iso, letters = _LENGTH if self.is_length else _ISO_DATE
        if self.zone is not None:  # a time without its zone says nothing
            iso, letters = iso + _ZONE, letters + "z"
        parts = [_reader(iso, letters)(texts)]
        if not self._is_default:  # which is one of ISO's
            parts.insert(0, _reader(*_pattern(self.form, self.is_length))(texts))
        known, seconds, nanoseconds, minutes, zoned = parts[0]
        for other in parts[1:]:
            better = other[0] & ~known
            seconds = tf.where(better, other[1], seconds)
            nanoseconds = tf.where(better, other[2], nanoseconds)
            minutes = tf.where(better, other[3], minutes)
            zoned = tf.where(better, other[4], zoned)
            known |= better
        if self.zone is not None:
            minutes = tf.where(zoned, minutes, tf.cast(self._offsets[0], tf.int64))
        seconds -= 60 * minutes
        most = 2**63 // self._per_second - _DAY
        low, high = max(-most, self._ends[0] - most), min(most, self._ends[0] + most)
        known &= (seconds > low) & (seconds < high)
        hole = tf.equal(texts, "") if holes else tf.zeros_like(known)
        message = f"{who} expects {name} like {self.example}"
        message += " or (empty). Received:" if holes else ". Received:"
        odd = guards.shown(tf.boolean_mask(texts, ~(known | hole)))
        stop = guards.stop_unless(tf.reduce_all(known | hole), message, odd)
        with tf.control_dependencies([stop]):
            fraction = nanoseconds // (10**9 // self._per_second)
            away = seconds * self._per_second + fraction - self._origin
            steps = tf.cast(away, tf.float64) / self._step
            return tf.where(hole, np.float64("nan"), steps)

    def _default_form(self, step):
        second, digits = self._per_second, 0
        while self._origin * 10**digits % second or step * 10**digits % second:
            digits += 1
        clock = "%H:%M:%S" + f".%{digits}f" * (digits > 0)
        if self.is_length:
            return clock
        whole = not self._origin % (_DAY * second) and not step % (_DAY * second)
        if whole and self.zone is None:
            return "%Y-%m-%d"
        return f"%Y-%m-%dT{clock}" + "%z" * (self.zone is not None)

    def _expect_form(self, name):
        letters = [letter for _, letter in _LETTER.findall(self.form)]
        unknown = sorted(set(letters) - set(_LETTERS) - {"%"})
        if unknown or len(set(letters) - {"%"}) < len(letters) - letters.count("%"):
            raise ValueError(
                f"The form of the dates of {name!r} expects each of the letters "
                f"{', '.join(sorted(_LETTERS))} at most once. Received: {self.form!r}."
            )
        if self.zone is not None and "z" not in letters and len(self._offsets) > 1:
            raise ValueError(
                f"The form of the dates of {name!r} expects %z: the offset of "
                f"{self.zone} changes. Received: {self.form!r}."
            )
        years = [int(civil_of_days(end // _DAY)[0]) for end in self._ends]
        if not self.is_length and not 1000 <= min(years) <= max(years) <= 9999:
            raise ValueError(
                f"Dates of {name!r} expect years of four digits to be served. "
                f"Received: years {years[0]} to {years[1]}. Leave the column out."
            )


def _second():
    return np.timedelta64(1, "s")


def _offsets(zone, first, last):
    """Returns when a zone's offset changes between two times, and all its offsets.

    Args:
        zone: tzinfo or None.
        first: int, seconds since 1970, UTC.
        last: int, the same.

    Returns:
        List of int, seconds since 1970; list of int, one more, minutes.
    """
    if zone is None:
        return [], [0]

    def at(seconds):
        times = pd.DatetimeIndex(np.array(seconds, "int64").view("M8[s]"), tz="UTC")
        local = times.tz_convert(zone).tz_localize(None).as_unit("s").asi8
        return np.rint((local - times.as_unit("s").asi8) / 60).astype("int64")

    days = np.arange(first, last + 2 * _DAY, _DAY)
    offsets = at(days)
    (before,) = np.nonzero(np.diff(offsets))
    low, high = days[before], days[before] + _DAY
    while (high - low > 1).any():  # low: still the earlier offset
        middle = (low + high) // 2
        same = at(middle) == offsets[before]
        low, high = np.where(same, middle, low), np.where(same, high, middle)
    return high.tolist(), [int(offsets[0]), *offsets[before + 1].tolist()]


def _pieces(form):
    """Yields (text before, flag, letter) for each letter of a form; "" for the end."""
    end = 0
    for found in _LETTER.finditer(form):
        yield form[end : found.start()], *found.groups()
        end = found.end()
    yield form[end:], "", ""


def _pattern(form, is_length):
    """Returns a regular expression for a form, and the letters of its groups."""
    pattern, letters = ("(-?)", "-") if is_length else ("", "")
    for before, _, letter in _pieces(form):
        pattern += re.escape(before)
        hours = is_length and letter == "H"
        pattern += r"(\d{1,9})" if hours else _LETTERS.get(letter, letter)
        letters += letter.replace("%", "")
    return pattern, letters


@functools.cache
def _writer(form, is_length):
    """One function of the graph for each form, however many columns have it."""

    def write(seconds, nanoseconds, minutes, negative):
        days, clock = seconds // _DAY, seconds % _DAY
        year, month, day = civil_of_days(days)
        hour = seconds // 3600 if is_length else clock // 3600
        late = tf.cast(hour % 24 >= 12, tf.int32)
        numbers = {
            "Y": (year, 4), "y": (year % 100, 2), "m": (month, 2), "d": (day, 2),
            "H": (hour, 2), "I": ((hour + 11) % 12 + 1, 2), "M": (clock // 60 % 60, 2),
            "S": (clock % 60, 2),
        }  # fmt: skip
        parts = [tf.where(negative, "-", "")]
        for before, flag, letter in _pieces(form):
            parts.append(before)
            if letter in numbers:
                parts.append(_digits(*numbers[letter], plain=flag == "-"))
            elif letter in ("b", "B"):
                names = [name[: 3 if letter == "b" else None] for name in _MONTHS]
                parts.append(tf.gather(tf.constant(names), month - 1))
            elif letter in ("p", "P"):
                names = ["AM", "PM"] if letter == "p" else ["am", "pm"]
                parts.append(tf.gather(tf.constant(names), late))
            elif letter == "f":
                digits = int(flag or 6)
                parts.append(_digits(nanoseconds // 10 ** (9 - digits), digits))
            elif letter == "z":
                away = tf.abs(minutes)
                parts += [tf.where(minutes < 0, "-", "+"), _digits(away // 60, 2)]
                parts += [":", _digits(away % 60, 2)]
            else:
                parts.append(letter)
        return tf.strings.join(parts)

    number = tf.TensorSpec([None], tf.int64)
    signature = [number, number, number, tf.TensorSpec([None], tf.bool)]
    return tf.function(write, signature, autograph=False)


def _digits(number, width, plain=False):
    if plain:
        return tf.strings.as_string(number)
    return tf.strings.as_string(number, width=width, fill="0")


@functools.cache
def _reader(pattern, letters):
    """Returns a function of texts: which fit, and what they say."""

    def read(texts):
        known = tf.strings.regex_full_match(texts, pattern)

        def group(letter):
            if letter not in letters:
                return tf.fill(tf.shape(texts), "")
            place = rf"\{letters.index(letter) + 1}"
            found = tf.strings.regex_replace(texts, f"^(?:{pattern})$", place, False)
            return tf.where(known, found, "")

        def number(letter, text=None):
            digits = group(letter) if text is None else text
            return tf.strings.to_number(tf.strings.join(["0", digits]), tf.int64)

        hour, minute, second = number("H"), number("M"), number("S")
        noon = tf.strings.lower(tf.strings.join([group("p"), group("P")]))
        if "I" in letters:
            known &= (number("I") >= 1) & (number("I") <= 12)
            late = tf.cast(tf.equal(noon, "pm"), tf.int64)
            hour = number("I") % 12 + 12 * late
        known &= (minute < 60) & (second < 60)
        days = tf.zeros_like(hour)
        if "-" not in letters:  # of lengths hours may be any
            days, fits = _days(number, group, letters)
            known &= fits & (hour < 24)
        seconds = days * _DAY + hour * 3600 + minute * 60 + second
        padded = tf.strings.join([group("f"), "000000000"])
        nanoseconds = number("f", tf.strings.substr(padded, 0, 9))
        if "-" in letters:
            negative = tf.equal(group("-"), "-")
            borrowed = tf.cast(negative & (nanoseconds > 0), tf.int64)
            seconds = tf.where(negative, -seconds - borrowed, seconds)
            nanoseconds += borrowed * (10**9 - 2 * nanoseconds)
        zone = group("z")
        zoned = tf.fill(tf.shape(texts), "z" in letters)
        numbers = number("z", tf.strings.regex_replace(zone, "[^0-9]", ""))
        minutes = numbers // 100 * 60 + numbers % 100
        minus = tf.equal(tf.strings.substr(tf.strings.join([zone, "+"]), 0, 1), "-")
        return known, seconds, nanoseconds, tf.where(minus, -minutes, minutes), zoned

    return tf.function(read, [tf.TensorSpec([None], tf.string)], autograph=False)


def _days(number, group, letters):
    """Returns days since 1970, and whether there is such a day."""
    year, day = number("Y"), number("d")
    if "y" in letters:  # as strptime has it
        year = number("y") + tf.where(number("y") < 69, np.int64(2000), np.int64(1900))
    month = number("m")
    if set("bB") & set(letters):
        name = tf.strings.lower(tf.strings.join([group("b"), group("B")]))[:, None]
        short = [month.lower()[:3] for month in _MONTHS]
        same = tf.equal(name, short) | tf.equal(name, [m.lower() for m in _MONTHS])
        month = tf.reduce_sum(tf.where(same, np.arange(1, 13), 0), axis=1)
    if "d" not in letters:  # a month alone
        day = tf.ones_like(day)
    days = days_of_civil(year, month, day)
    back = civil_of_days(days)
    fits = tf.equal(back[0], year) & tf.equal(back[1], month) & tf.equal(back[2], day)
    return days, fits & (year >= 1)
