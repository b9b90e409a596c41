"""Columns that a person would look at twice."""

import numpy as np
import pandas as pd
from pandas.api import types

from kvae.cli.date_forms import date_forms, looks_like_dates, time_forms
from kvae.cli.holes import marked_cells
from kvae.cli.number_forms import (
    MOST_DIGITS,
    has_leading_zeros,
    looks_like_numbers,
)
from kvae.cli.phrases import columns_named, quoted

_TRIED = 1000  # texts that are tried one by one


def odd_columns(frame, target=None):
    """Returns sentences that say what is odd about the columns of a frame.

    Args:
        frame: DataFrame.
        target: optional str, the column with the classes.
    """
    notes, n = [], len(frame)
    for name, column in frame.items():
        objects = column if types.is_object_dtype(column.dtype) else column[:0]
        if any(isinstance(value, list | dict | np.ndarray) for value in objects):
            raise ValueError(
                f"Column {name!r} expects numbers, words or dates. Received: lists. "
                "Drop it, or turn them into columns."
            )
    twice = int(frame.duplicated().sum()) if n * frame.shape[1] < 10**8 else 0
    if twice:
        notes.append(f"{twice} of {n} rows repeat an earlier one")
    for name, column in frame.items():
        known = column.dropna()
        holes = n - len(known)
        if not len(known):
            notes.append(f"column {name!r} is empty")
            continue
        if holes > n / 2:
            notes.append(f"column {name!r} has holes in {holes} of {n} rows")
        if known.nunique() == 1:
            value = str(known.iloc[0])
            notes.append(f"column {name!r} has the same value in every row, {value!r}")
        if types.is_string_dtype(known) and not _is_category(column):
            notes += _looks(name, known, name == target)
    return notes


def row_name_notes(counting, naming):
    """Returns notes on the columns that `row_names` found, left out of learning."""
    notes = []
    for names, one, many in (
        (counting, "numbers the rows", "number the rows"),
        (
            naming,
            *[
                f"{w} a different value in every row, like a name"
                for w in ("has", "have")
            ],
        ),
    ):
        if names:
            does, verb = (one, "it is") if len(names) == 1 else (many, "they are")
            notes.append(
                f"{columns_named(names)} {does}: {verb} not learned, and empty in new "
                f"rows; --keep {names[0]!r} learns it"
            )
    return notes


def _looks(name, words, is_target):
    """Returns notes on a column of words that look like numbers or dates."""
    words = words.astype(str).str.strip()
    words = words if is_target else words[~marked_cells(words)]
    texts = pd.Series(words.unique(), dtype=str)
    if len(texts) < 2:
        return []
    numbers, dates = looks_like_numbers(texts), looks_like_dates(texts)
    zeros = has_leading_zeros(texts)
    read = f"column {name!r} is read as words, not as"
    if dates.mean() > 0.5:
        others = texts[~dates].tolist()
        if odd := others or _no_dates(texts):
            remedy = _remedy(odd, is_target)
            return [f"{read} dates, because {quoted(odd[:2])} is none{remedy}"]
        shown = quoted(_different(texts))
        return [f"{read} dates: they are written in several ways, such as {shown}"]
    if numbers.mean() <= 0.5:
        return []
    if zeros.any():
        return [f"{read} numbers, because of leading zeros: {texts[zeros].iloc[0]!r}"]
    if not numbers.all():
        others = texts[~numbers].tolist()
        share = words.isin(texts[numbers]).mean()
        return [
            f"column {name!r} holds numbers in {share:.0%} of its rows, and "
            f"{others[0]!r}: it is read as words{_remedy(others, is_target)}"
        ]
    if (texts.str.count(r"\d") > MOST_DIGITS).any():
        return [f"{read} numbers, because some have more than {MOST_DIGITS} digits"]
    if is_target:
        return []
    shown = quoted(_different(texts))
    return [f"{read} numbers: they are written in several ways, such as {shown}"]


def _remedy(others, is_target):
    """Returns the flag that makes holes of a word or two among numbers."""
    if not others or len(others) > 2:
        return ""
    flag = "--unlabelled" if is_target else "--missing"
    flags = " ".join(f"{flag} {other!r}" for other in others)
    what = "that for a hole" if len(others) == 1 else "those for holes"
    return f"; {flags} takes {what}"


def _no_dates(texts):
    """Returns the texts that look like dates but are none, such as 2024-02-31."""
    each = (texts.iloc[i : i + 1] for i in range(min(len(texts), _TRIED)))
    return [t.iloc[0] for t in each if not (date_forms(t) or time_forms(t))]


def _different(texts):
    """Returns texts that differ in more than their digits, or as dates do."""
    looks = texts.str.replace(r"\d+", "", regex=True)
    found = texts[~looks.duplicated()].tolist()[:3]
    if len(found) == 1 and looks_like_dates(texts).all():  # 5/19/2015 and 19/5/2015
        firsts = texts.str.extract(r"^(\d+)\D(\d+)").astype("float64") > 12
        found = [*texts[firsts[0]][:1], *texts[firsts[1]][:1]] or found
    return found


def _is_category(column):
    return isinstance(column.dtype, pd.CategoricalDtype)
