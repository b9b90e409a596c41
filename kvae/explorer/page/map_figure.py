"""The points of the map, as Plotly draws them; marks of the page lie above it."""

import html

import numpy as np
import plotly.graph_objects as go

from kvae.plots.palette import BRIGHT

# Plotly's marks, and letters of the legend that look like them.
SYMBOLS = (
    ("circle", "●"),
    ("square", "■"),
    ("diamond", "◆"),
    ("triangle-up", "▲"),
    ("triangle-down", "▼"),
    ("cross", "✚"),
    ("x", "✖"),
    ("star", "★"),
    ("pentagon", "⬟"),
    ("hexagon", "⬢"),
)
NONE = "#808080"
FEW = 300  # points that have room to be larger


def mark(label):
    """Returns (colour, Plotly's symbol, letter) of a class; of -1, of no class.

    Example:
        >>> mark(-1)
        ('#808080', 'circle-open', '○')
        >>> mark(0)[2], mark(0)[1] == mark(10)[1]
        ('●', False)
    """
    if label < 0:
        return NONE, "circle-open", "○"
    # Beyond ten classes colours come again, with other marks.
    symbol, letter = SYMBOLS[(label + label // len(BRIGHT)) % len(SYMBOLS)]
    return BRIGHT[label % len(BRIGHT)], symbol, letter


def map_figure(places, label, names, known, texts):
    """Returns the figure.

    Args:
        places: float array (n, 2), fractions of the map.
        label: int array (n,), class indices, -1 = none.
        names: texts, names of the classes.
        known: bool array (n,), rows whose label is known; they are outlined.
        texts: n texts, for a look at a point.
    """
    figure, size = go.Figure(), 6 if len(places) > FEW else 9
    for c in range(-1, len(names)):
        for outlined in (False, True):
            of_kind = np.flatnonzero((label == c) & (known == outlined))
            if not len(of_kind):
                continue
            color, symbol, _ = mark(c)
            figure.add_scatter(
                x=places[of_kind, 0],
                y=places[of_kind, 1],
                mode="markers",
                text=[html.escape(texts[i]) for i in of_kind],  # Plotly knows tags
                hovertemplate="%{text}<extra></extra>",
                marker={
                    "color": color,
                    "symbol": symbol,
                    "size": size + 3 * outlined,
                    "opacity": 1.0 if outlined else 0.6,
                    "line": {"width": 1.5 * outlined, "color": "#777777"},
                },
            )
    axis = {"visible": False, "range": [0, 1], "fixedrange": True}
    figure.update_layout(
        xaxis=axis,
        yaxis=axis,
        margin=dict.fromkeys("lrtb", 0),
        showlegend=False,
        dragmode=False,
        hovermode="closest",
        hoverdistance=10,
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
        uirevision=1,
    )
    return figure
