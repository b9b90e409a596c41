"""The page that a recipe ends with: report.html, beside its tables and figures."""

TABLES = ("summary.csv", "table.csv")  # what the answer is read from
NO_KEYS = {"mean", "low", "high", "runs", "difference", "p", "revision", "date"}
MOST_CHARTS, MOST_LINES = 12, 2000
MEASURED = "Measured; the tables and figures below say what was found."


def of_results(out, document, answer=None, commands=()):
    """Writes report.html from the tables and figures in a recipe's folder.

    Args:
        out: Path of the folder.
        document: str, the recipe's docstring; its first line says what was asked.
        answer: optional str, a sentence; by default what the first table says.
        commands: what to do next, pairs (what it does, command).

    Returns:
        Path.
    """
    import pandas as pd

    from kvae.report.page import Page, Section
    from kvae.report.parts import Command, Fold, Text

    title, _, about = document.strip().partition("\n")
    tables = {path.name: pd.read_csv(path) for path in sorted(out.glob("*.csv"))}
    first = next((tables[name] for name in TABLES if name in tables), None)
    said, reasons, chart = MEASURED, (), None
    sections = []
    if first is not None and {"method", "difference_low"} <= set(first.columns):
        said, reasons = in_words(first)
        charts = _charts(first)
        chart = charts[0] if len(charts) == 1 else None
        if len(charts) > 1:
            sections.append(Section("Methods", _beside(charts)))
    pictures = _pictures(out)
    if pictures:
        sections.append(Section("Figures", pictures))
    sections += [
        Section(name, _grid(name, table, browsable=len(table) > 10))
        for name, table in tables.items()
    ]
    how = Fold("How it was measured", (Text(about.strip()),))
    sections.append(Section("How to get this again", (_command(), how)))
    page = Page(
        title=title,
        answer=answer or said,
        reasons=reasons,
        next_steps=(
            *(Command(command, f"{what}:") for what, command in commands),
            Command("", f"All numbers are in {out}."),
        ),
        beside=chart,
        sections=tuple(sections),
    )
    return page.write(out / "report.html")


def in_words(table):
    """Returns (a sentence, sentences): in how many rows which method is better.

    Args:
        table: DataFrame with the columns method, difference, difference_low and
            difference_high; others name the row.
    """
    baseline = table.loc[table["difference"].isna(), "method"]
    baseline = f"{baseline.iloc[0]!r}" if len(baseline) else "the first"
    known = table.dropna(subset="difference_low")
    reasons, best = [], (0, 0.0, "")
    for method, lines in known.groupby("method", sort=False):
        better = int((lines["difference_low"] > 0).sum())
        worse = int((lines["difference_high"] < 0).sum())
        mean = lines["difference"].mean()
        reasons.append(
            f"{method}: clearly better in {better} of {len(lines)} rows, clearly worse "
            f"in {worse}; on average {mean:+.3f}."
        )
        if better > worse:
            best = max(best, (better - worse, mean, str(method)))
    if not best[2]:
        return f"Nothing is clearly better than {baseline}.", tuple(reasons)
    return f"{best[2]} is most often clearly better than {baseline}.", tuple(reasons)


def _charts(table):
    """Returns a chart of intervals for each row of a table."""
    from kvae.report import charts

    keys = [
        name
        for name in table.columns[: table.columns.get_loc("method")]
        if name not in NO_KEYS
    ]
    groups = table.groupby(keys, sort=False) if keys else [((), table)]
    found = []
    for key, lines in groups:
        lines = lines.set_index("method")
        if lines["difference_low"].notna().any():
            named = zip(keys, key, strict=True)
            caption = ", ".join(f"{name} {value}" for name, value in named)
            found.append(charts.intervals(lines, caption, "paired difference"))
    return found


def _beside(charts):
    from kvae.report.parts import Beside, Fold

    parts = [Beside(tuple(charts[:MOST_CHARTS]))]
    if rest := tuple(charts[MOST_CHARTS:]):
        parts.append(Fold(f"{len(rest)} more", (Beside(rest),)))
    return tuple(parts)


def _pictures(out):
    import base64

    from kvae.report.parts import Picture

    return tuple(
        Picture(
            f"data:image/png;base64,{base64.b64encode(path.read_bytes()).decode()}",
            path.name,
            f"The figure {path.name}; its numbers are in the tables.",
            pixelated=False,
        )
        for path in sorted(out.glob("*.png"))
    )


def _grid(name, table, browsable):
    from kvae.report.parts import Grid, Text

    grid = Grid.of(table[:MOST_LINES], name, index=None, browsable=browsable)
    if len(table) <= MOST_LINES:
        return (grid,)
    return Text(f"The first {MOST_LINES} of {len(table)} lines."), grid


def _command():
    import shlex

    from kvae.report.parts import Command
    from recipes import common

    words = shlex.join(["python", *common.program(), *common.flags()])
    return Command(words, f"Revision {common.revision()}:")
