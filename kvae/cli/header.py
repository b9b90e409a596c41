"""The names of a file's columns: whether they are names, and one for each column."""

import pandas as pd

from kvae.cli.number_forms import looks_like_numbers
from kvae.cli.phrases import columns_named

MOST_COLUMNS = 2000


def expect_columns(path, number):
    """Raises ValueError for a file of more columns than can be learned."""
    if number > MOST_COLUMNS:
        raise ValueError(
            f"{path.name} has {number:,} columns; at most {MOST_COLUMNS:,} can be "
            "learned. Keep those that matter, or summarise them first (by PCA, say)."
        )


def looks_like_data(header, frame):
    """Returns whether the names of a table look like a row of it.

    Args:
        header: sequence of str, the names.
        frame: DataFrame of str.

    Example:
        >>> frame = pd.DataFrame({"5.1": ["4.9", "4.7"], "setosa": ["setosa"] * 2})
        >>> looks_like_data(["5.1", "setosa"], frame)
        True
        >>> looks_like_data(["2019", "kind"], frame)
        False
    """
    if frame.empty:
        return False
    numeric = looks_like_numbers(pd.Series(list(header), dtype=str)).tolist()
    numbers, words = [], []
    for name, number, (_, column) in zip(header, numeric, frame.items(), strict=True):
        column = column.str.strip()
        if number:
            numbers.append(looks_like_numbers(column[column != ""]).mean() > 0.5)
        elif column.nunique() < len(column):  # a name for each row occurs once
            words.append(bool(name) and bool((column == name).any()))
    if not all(numbers + words):
        return False
    return bool(words) and len(numbers + words) > 1 or all(numeric)


def unique_names(header):
    """Returns a name for each column, as pandas gives them.

    Args:
        header: sequence of str, "" for none.

    Example:
        >>> unique_names(["", "a", "a"])
        ['Unnamed: 0', 'a', 'a.1']
    """
    names, taken = [], set(header)
    for i, name in enumerate(header):
        plain, count = name or f"Unnamed: {i}", 0
        name = plain
        while name in names or (count and name in taken):
            count += 1
            name = f"{plain}.{count}"
        names.append(name)
    return names


def name_notes(header, names):
    """Returns notes on names that occur twice, or not at all.

    Args:
        header: list of str, the names as the file has them.
        names: list of str, from `unique_names`.

    Example:
        >>> name_notes(["", "a"], ["Unnamed: 0", "a"])
        ["without a name: column 'Unnamed: 0'"]
    """
    notes = []
    twice = sorted({name for name in header if name and header.count(name) > 1})
    if twice:
        notes.append(
            f"several columns share a name, {twice}: the later ones are called "
            f"{twice[0]}.1 and so on"
        )
    unnamed = [name for name, given in zip(names, header, strict=True) if not given]
    if unnamed:
        notes.append(f"without a name: {columns_named(unnamed)}")
    return notes
