"""Reads a table from a file, and says in words what is odd about it."""

import csv
from pathlib import Path

import numpy as np
import pandas as pd

from kvae.checks import missing_labels
from kvae.data.labels import class_counts

MOST_COLUMNS = 2000
MOST_CLASSES = 100
_SNIFFED = 2**16  # bytes that say which encoding and separator a file has
_SEPARATORS = ",;\t|"
_DATES = {
    r"\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2})?(\.\d+)?)?": "ISO8601",
    r"\d{1,2}\.\d{1,2}\.\d{4}": "%d.%m.%Y",  # slashes do not say which is the month
}


def read_table(path, sheet=0):
    """Reads CSV, Parquet or Excel.

    Args:
        path: file that ends in .csv, .tsv, .txt, .parquet or .xlsx.
        sheet: name or number of an Excel sheet.

    Returns:
        (DataFrame, list of str: what is odd about the file).

    Raises:
        FileNotFoundError: where there is no such file.
        ImportError: for Excel without openpyxl; names the extra to install.
        ValueError: for another ending, an empty file, a file that is not a table, or
            more than 2,000 columns.
    """
    path = Path(path).expanduser()
    if not path.is_file():
        raise FileNotFoundError(f"There is no file {str(path)!r}.")
    if path.stat().st_size == 0:
        raise ValueError(f"{path.name} is empty (0 bytes). Is it the right file?")
    ending, notes = path.suffix.lower(), []
    if ending == ".parquet":
        frame = pd.read_parquet(path)
    elif ending == ".xlsx":
        frame = _read_excel(path, sheet)
    elif ending in (".csv", ".tsv", ".txt"):
        frame, notes = _read_csv(path)
    else:
        raise ValueError(
            f"A table file expects a name that ends in .csv, .tsv, .txt, .parquet or "
            f".xlsx. Received: {path.name!r}. Save the table in one of these formats."
        )
    _expect_columns(path, frame.shape[1])
    if frame.empty:
        raise ValueError(
            f"{path.name} has no rows. Received: {len(frame)} rows, {frame.shape[1]} "
            "columns. Is it the right file?"
        )
    frame.columns = [str(name) for name in frame.columns]  # 2024, in Excel, is a number
    frame, dates = _with_dates(frame)
    return frame, notes + dates + odd_columns(frame)


def odd_columns(frame):
    """Returns sentences that say what is odd about the columns of a frame."""
    notes, n = [], len(frame)
    for name, column in frame.items():
        if column.map(lambda value: isinstance(value, list | dict | np.ndarray)).any():
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
        distinct = known.nunique()
        kind = column.dtype
        date = pd.api.types.is_datetime64_any_dtype(kind)
        text = not (pd.api.types.is_numeric_dtype(kind) or date)
        if distinct == 1:
            value = str(known.iloc[0])
            notes.append(f"column {name!r} has the same value in every row, {value!r}")
        elif text and distinct == len(known) > 20:
            notes.append(
                f"column {name!r} has a different value in every row, like a name or a "
                "row number: leave it out"
            )
        numbers = pd.to_numeric(known, errors="coerce") if text else known
        share = numbers.notna().mean()
        if text and 0.5 < share < 1 and not isinstance(known.iloc[0], bool):
            odd = known[numbers.isna()].iloc[0]
            notes.append(
                f"column {name!r} holds numbers in {share:.0%} of its rows, and "
                f"{odd!r}: it is read as words"
            )
    return notes


def expect_target(frame, target, who="target"):
    """Checks the column with the classes; returns sentences on what is odd about it.

    Args:
        frame: DataFrame.
        target: str, name of the column with the classes.
        who: str, what the caller's user knows `target` as.

    Raises:
        ValueError: where there is no such column; where it has fewer than two values,
            more than 100, or numbers that are not classes; or where it is the only
            column.
    """
    if target not in frame.columns:
        shown = ", ".join(map(repr, frame.columns[:20]))
        shown += ", ..." if frame.shape[1] > 20 else ""
        raise ValueError(
            f"{who} expects the name of a column. Received: {target!r}. The columns "
            f"are {shown}."
        )
    counts = class_counts(frame[target])
    if len({isinstance(value, str) for value in counts.index}) > 1:
        raise ValueError(
            f"Column {target!r} expects classes of one kind. Received: numbers and "
            f"words, {counts.index.tolist()[:5]}. Make all of them words."
        )
    if len(counts) < 2:
        raise ValueError(
            f"Column {target!r} expects at least two classes. Received: "
            f"{counts.index.tolist()}, so there is nothing to tell apart. Choose "
            "another column."
        )
    if len(counts) > MOST_CLASSES:
        raise ValueError(
            f"Column {target!r} expects at most {MOST_CLASSES} classes. Received: "
            f"{len(counts)} different values in {len(frame)} rows. Is it a number to "
            "predict, or a name for each row?"
        )
    if pd.api.types.is_float_dtype(counts.index.dtype):
        odd = [value for value in counts.index if value != round(value)]
        if odd:
            raise ValueError(
                f"Column {target!r} expects classes. Received: numbers such as "
                f"{odd[0]}. Turn them into classes first (low, high), or choose "
                "another column."
            )
    if frame.shape[1] == 1:
        raise ValueError(
            f"The table expects at least one column besides {target!r}. Received: that "
            "column alone, so there is nothing to learn from."
        )
    notes = []
    missing = int(missing_labels(frame[target]).sum())
    if missing:
        notes.append(
            f"{missing} of {len(frame)} rows have no {target!r}: the VAE learns from "
            "them, and they are left out of the result"
        )
    if counts.min() < 5:
        notes.append(
            f"class {counts.index[-1]!r} has {counts.min()} row(s), too few for a "
            "reliable verdict"
        )
    return notes


def _read_excel(path, sheet):
    try:
        return pd.read_excel(path, sheet_name=sheet)
    except ImportError as error:
        raise ImportError(
            f"Reading {path.name} needs the package openpyxl. Install it with "
            "pip install 'kvae[excel]', or save the sheet as CSV."
        ) from error


def _read_csv(path):
    with path.open("rb") as file:
        start = file.read(_SNIFFED)
    if b"\0" in start:
        raise ValueError(
            f"{path.name} is not text: it holds zero bytes. Save it as CSV in UTF-8 "
            "first."
        )
    encoding, notes = "utf-8-sig", []
    if not _decodes(path):
        encoding = "cp1252"
        notes.append(
            f"{path.name} is not UTF-8 and is read as Windows-1252: check words with "
            "accents"
        )
    with path.open(encoding=encoding, newline="") as file:
        line = next((line.strip() for line in file if line.strip()), "")
    if not line:
        raise ValueError(f"{path.name} holds nothing but blank lines.")
    separator = max(_SEPARATORS, key=line.count)
    names = next(csv.reader([line], delimiter=separator))
    _expect_columns(path, len(names))
    twice = sorted({name for name in names if name and names.count(name) > 1})
    if twice:
        notes.append(
            f"several columns share a name, {twice}: the later ones are called "
            f"{twice[0]}.1 and so on"
        )
    if separator != ",":
        notes.append(f"columns are separated by {separator!r}")
    try:
        frame = pd.read_csv(path, sep=separator, encoding=encoding, low_memory=False)
    except (pd.errors.ParserError, pd.errors.EmptyDataError) as error:
        raise ValueError(
            f"{path.name} cannot be read as a table: {error}. Check its separators and "
            "quotation marks."
        ) from error
    if separator == ";":
        comma = pd.read_csv(
            path, sep=separator, decimal=",", encoding=encoding, low_memory=False
        )
        if _number_columns(comma) > _number_columns(frame):
            frame = comma
            notes.append("numbers have decimal commas")
    unnamed = [name for name in frame if str(name).startswith("Unnamed: ")]
    if unnamed:
        notes.append(f"column(s) without a name: {unnamed}")
    return frame, notes


def _number_columns(frame):
    return len(frame.select_dtypes("number").columns)


def _with_dates(frame):
    """Returns the frame with dates read as dates, and notes on their columns.

    Dates are 2024-12-31, with or without a time, and 31.12.2024.
    """
    notes, frame = [], frame.copy(deep=False)
    for name, column in frame.items():
        known = column.dropna()
        if not pd.api.types.is_string_dtype(known):  # looks at every object
            continue
        formats = [
            date_format
            for pattern, date_format in _DATES.items()
            if known.str.fullmatch(pattern).all()
        ]
        if known.empty or not formats:
            continue
        try:
            frame[name] = pd.to_datetime(column, format=formats[0])
        except ValueError:
            continue  # such as 2024-02-31
        other = "" if formats[0] == "ISO8601" else ", and written as 2024-12-31"
        notes.append(f"column {name!r} is read as dates{other}")
    return frame, notes


def _decodes(path):
    """Returns whether the whole file is UTF-8."""
    import codecs

    decoder = codecs.getincrementaldecoder("utf-8")()
    with path.open("rb") as file:
        try:
            while chunk := file.read(2**20):
                decoder.decode(chunk)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return False
    return True


def _expect_columns(path, number):
    if number > MOST_COLUMNS:
        raise ValueError(
            f"{path.name} has {number:,} columns; at most {MOST_COLUMNS:,} can be "
            "learned. Keep those that matter, or summarise them first (by PCA, say)."
        )
