"""Reads the text of a CSV file: its encoding, separator, names, and rows as text."""

import collections
import csv
import dataclasses
import itertools
import re

import pandas as pd

from kvae.cli.header import expect_columns, name_notes, unique_names
from kvae.cli.number_forms import looks_like_numbers
from kvae.cli.phrases import quoted, rows_counted

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
        line_end = "\r\n" if file.readline().endswith("\r\n") else "\n"
    first, head = _head(path, encoding)
    if not head:
        raise ValueError(f"{path.name} holds nothing but blank lines.")
    separator = _separator(head)
    first, head, comments = _named_in_comment(path, encoding, separator, first, head)
    if comments:
        what = "1 line" if comments == 1 else f"{comments} lines"
        notes.append(f"{what} of comments at the top passed over, and not written")
    if separator != ",":
        shown = "blanks" if separator == _BLANKS else repr(separator)
        notes.append(f"columns are separated by {shown}")
    # Behind a blank a quotation mark would be part of the cell.
    skip_blanks = any(re.search(rf"[{separator}] +\"", line) for line in head)
    if skip_blanks and separator != _BLANKS:
        notes.append("blanks behind separators are left out")
    header = [name.strip() for name in next(_records(head[:1], separator))]
    expect_columns(path, len(header))
    with path.open(encoding=encoding, newline="") as file:
        lines = itertools.islice(file, first + 1, None)
        reader = _records(lines, separator, skip_blanks)
        widths = _widths(path, reader, first + 2, len(header))
    header, odd = _fitted(path, header, widths)
    notes += odd
    names = unique_names(header)
    width = max(len(names), *widths.counts, 1)
    frame = _read(path, encoding, separator, first + 1, width, skip_blanks)
    frame = frame.iloc[:, : len(names)].set_axis(names, axis=1)
    blank = (frame.apply(lambda column: column.str.strip()) == "").all(axis=1)
    dropped = int(blank.sum()) + widths.blank
    if dropped:
        notes.append(f"{rows_counted(dropped)} without any cell left out")
    frame = frame[~blank].reset_index(drop=True)
    notes += name_notes(header, names)
    return CsvText(frame, tuple(header), separator, encoding, line_end, notes)


@dataclasses.dataclass
class _Widths:
    """How many cells the rows of a file have.

    Args:
        counts: Counter {cells: rows}.
        examples: dict {cells: (number of the line, cells of the first such row)}.
        blank: int, blank lines between rows.
        surplus: bool, whether anything stands behind the columns of the header.
    """

    counts: collections.Counter
    examples: dict
    blank: int = 0
    surplus: bool = False

    def expect(self, path, width, what):
        """Raises ValueError; its message shows a row of this width."""
        line, record = self.examples[width]
        raise ValueError(
            f"{path.name} cannot be read as a table: {what}, such as line {line} with "
            f"{len(record)}: {quoted(record, 8)}. Put cells that hold a separator into "
            "quotation marks, or mend the header."
        )


def _widths(path, reader, first_line, names):
    """Counts the cells of all rows; the header has `names`."""
    widths, blank = _Widths(collections.Counter(), {}), 0
    while True:
        line = first_line + reader.line_num
        try:
            record = next(reader)
        except StopIteration:
            return widths
        except csv.Error as error:
            raise ValueError(
                f"{path.name} cannot be read as a table: line {line} cannot be cut "
                f"into cells ({error}). Is a quotation mark open?"
            ) from error
        if len(record) < 2 and not "".join(record).strip():
            blank += 1
            continue
        widths.blank, blank = widths.blank + blank, 0  # those at the end do not count
        widths.counts[len(record)] += 1
        widths.examples.setdefault(len(record), (line, record))
        widths.surplus |= bool("".join(record[names:]).strip())


def _fitted(path, header, widths):
    """Returns (the names, one for each column; notes on rows that do not fit them)."""
    counts, n, notes = widths.counts, len(header), []
    longer = [width for width in counts if width > n]
    shorter = [width for width in counts if width < n]
    if widths.surplus and set(counts) == {n + 1}:
        notes.append("the header has one name too few: the first column is row names")
        return ["", *header], notes
    if widths.surplus:
        rows = sum(counts[width] for width in longer)
        what = f"its header has {n} names, and {rows_counted(rows)} more cells"
        widths.expect(path, longer[0], what)
    if longer:
        notes.append("separators at the end of rows are left out")
    if shorter == [n - 1] == list(counts):
        widths.expect(
            path, n - 1, f"its header has {n} names, and all rows fewer cells"
        )
    if shorter:
        line, record = widths.examples[shorter[0]]
        rows = sum(counts[width] for width in shorter)
        notes.append(
            f"{rows_counted(rows)} with fewer cells than the header has names, such as "
            f"line {line} with {len(record)} of {n}: the last columns are empty there; "
            "check that no cell is shifted"
        )
    return header, notes


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


def _head(path, encoding):
    """Returns (number of the first line that is no comment, it and the next ones)."""
    head, first = [], 0
    with path.open(encoding=encoding, newline="") as file:
        for number, line in enumerate(file):
            text = line.strip("\r\n")
            if not head and (not text.strip() or text.lstrip().startswith("#")):
                continue
            first = number if not head else first
            head += [text] if text.strip() else []
            if len(head) == _SNIFFED:
                break
    return first, head


def _named_in_comment(path, encoding, separator, first, head):
    """Returns (first line, head, comments), with names taken from "#a,b" above rows."""
    with path.open(encoding=encoding, newline="") as file:
        lines = [line.strip("\r\n") for line in itertools.islice(file, first)]
    comments = [i for i, line in enumerate(lines) if line.strip()]
    if not comments:
        return first, head, 0
    last = comments[-1]
    named = lines[last].lstrip().lstrip("#").strip()
    names, row = (next(_records([line], separator)) for line in (named, head[0]))
    texts = [pd.Series([cell.strip() for cell in cells]) for cells in (names, row)]
    numbers = [looks_like_numbers(cells).any() for cells in texts]
    if len(names) == len(row) > 1 and not numbers[0] and numbers[1]:
        return last, [named, *head], len(comments) - 1
    return first, head, len(comments)


def _separator(head):
    """Returns what separates the columns of some lines, the first of them names."""

    def fit(separator):
        try:
            widths = [len(record) for record in _records(head, separator)]
        except csv.Error:  # a cell without an end
            return (-1,)
        names, rows = widths[0], widths[1:] or widths[:1]
        usual, share = collections.Counter(rows).most_common(1)[0]
        rank = 2 if names == usual else names + 1 == usual and names > 1
        if max(names, usual) < 2:
            rank = -1
        return rank, separator != _BLANKS, share, names

    best = max((*_SEPARATORS, _BLANKS), key=fit)
    if fit(best)[0] > 0:
        return best
    return max(_SEPARATORS, key=head[0].count)


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
