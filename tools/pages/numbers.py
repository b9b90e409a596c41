"""Numbers of the results' tables, as the pages print them."""

import json
from pathlib import Path

import pandas as pd

ROOT = Path(__file__).parents[2]
RESULTS = ROOT / "recipes" / "results"


def read(name, file="summary"):
    """Returns a table of a recipe's results."""
    return pd.read_csv(RESULTS / name / f"{file}.csv")


def stored(name):
    """Returns every row that a recipe's store holds."""
    lines = (RESULTS / name / "store.jsonl").read_text().splitlines()
    cells = [json.loads(line).get("rows") for line in lines]
    return pd.concat([pd.DataFrame(rows) for rows in cells if rows], ignore_index=True)


def revisions(name):
    """Returns the revision of every cell that a recipe's store holds."""
    lines = (RESULTS / name / "store.jsonl").read_text().splitlines()
    latest = {record["cell"]: record for record in map(json.loads, lines)}
    return [record["revision"] for record in latest.values()]


def pick(table, **where):
    """Returns the lines of a table with these values."""
    for column, value in where.items():
        table = table[table[column] == value]
    return table


def at(table, **where):
    """Returns the one line of a table with these values."""
    found = pick(table, **where)
    if len(found) != 1:
        raise ValueError(f"{where} names {len(found)} lines, not one.")
    return found.iloc[0]


def number(value, sign="", digits=3):
    """A number in print, with a proper minus; nothing for a missing one."""
    return "" if value != value else f"{value:{sign}.{digits}f}".replace("-", "−")


def change(line):
    """A paired difference and its interval: +0.006 [−0.000, +0.012]."""
    names = ("difference", "difference_low", "difference_high")
    mean, low, high = (number(line[name], "+") for name in names)
    return f"{mean} [{low}, {high}]" if low else mean


def clear(line):
    """Returns 1 for a clear gain, −1 for a clear loss, 0 where 0 is in the interval."""
    return int(line["difference_low"] > 0) - int(line["difference_high"] < 0)


def marked(text, line):
    """The text in bold for a clear gain, in italics for a clear loss."""
    mark = {1: "**", -1: "*", 0: ""}[clear(line)]
    return f"{mark}{text}{mark}"


def span(values, sign="+"):
    """The least and the largest of some values: +0.003 to +0.024."""
    low, high = number(min(values), sign), number(max(values), sign)
    return low if low == high else f"{low} to {high}"


def slashed(values, sign=""):
    """Values one after the other: 0.969 / 0.971 / 0.971."""
    return " / ".join(number(value, sign) for value in values)


def p_value(p):
    """A p value in print."""
    return "<0.001" if p < 0.001 else number(p)


def markdown(header, lines):
    """A table of text, row by row."""
    rows = [header, ["---"] * len(header), *lines]
    return "\n".join("| " + " | ".join(map(str, row)) + " |" for row in rows) + "\n"


def by_method(table, row, methods, names=None, deck=True):
    """A table with a column for each method: its mean, marked, and the deck's value.

    Args:
        table: DataFrame with the columns `row`, method and mean.
        row: (column, its header).
        methods: list of str.
        names: optional dict {method: its header}.
        deck: bool, whether the deck's values stand in brackets.
    """
    column, header = row
    names = names or {}
    lines = []
    for key, row_lines in table.groupby(column, sort=False):
        cells = []
        for method in methods:
            found = pick(row_lines, method=method)
            if found.empty:
                cells.append("")
                continue
            line = found.iloc[0]
            beside = number(line["deck"]) if deck and "deck" in line else ""
            own_score = marked(number(line["mean"]), line)
            cells.append(own_score + (f" ({beside})" if beside else ""))
        lines.append([key, *cells])
    return markdown([header, *(names.get(m, m) for m in methods)], lines)
