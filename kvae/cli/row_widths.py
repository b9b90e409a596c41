"""How many cells the rows of a file have, and whether they fit its names."""

import collections
import csv
import dataclasses

from kvae.cli.phrases import quoted, rows_counted


@dataclasses.dataclass
class RowWidths:
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

    def refuse(self, path, width, what):
        """Raises ValueError; its message shows a row of this width."""
        line, record = self.examples[width]
        raise ValueError(
            f"{path.name} cannot be read as a table: {what}, such as line {line} with "
            f"{len(record)}: {quoted(record, 8)}. Put cells that hold a separator into "
            "quotation marks, or mend the header."
        )


def row_widths(path, reader, first_line, names):
    """Counts the cells of all rows.

    Args:
        path: pathlib.Path, for messages.
        reader: csv.reader of the rows.
        first_line: int, number of their first line in the file.
        names: int, how many the header has.

    Returns:
        RowWidths.

    Raises:
        ValueError: for a cell without an end.
    """
    widths, blank = RowWidths(collections.Counter(), {}), 0
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


def fit_header(path, header, widths):
    """Returns (the names, one for each column; notes on rows that do not fit them).

    Args:
        path: pathlib.Path, for messages.
        header: list of str.
        widths: RowWidths.

    Raises:
        ValueError: where rows have more cells than there are names, or all have fewer.
    """
    counts, n, notes = widths.counts, len(header), []
    longer = [width for width in counts if width > n]
    shorter = [width for width in counts if width < n]
    if widths.surplus and set(counts) == {n + 1}:
        notes.append("the header has one name too few: the first column is row names")
        return ["", *header], notes
    if widths.surplus:
        rows = sum(counts[width] for width in longer)
        what = f"its header has {n} names, and {rows_counted(rows)} more cells"
        widths.refuse(path, longer[0], what)
    if longer:
        notes.append("separators at the end of rows are left out")
    if shorter == [n - 1] == list(counts):
        widths.refuse(
            path, n - 1, f"its header has {n} names, and all rows fewer cells"
        )
    if shorter:
        line, record = widths.examples[shorter[0]]
        rows = sum(counts[width] for width in shorter)
        notes.append(
            f"{rows_counted(rows)} with fewer cells than the header has names, such as "
            f"line {line}, {quoted(record, 4)}: their last columns are holes; check "
            "that no cell is shifted"
        )
    return header, notes
