"""Values and tables as texts that a template shows."""

import numpy as np
import pandas as pd

MOST_CELL = 200  # characters of a cell that are shown
MOST_WHOLE = 1e15  # from here on a float does not know its last digits


def cell_text(value):
    """Returns what a cell shows: numbers rounded, holes empty, long texts cut.

    Example:
        >>> [cell_text(value) for value in (0.123456789, 3.0, None, True, 10**15)]
        ['0.1235', '3', '', 'True', '1000000000000000']
    """
    if value is None or (not isinstance(value, list | dict) and pd.isna(value)):
        return ""
    if isinstance(value, float | np.floating):
        # Whole numbers in a column of floats are whole numbers to people.
        whole = abs(value) < MOST_WHOLE and value == round(value)
        return f"{value + 0:.0f}" if whole else f"{value:.4g}"
    text = str(value)
    if isinstance(value, pd.Timestamp) and value == value.normalize():
        text = str(value.date())
    return text if len(text) <= MOST_CELL else f"{text[:MOST_CELL]}…"


def grid(frame, caption="", index=""):
    """Returns a DataFrame as a template shows it.

    Args:
        frame: DataFrame.
        caption: str.
        index: str, heading of the index; None leaves the index out.

    Returns:
        Dict: header (list of str), rows (list of lists of str), caption, named
        (whether the first column names the rows).

    Example:
        >>> grid(pd.DataFrame({"n": [1.0, 2.5]}), index=None)["rows"]
        [['1'], ['2.5']]
    """
    named = index is not None
    header = [str(name) for name in frame.columns]
    columns = [[cell_text(v) for v in frame.iloc[:, i]] for i in range(len(header))]
    if named:
        header.insert(0, index)
        columns.insert(0, [cell_text(v) for v in frame.index])
    rows = [list(row) for row in zip(*columns, strict=True)]
    return {"header": header, "rows": rows, "caption": caption, "named": named}
