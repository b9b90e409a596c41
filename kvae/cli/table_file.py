"""Reads a table from a file, and says in words what is odd about it."""

import dataclasses
from pathlib import Path

import pandas as pd

from kvae.cli.cells import Reading, understand
from kvae.cli.csv_text import read_csv_text
from kvae.cli.file_form import FileForm
from kvae.cli.header import expect_columns, looks_like_data
from kvae.cli.number_forms import NumberForm
from kvae.cli.odd_columns import odd_columns, row_name_notes
from kvae.cli.phrases import columns_named, quoted, rows_counted
from kvae.preprocessing.row_names import row_names


@dataclasses.dataclass(frozen=True)
class TableFile:
    """A table that was read from a file.

    Args:
        frame: DataFrame, all columns, with numbers, dates, words and holes.
        written: DataFrame, the same rows as the file has them.
        form: FileForm, how it is written.
        left_out: tuple of str, columns that name or number rows: not to be learned.
        notes: list of str, what is odd about the file.
    """

    frame: pd.DataFrame
    written: pd.DataFrame
    form: FileForm
    left_out: tuple
    notes: list

    @property
    def learned(self):
        """DataFrame: the columns that are to be learned, the target among them."""
        return self.frame.drop(columns=list(self.left_out))


def read_table(path, sheet=0, reading=None):
    """Reads CSV, Parquet or Excel.

    Args:
        path: file that ends in .csv, .tsv, .txt, .parquet or .xlsx.
        sheet: name or number of an Excel sheet.
        reading: Reading, what its cells are to mean.

    Returns:
        TableFile.

    Raises:
        FileNotFoundError: where there is no such file.
        ImportError: for Excel without openpyxl; names the extra to install.
        ValueError: for another ending, an empty file, a file that is not a table, or
            more than 2,000 columns.
    """
    path, reading = Path(path).expanduser(), reading or Reading()
    if not path.is_file():
        raise FileNotFoundError(f"There is no file {str(path)!r}.")
    if path.stat().st_size == 0:
        raise ValueError(f"{path.name} is empty (0 bytes). Is it the right file?")
    ending, form, notes = path.suffix.lower(), FileForm(), []
    if ending == ".parquet":
        frame = pd.read_parquet(path)
    elif ending == ".xlsx":
        frame = _read_excel(path, sheet)
        blank = frame.isna().all(axis=1)
        if blank.any():
            notes.append(f"{rows_counted(blank.sum())} without any cell left out")
            frame = frame[~blank].reset_index(drop=True)
    elif ending in (".csv", ".tsv", ".txt"):
        text = read_csv_text(path)
        frame, notes = text.frame, text.notes
        form = FileForm(
            header=text.header,
            separator=text.separator,
            encoding=text.encoding,
            line_end=text.line_end,
        )
    else:
        raise ValueError(
            f"A table file expects a name that ends in .csv, .tsv, .txt, .parquet or "
            f".xlsx. Received: {path.name!r}. Save the table in one of these formats."
        )
    expect_columns(path, frame.shape[1])
    if frame.empty:
        raise ValueError(
            f"{path.name} has no rows. Received: {len(frame)} rows, {frame.shape[1]} "
            "columns. Is it the right file?"
        )
    frame.columns = [str(name) for name in frame.columns]  # 2024, in Excel, is a number
    unknown = [name for name in reading.keep if name not in frame.columns]
    if unknown:
        raise ValueError(
            f"--keep expects the name of a column. Received: {unknown[0]!r}. The "
            f"columns are {quoted(list(frame.columns), 20)}."
        )
    if form.header and looks_like_data(form.header, frame):
        notes += _headless(path, form.header, frame, reading.target)
    cells = understand(frame, reading, form.separator)
    left_out, found = _left_out(cells, reading, form)
    form = dataclasses.replace(
        form,
        columns=tuple(frame.columns),
        header=form.header or tuple(frame.columns),
        forms=cells.forms,
        marks=cells.marks,
    )
    notes = notes + cells.notes + odd_columns(cells.frame, reading.target) + found
    return TableFile(cells.frame, cells.written, form, tuple(left_out), notes)


def _left_out(cells, reading, form):
    """Returns (columns that are not to be learned, notes)."""
    dressed = [  # $1,234 is an amount
        name
        for name, written in cells.forms.items()
        if isinstance(written, NumberForm) and not written.is_plain
    ]
    exempt = {reading.target, *reading.keep, *dressed}
    names = cells.frame.columns
    inputs = cells.frame[[name for name in names if name not in exempt]]
    counting, naming = row_names(inputs)
    left_out = [*counting, *naming]
    if left_out and len(left_out) >= len(names) - (reading.target in names):
        note = (
            f"{columns_named(left_out)} may only name or number the rows, but there is"
        )
        return [], [note + " nothing else to learn from"]
    return left_out, row_name_notes(counting, naming)


def _headless(path, header, frame, target):
    """Returns a note on names that look like a row; raises where the target is none."""
    shown = quoted(list(header), 4)
    if target is None or target in frame.columns:
        return [
            f"the first line looks like a row of data, not like names ({shown}): if it "
            "is one, put a line of names above it"
        ]
    raise ValueError(
        f"{path.name} has no column {target!r}, and seems to have no names: its first "
        f"line looks like a row of data, {shown}. Put a line of names above it."
    )


def _read_excel(path, sheet):
    try:
        # As objects: otherwise the text 01067 would become a number.
        return pd.read_excel(
            path, sheet_name=sheet, dtype=object, keep_default_na=False, na_values=[""]
        )
    except ImportError as error:
        raise ImportError(
            f"Reading {path.name} needs the package openpyxl. Install it with "
            "pip install 'kvae[excel]', or save the sheet as CSV."
        ) from error
