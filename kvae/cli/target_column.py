"""The column with the classes: what it must be, and what is odd about it."""

import pandas as pd

from kvae.checks import missing_labels
from kvae.cli.number_forms import looks_like_numbers
from kvae.data.labels import class_counts

MOST_CLASSES = 100


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
        numbers = looks_like_numbers(pd.Series(frame.columns, dtype=str)).any()
        data = " If these are a row of data, put a line of names above it."
        raise ValueError(
            f"{who} expects the name of a column. Received: {target!r}. The columns "
            f"are {shown}.{data if numbers else ''}"
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
        smallest = counts.index.tolist()[-1]
        notes.append(
            f"class {smallest!r} has {counts.min()} row(s), too few for a "
            "reliable verdict"
        )
    return notes
