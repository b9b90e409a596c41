"""Sections about a table: its columns, real beside generated rows, each new row."""

import shlex

import numpy as np
import pandas as pd

from kvae.evaluation.table_comparison import MOST_COLUMNS as MOST_PAIRED
from kvae.report import charts
from kvae.report.page import Section
from kvae.report.parts import Beside, Fold, Grid, Notes, Text
from kvae.templates.cells import cell_text

MOST_CHARTS = 12  # columns that are drawn at once; the others unfold
MOST_ROWS = 500  # new rows that can be browsed
MOST_COLUMNS = 40  # of a browsable table


def columns_section(described, notes):
    """What was understood of each column, and what is odd about the file.

    Args:
        described: DataFrame, `Table.describe()`.
        notes: sequence of str.
    """
    parts = []
    if notes:
        parts.append(Notes(tuple(notes)))
    described = described.astype("object").where(described.notna(), "")
    described["holes"] = [f"{share:.1%}" if share else "" for share in described.holes]
    described = described.rename(columns={"inputs": "inputs of the VAE"})
    parts.append(Grid.of(described, "Columns, as they were understood", index="column"))
    return Section("Your table", tuple(parts))


def comparison_section(compared, measures=None, copies=None, other_classes=False):
    """Real beside generated rows.

    Args:
        compared: TableComparison.
        measures: optional Series of measures of quality.
        copies: optional CopyCheck.
        other_classes: bool, whether classes have other shares of the generated rows.
    """
    drawn = [charts.column(column) for column in compared.columns]
    first, rest = drawn[:MOST_CHARTS], drawn[MOST_CHARTS:]
    texts = [
        "Columns that differ most come first. The difference is the share of generated "
        "rows that would have to hold another value; by chance alone, so few rows "
        "differ as said in brackets."
    ]
    if other_classes:
        texts.append(
            "Classes have other shares of the generated than of the real rows: columns "
            "that go with the class differ by that alone."
        )
    if compared.rows != compared.of_rows:
        texts.append(
            f"Compared are samples: {compared.rows[0]:,} of {compared.of_rows[0]:,} "
            f"real and {compared.rows[1]:,} of {compared.of_rows[1]:,} generated rows."
        )
    parts = [*map(Text, texts), Beside(tuple(first))]
    if rest:
        parts.append(Fold(f"{len(rest)} more columns", (Beside(tuple(rest)),)))
    holes = pd.DataFrame(
        {
            "real": [f"{c.holes[0]:.1%}" for c in compared.columns],
            "generated": [f"{c.holes[1]:.1%}" for c in compared.columns],
        },
        index=[c.name for c in compared.columns],
    )[[max(c.holes) > 0 for c in compared.columns]]
    if len(holes):
        grid = Grid.of(holes, "Rows without a value", index="column")
        parts.append(Fold("Holes", (grid,)))
    spikes = [
        (c.name, line.what, f"{line.real:.1%}", f"{line.new:.1%}")
        for c in compared.columns
        for line in c.spikes.itertuples()
    ]
    if spikes:
        header = ["column", "value", "real", "generated"]
        frame = pd.DataFrame(spikes, columns=header)
        grid = Grid.of(frame, "Numbers that 5 % of real rows or more have", index=None)
        parts.append(Fold("Numbers that stand out", (grid,)))
    beside = []
    if len(compared.pairs):
        beside.append(
            charts.pairs(
                compared.pairs,
                "How closely columns go together (correlation, Cramér's V or the "
                "correlation ratio); on the line, generated rows are as the real ones.",
            )
        )
        largest = compared.pairs["difference"].abs().nlargest(8).index
        grid = compared.pairs.loc[largest].round(2)
        beside.append(Grid.of(grid, "Pairs that differ most", index=None))
    if beside:
        parts.append(Beside(tuple(beside)))
    if len(compared.columns) > MOST_PAIRED:
        parts.append(Text(f"Pairs are of the table's first {MOST_PAIRED} columns."))
    if len(compared.unseen):
        parts.append(_unseen(compared.unseen))
    if measures is not None:
        grid = measures.rename("value").to_frame()
        caption = "Quality, by rows of a VAE that has not seen a third of the real ones"
        parts.append(Grid.of(grid, caption, index="measure"))
    if copies is not None:
        parts.append(Text(f"Copies: {copies.sentence}"))
    return Section("Generated beside real rows", tuple(parts))


def _unseen(table):
    shown = table.sort_values("share", ascending=False)
    shares = [f"{share:.1%}" for share in shown["share"]]
    remedy = [
        f"--together {shlex.quote(f'{line.first},{line.second}')}"
        if line.share > 0
        else ""
        for line in shown.itertuples()
    ]
    return Grid.of(
        shown.assign(share=shares, remedy=remedy).rename(
            columns={"share": "generated rows with a pair never seen"}
        ),
        "Columns of which one determines the other",
        index=None,
    )


def rows_section(new, labels, lineage, doubts, real, target):
    """New rows beside their parents, the most doubtful first.

    Args:
        new: DataFrame of M rows.
        labels: their labels (M,).
        lineage: DataFrame of M rows, provenance.
        doubts: DataFrame of M rows from `kvae.evaluation.doubts`; NaN where not known.
        real: DataFrame (N, columns), the rows that `parent` counts.
        target: name of the label's column.
    """
    order = np.argsort(doubts["probability"].to_numpy(), kind="stable")[:MOST_ROWS]
    columns = list(new.columns[:MOST_COLUMNS])
    parent = lineage["parent"].to_numpy("float64", na_value=np.nan)
    of = [None if np.isnan(parent[i]) else int(parent[i]) for i in order]
    # Pairs, not a dict: a table may have a column that is called as one of these.
    cells = [
        ("likely", doubts["probability"].iloc[order].round(3)),
        (target, [labels[i] for i in order]),
        *((name, new[name].iloc[order]) for name in columns),
        ("sampler", lineage["sampler"].iloc[order]),
        ("parent", pd.array([None if p is None else p + 1 for p in of], "Int64")),
        ("distance", doubts["distance"].iloc[order].round(2)),
        ("the parent's values", ["" if p is None else _short(real, p) for p in of]),
    ]
    series = [pd.Series(values).reset_index(drop=True) for _, values in cells]
    shown = pd.concat(series, axis=1)
    shown.columns = [str(name) for name, _ in cells]
    texts = [
        "likely: how probable the row's class is, by a random forest of the real rows. "
        "distance: to the nearest real row, in units of the VAE's inputs. parent: the "
        "real row it was drawn around, counted from 1 among those that taught.",
    ]
    if len(new) > len(order):
        texts.append(
            f"These are the {len(order)} most doubtful of {len(new):,} new rows"
            + (
                f" ({doubts['probability'].notna().sum():,} of them were judged)."
                if doubts["probability"].isna().any()
                else "."
            )
        )
    if new.shape[1] > MOST_COLUMNS:
        texts.append(f"The first {MOST_COLUMNS} of {new.shape[1]} columns are shown.")
    grid = Grid.of(shown, "New rows", index=None, browsable=True, order=(0, "asc"))
    return Section("The new rows, the most doubtful first", (*map(Text, texts), grid))


def _short(frame, position):
    """Returns a row in a line: name = value, of the first columns."""
    row = frame.iloc[position]
    cells = [f"{name} = {cell_text(value)}" for name, value in row.items()][:12]
    return ", ".join(cells) + (", …" if len(row) > 12 else "")
