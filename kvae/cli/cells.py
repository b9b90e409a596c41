"""What the cells of a table mean: holes, numbers, dates, or words.

Every decision is made for a whole column: what is a hole beside numbers is a word
beside words.
"""

import dataclasses

import numpy as np
import pandas as pd
from pandas.api import types

from kvae.cli.column_forms import choose_forms, form_notes, possible_forms
from kvae.cli.holes import (
    commonest_cell,
    empty_cells,
    marked_cells,
    spellings_of,
    without_words,
)
from kvae.cli.phrases import columns_named, quoted, rows_counted
from kvae.cli.spellings import fold_words, spelling_notes


@dataclasses.dataclass(frozen=True)
class Reading:
    """How cells are to be read; `kvae augment` has a flag for each.

    Args:
        target: str, name of the column with the classes. It is read more carefully: no
            row may lose its label.
        missing: tuple of str, what stands for a hole beside words, too; the target is
            exempt. "" among them: beside numbers, too, it is these and no known marker.
        unlabelled: str, what stands for no label.
        fold: bool, whether words that differ by case or blanks alone are one.
        keep: tuple of str, columns to learn although they look like row numbers.
    """

    target: str | None = None
    missing: tuple = ()
    unlabelled: str | None = None
    fold: bool = False
    keep: tuple = ()

    def holes_of(self, name):
        """Returns the spellings that stand for a hole in a column, as they were given.

        Example:
            >>> Reading(target="y", missing=("?",), unlabelled="none").holes_of("y")
            ('none',)
        """
        if name != self.target:
            return tuple(self.missing)
        return () if self.unlabelled is None else (self.unlabelled,)


@dataclasses.dataclass(frozen=True)
class Cells:
    """A table whose cells have been understood.

    Args:
        frame: DataFrame of numbers, dates and words, with holes.
        written: DataFrame, the same rows as they came.
        forms: dict {column: form}, how numbers and dates are written.
        marks: dict {column: str}, what is written for a hole, where that is something.
        notes: list of str.
    """

    frame: pd.DataFrame
    written: pd.DataFrame
    forms: dict
    marks: dict
    notes: list


def understand(frame, reading, separator=","):
    """Returns the Cells of a table.

    Args:
        frame: DataFrame; columns of text are read, others stay as they are.
        reading: Reading.
        separator: str, what stands between columns; ";" speaks for decimal commas.

    Example:
        >>> text = pd.DataFrame({"n": ["1", "?", "3"], "country": ["NA", "SA", ""]})
        >>> cells = understand(text, Reading())
        >>> cells.frame["n"].tolist(), cells.frame["country"].tolist()
        ([1, <NA>, 3], ['NA', 'SA', nan])
        >>> cells.notes[0]
        "'?' in column 'n' is taken for a hole, in 1 row"
    """
    holes, possible = {}, {}
    for name, column in frame.items():
        if not _is_text(column):
            continue
        given, is_target = reading.holes_of(name), name == reading.target
        hole = empty_cells(column, given)
        if "" not in reading.missing:
            hole |= marked_cells(column, is_target)
        known = pd.Series(column[~hole].str.strip().unique(), dtype=str)
        holes[name], possible[name] = hole, possible_forms(known, is_target)
    forms = choose_forms(possible, separator)
    read, written = {}, {}
    for name, column in frame.items():
        written[name] = column
        if name in forms:
            read[name] = forms[name].read(column.str.strip().mask(holes[name]))
        elif name in holes:
            holes[name] = empty_cells(column, reading.holes_of(name))
            read[name] = column.mask(holes[name])
        else:
            read[name], holes[name] = _typed(column)
            written[name] = column if holes[name].any() else read[name]
    words = [name for name in possible if name not in forms]
    before = pd.DataFrame({name: read[name] for name in words}, index=frame.index)
    if reading.fold:
        for name in words:
            read[name] = fold_words(read[name])
            written[name] = read[name].where(~holes[name], written[name])
    spellings = {name: spellings_of(frame[name], holes[name]) for name in frame}
    notes = _hole_notes(frame, spellings, holes) + _marker_notes(before, reading)
    notes += form_notes(frame, forms, possible) + spelling_notes(before, reading.fold)
    return Cells(
        frame=pd.DataFrame(read, index=frame.index),
        written=pd.DataFrame(written, index=frame.index),
        forms=forms,
        marks={
            name: commonest_cell(frame[name], holes[name])
            for name, found in spellings.items()
            if found
        },
        notes=notes,
    )


def _is_text(column):
    if isinstance(column.dtype, pd.CategoricalDtype):
        return False
    known = column.dropna()
    return bool(len(known)) and types.is_string_dtype(known)


def _typed(column):
    """Returns (a column that is no text, as what it holds; which words were holes).

    Whole numbers beside holes are integers: Excel has no others.
    """
    none = pd.Series(False, index=column.index)
    if not types.is_object_dtype(column.dtype):
        return column, none
    column, words = without_words(column)
    known = column.dropna()
    kind = types.infer_dtype(known, skipna=True)
    if kind not in ("integer", "floating", "mixed-integer-float"):
        return column.infer_objects(), words
    numbers = pd.to_numeric(known)
    whole = kind == "integer" and types.is_integer_dtype(numbers.dtype)
    if len(known) == len(column):
        return numbers, words
    return (
        numbers.astype("Int64" if whole else "float64").reindex(column.index),
        words,
    )


def _hole_notes(frame, spellings, holes):
    """Returns notes on what was taken for a hole."""
    grouped = {}
    for name, found in spellings.items():
        if found:
            grouped.setdefault(tuple(found), []).append(name)
    notes = []
    for found, names in grouped.items():
        marked = [frame[n].astype(str).str.strip().isin(found) for n in names]
        rows = np.any(np.array(marked) & [holes[n] for n in names], axis=0).sum()
        verb = "is" if len(found) == 1 else "are"
        notes.append(
            f"{quoted(found)} in {columns_named(names)} {verb} taken for a hole, in "
            f"{rows_counted(rows)}"
        )
    return notes


def _marker_notes(words, reading):
    """Returns notes on words that often stand for a hole, and are taken for words."""
    notes, grouped = [], {}
    for name, column in words.items():
        found = spellings_of(column, marked_cells(column))
        if not found:
            continue
        if name == reading.target:
            what = "is a class" if len(found) == 1 else "are classes"
            notes.append(
                f"{quoted(found)} in column {name!r} {what} like any other: "
                f"--unlabelled {found[0]!r} takes {_it(found)} for no label"
            )
        elif "" not in reading.missing:
            grouped.setdefault(tuple(found), []).append(name)
    for found, names in grouped.items():
        what = "is a word" if len(found) == 1 else "are words"
        notes.append(
            f"{quoted(found)} in {columns_named(names)} {what} like any other: "
            f"--missing {found[0]!r} takes {_it(found)} for a hole"
        )
    return notes


def _it(found):
    return "it" if len(found) == 1 else "the first"
