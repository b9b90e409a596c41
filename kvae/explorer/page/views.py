"""Rows as parts of the page: images, tables, strips. React shows every text as text."""

import numpy as np
import pandas as pd
from dash import html

from kvae.explorer.pictures import to_uri
from kvae.templates.cells import cell_text

SMALL = 56  # pixels of images in strips and galleries
MOST_ROWS = 100  # of drawn rows that the page shows


def cell(value):
    """Returns the text of a table's cell; a hole is empty.

    Example:
        >>> cell(0.1 + 0.2), cell(None), cell("<b>"), cell(3)
        ('0.3', '', '<b>', '3')
    """
    if pd.isna(value):
        return ""
    if isinstance(value, float | np.floating):
        return f"{value:.6g}"
    return cell_text(value)


def pair(row, real, names):
    """Returns what a place decodes to beside a real row, if there is one.

    Args:
        row: image (1, H, W, C), or a DataFrame of one row.
        real: the same, or None.
        names: two texts: of the decoded row, and of the real one.
    """
    both = [row] if real is None else [row, real]
    if isinstance(row, np.ndarray):
        return [
            html.Figure(
                [html.Img(src=to_uri(image[0]), alt=name), html.Figcaption(name)]
            )
            for image, name in zip(both, names, strict=False)
        ]
    return by_column(both, names[: len(both)], "The row at this place")


def by_column(frames, names, caption):
    """Returns a table with a line for each column of one-row frames.

    Args:
        frames: DataFrames of one row.
        names: texts, one for each frame.
        caption: str.
    """
    head = html.Tr(
        [html.Th("column", scope="col"), *(html.Th(n, scope="col") for n in names)]
    )
    lines = [
        html.Tr(
            [
                html.Th(str(column), scope="row"),
                *(html.Td(cell(frame[column].iloc[0])) for frame in frames),
            ]
        )
        for column in frames[0].columns
    ]
    return scrolled([head], lines, caption)


def strip(rows, names):
    """Returns rows side by side, as a strip of images or as a table.

    Args:
        rows: images (M, H, W, C) or a DataFrame of M rows.
        names: M texts.
    """
    if isinstance(rows, np.ndarray):
        return html.Div(
            [
                html.Figure(
                    [
                        html.Img(src=to_uri(image, SMALL), alt=f"decoded at {name}"),
                        html.Figcaption(name),
                    ]
                )
                for image, name in zip(rows, names, strict=True)
            ],
            className="strip",
        )
    parts = [rows.iloc[i : i + 1] for i in range(len(rows))]
    return by_column(parts, names, "The rows on the way")


def gallery(drawn, target):
    """Returns drawn rows with their label, and whether they were accepted.

    Args:
        drawn: Drawn.
        target: str, what labels are called.
    """
    count = min(len(drawn), MOST_ROWS)
    verdicts = [""] * count
    if drawn.accepted is not None:
        verdicts = ["accepted" if yes else "refused" for yes in drawn.accepted[:count]]
    if isinstance(drawn.rows, np.ndarray):
        return html.Div(
            [
                html.Figure(
                    [
                        html.Img(
                            src=to_uri(image, SMALL),
                            alt=f"draw {i + 1}: {label} {verdict}".strip(),
                        ),
                        html.Figcaption(f"{label} {'✗' * (verdict == 'refused')}"),
                    ],
                    className=verdict,
                )
                for i, (image, label, verdict) in enumerate(
                    zip(drawn.rows[:count], drawn.label, verdicts, strict=False)
                )
            ],
            className="strip",
        )
    names = [target, *map(str, drawn.rows.columns)]
    names += ["accepted"] if drawn.accepted is not None else []
    head = html.Tr([html.Th(name, scope="col") for name in names])
    lines = []
    for i in range(count):
        values = [drawn.label[i], *drawn.rows.iloc[i]]
        values += [verdicts[i]] if drawn.accepted is not None else []
        lines.append(html.Tr([html.Td(cell(v)) for v in values], className=verdicts[i]))
    return scrolled([head], lines, "New rows")


def scrolled(head, lines, caption):
    """Returns a table in a box that scrolls by itself, by keys as well."""
    table = html.Table([html.Thead(head), html.Tbody(lines)])
    return html.Div(
        table,
        className="scrolled",
        tabIndex=0,
        role="region",
        **{"aria-label": caption},
    )
