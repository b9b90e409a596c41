"""Reads the text of a CSV file: its encoding, separator, names, and rows as text."""

import collections
import csv
import dataclasses
import itertools
import re

import pandas as pd

from kvae.cli.header import expect_columns, name_notes, unique_names
from kvae.cli.number_forms import looks_like_numbers
from kvae.cli.phrases import rows_counted
from kvae.cli.row_widths import fit_header, row_widths

_SNIFFED = 100  # lines that say what separates columns
_SEPARATORS = ",;\t|"
_BLANKS = " "  # any number of blanks


@dataclasses.dataclass(frozen=True)
class CsvText:
    """A CSV file, as text.

    Args:
        frame: DataFrame of str, "" for empty cells.
        header: tuple of str, the names as the file has them, "" for none.
        separator: str; " " stands for any number of blanks.
        encoding: str.
        line_end: str.
        notes: list of str.
    """

    frame: pd.DataFrame
    header: tuple
    separator: str
    encoding: str
    line_end: str
    notes: list


def read_csv_text(path):
    """Reads a file of text into columns, without saying what they mean.

    Args:
        path: pathlib.Path.

    Returns:
        CsvText.

    Raises:
        ValueError: where the file is no text or no table: zero bytes, no rows, cells
            that more columns would be needed for, or quotation marks that do not close.
    """
    encoding, notes = _encoding(path)
    with path.open(encoding=encoding, newline="") as file:
        line = file.readline()
        line_end = line[len(line.rstrip("\r\n")) :] or "\n"
    top = _top(path, encoding)
    separator, first = top.separator, top.lines[top.names][0]
    if top.comments:
        what = "1 line" if top.comments == 1 else f"{top.comments} lines"
        notes.append(f"{what} above the names passed over, and not written")
    if separator != ",":
        shown = "blanks" if separator == _BLANKS else repr(separator)
        notes.append(f"columns are separated by {shown}")
    # Behind a blank a quotation mark would be part of the cell.
    quote = re.compile(f'[{separator}] +"')
    skip_blanks = any(quote.search(line) for _, line in top.lines)
    if skip_blanks and separator != _BLANKS:
        notes.append("blanks behind separators are left out")
    header = top.header
    expect_columns(path, len(header))
    with path.open(encoding=encoding, newline="") as file:
        lines = itertools.islice(file, first + 1, None)
        reader = _records(lines, separator, skip_blanks)
        widths = row_widths(path, reader, first + 2, len(header))
    header, odd = fit_header(path, header, widths)
    notes += odd
    names = unique_names(header)
    width = max(len(names), *widths.counts, 1)
    frame = _read(path, encoding, separator, first + 1, width, skip_blanks)
    frame = frame.iloc[:, : len(names)].set_axis(names, axis=1)
    if len(header) > len(top.header) and not frame.iloc[:, 0].is_unique:
        widths.refuse(
            path,
            width,
            f"its header has {len(top.header)} names, and all rows one cell more (a "
            "decimal comma?)",
        )
    cells = frame.apply(lambda column: column.str.strip())
    blank, again = (cells == "").all(axis=1), (cells == list(header)).all(axis=1)
    if count := int(blank.sum()) + widths.blank:
        notes.append(f"{rows_counted(count)} without any cell left out")
    if again.any():
        notes.append(f"{rows_counted(again.sum())} with the names again left out")
    frame = frame[~blank & ~again].reset_index(drop=True)
    notes += name_notes(header, names)
    return CsvText(frame, tuple(header), separator, encoding, line_end, notes)


def _encoding(path):
    """Returns (encoding, notes)."""
    with path.open("rb") as file:
        start = file.read(2**16)
    if start.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16", []
    if b"\0" in start:
        raise ValueError(
            f"{path.name} is not text: it holds zero bytes. Save it as CSV in UTF-8 "
            "first."
        )
    if _decodes(path):
        marked = start.startswith(b"\xef\xbb\xbf")
        return "utf-8-sig" if marked else "utf-8", []
    note = f"{path.name} is not UTF-8 and is read as Windows-1252: check words with "
    return "cp1252", [note + "accents"]


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


@dataclasses.dataclass
class _Top:
    """The first lines of a file: what stands above the names, the names, and rows.

    Args:
        lines: list of (number, text), none of them blank.
        names: int, position of the names among them.
        separator: str.
        comments: int, lines that stand above the names.
    """

    lines: list
    names: int
    separator: str
    comments: int

    @property
    def header(self):
        """List of str: the names."""
        named = self.lines[self.names][1].lstrip().lstrip("#")
        return [name.strip() for name in next(_records([named], self.separator))]


def _top(path, encoding):
    """Returns the _Top of a file."""
    lines, comments = [], 0
    with path.open(encoding=encoding, newline="") as file:
        for number, line in enumerate(file):
            text = line.strip("\r\n")
            if text.strip() if lines else text.strip(" \t,;|"):
                lines.append((number, text))
                comments += len(lines) == comments + 1 and text.lstrip()[0] == "#"
            if len(lines) == comments + _SNIFFED:
                break
    if len(lines) == comments:
        raise ValueError(f"{path.name} holds nothing but blank lines.")
    given = re.fullmatch("sep=(.)", lines[comments][1].strip())  # Excel knows it
    first = comments + bool(given and len(lines) > comments + 1)
    rest = [text for _, text in lines[first:]]
    separator = given[1] if first > comments else None
    above, separator = _layout(rest, separator)
    first, comments = first + above, comments + above
    if first and not above and _is_header(lines[first - 1][1], rest[0], separator):
        return _Top(lines, first - 1, separator, comments - 1)
    return _Top(lines, first, separator, comments)


def _is_header(comment, row, separator):
    """Returns whether a line such as "#a,b" names the cells of the row below it."""
    named = comment.lstrip().lstrip("#").strip()
    names, cells = _records([named], separator), _records([row], separator)
    names, cells = next(names, []), next(cells)
    return len(names) == len(cells) > 1 and not _numeric(names) and _numeric(cells)


def _numeric(cells):
    """Returns whether some of the cells are numbers."""
    texts = pd.Series([cell.strip() for cell in cells], dtype=str)
    return bool(looks_like_numbers(texts).any())


def _layout(lines, separator=None):
    """Returns (how many lines stand above the names, what separates columns).

    All rows have as many cells as there are names, or one more; a title has one.
    """

    def fit(separator):
        """Returns (how well it fits, ..., lines above the names)."""
        try:
            records = list(_records(lines, separator))
        except csv.Error:  # a cell without an end
            return (-1, 0)
        sizes = [len(record) for record in records]
        usual, share = collections.Counter(sizes[1:] or sizes).most_common(1)[0]
        rank, above = 0, 0
        if max(sizes[0], usual) < 2:
            rank = -1
        elif sizes[0] == usual:
            rank = 3
        elif sizes[0] + 1 == usual and sizes[0] > 1:
            rank = 2
        elif usual in sizes and separator != _BLANKS:
            above = sizes.index(usual)
            titles = set(sizes[:above]) == {1} and not _numeric(records[above])
            rank = int(titles and any(_numeric(r) for r in records[above + 1 :][:5]))
        return rank, separator != _BLANKS, share, sizes[0], above

    candidates = (*_SEPARATORS, _BLANKS) if separator is None else [separator]
    best = max(candidates, key=fit)
    found = fit(best)
    if found[0] > 0 or separator is not None:
        return (found[-1] if found[0] == 1 else 0), best
    return 0, max(_SEPARATORS, key=lines[0].count)


def _records(lines, separator, skip_blanks=True):
    """Returns a csv.reader of lines."""
    if separator == _BLANKS:
        lines = (line.replace("\t", " ").strip() for line in lines)
        return csv.reader(lines, delimiter=" ", skipinitialspace=True)
    return csv.reader(lines, delimiter=separator, skipinitialspace=skip_blanks)


def _read(path, encoding, separator, skipped, width, skip_blanks):
    """Returns all rows as text, in `width` columns without names."""
    try:
        return pd.read_csv(
            path,
            sep=r"\s+" if separator == _BLANKS else separator,
            encoding=encoding,
            header=None,
            names=range(width),
            index_col=False,
            skiprows=skipped,
            dtype=str,
            na_filter=False,
            skipinitialspace=skip_blanks,
        )
    except pd.errors.EmptyDataError:
        return pd.DataFrame(columns=range(width), dtype=str)
    except pd.errors.ParserError as error:
        raise ValueError(
            f"{path.name} cannot be read as a table: a quotation mark opens a cell and "
            "does not close. Close it, or write it twice where it is part of a cell."
        ) from error
