"""Charts of a page: results in, Vega-Lite out, by Altair; nothing is computed here.

Fields have names of ours, never those of a user's columns: a dot or a bracket in a name
means something to Vega.
"""

import math

from kvae.plots.palette import BRIGHT, GREY
from kvae.report.parts import Chart

REAL, NEW = "real", "generated"
COLORS = {REAL: BRIGHT[0], NEW: BRIGHT[1]}
MARKS = ("circle", "square", "triangle-up", "diamond", "cross", "triangle-down")
NO_LABEL = "no label"


def intervals(table, caption, xlabel, worthwhile=None):
    """Draws a line for each method: its difference to the first, and the interval.

    Args:
        table: DataFrame indexed by method: difference, difference_low and
            difference_high; methods without are left out.
        caption: str.
        xlabel: str.
        worthwhile: optional float, the least difference worth having.
    """
    import altair as alt

    table = table.dropna(subset="difference_low")
    lines = [
        {
            "method": str(method),
            "mean": float(row["difference"]),
            "low": float(row["difference_low"]),
            "high": float(row["difference_high"]),
            "sign": _sign(row),
        }
        for method, row in table.iterrows()
    ]
    order = [line["method"] for line in lines]
    y = alt.Y("method:N", sort=order, title=None, axis=alt.Axis(labelLimit=220))
    color = alt.Color(
        "sign:N",
        title="95% interval",
        scale=alt.Scale(
            domain=["above 0", "holds 0", "below 0"],
            range=[BRIGHT[2], BRIGHT[3], BRIGHT[1]],
        ),
        legend=None,
    )
    tip = [
        alt.Tooltip("method:N"),
        *(alt.Tooltip(f"{n}:Q", format="+.3f") for n in ("mean", "low", "high")),
    ]
    base = alt.Chart(alt.Data(values=lines))
    bars = base.mark_rule(strokeWidth=3).encode(
        y=y,
        x=alt.X(
            "low:Q",
            title=xlabel,
            axis=alt.Axis(tickCount=6),
            scale=alt.Scale(padding=12),  # an interval that touches the frame looks cut
        ),
        x2="high:Q",
        color=color,
        tooltip=tip,
    )
    dots = base.mark_point(filled=True, size=90, opacity=1).encode(
        y=y, x="mean:Q", color=color, tooltip=tip
    )
    marks = [{"at": 0.0, "dash": "no change"}]
    if worthwhile:
        marks.append({"at": float(worthwhile), "dash": "worth having"})
    rules = (
        alt.Chart(alt.Data(values=marks))
        .mark_rule(strokeWidth=1)
        .encode(
            x="at:Q",
            strokeDash=alt.StrokeDash(
                "dash:N", title=None, legend=alt.Legend(orient="top")
            ),
            color=alt.value(GREY),
        )
    )
    height = 34 * max(len(lines), 1)
    chart = alt.layer(rules, bars, dots).properties(width="container", height=height)
    said = "; ".join(
        f"{line['method']}: {line['mean']:+.3f}, from {line['low']:+.3f} to "
        f"{line['high']:+.3f}"
        for line in lines
    )
    return Chart(_spec(chart), caption, f"{xlabel}. {said}.")


def column(compared):
    """Draws the shares of a column's values in real and in generated rows.

    Args:
        compared: ColumnComparison of `kvae.evaluation.compare_tables`.
    """
    import altair as alt

    bars = compared.bars
    binned = bars["start"].notna().all() and len(bars) > 0
    lines = [
        {"what": line.what, "share": share, "rows": rows, "at": at}
        | ({"start": line.start, "end": line.end} if binned else {})
        for at, line in enumerate(bars.itertuples())
        for rows, share in ((REAL, line.real), (NEW, line.new))
    ]
    color = alt.Color(
        "rows:N",
        title=None,
        scale=alt.Scale(domain=list(COLORS), range=list(COLORS.values())),
        legend=alt.Legend(orient="top"),
    )
    share = alt.Axis(format="%", title="share of rows", tickCount=4)
    tip = ["what:N", "rows:N", alt.Tooltip("share:Q", format=".1%")]
    base = alt.Chart(alt.Data(values=lines))
    if binned:
        dates = compared.kind == "dates"
        kind = "T" if dates else "Q"
        title = "days" if compared.kind == "durations" else None
        axis = alt.Axis(labelOverlap=True)
        # Dates are the file's: where the page is read, midnight may be another day.
        scale = alt.Scale(type="utc") if dates else alt.Undefined
        chart = base.mark_bar(opacity=0.55).encode(
            x=alt.X(f"start:{kind}", title=title, axis=axis, scale=scale),
            x2="end",
            y=alt.Y("share:Q", stack=None, axis=share),
            y2=alt.Y2Datum(0),
            color=color,
            tooltip=tip,
        )
    else:
        order = [str(what) for what in bars["what"]]
        chart = base.mark_bar().encode(
            y=alt.Y("what:N", sort=order, title=None, axis=alt.Axis(labelLimit=140)),
            yOffset=alt.YOffset("rows:N", sort=list(COLORS)),
            x=alt.X("share:Q", axis=share),
            color=color,
            tooltip=tip,
        )
    height = 130 if binned else max(60, 22 * len(bars))
    chart = chart.properties(width="container", height=height)
    name = str(compared.name)
    text = (
        f"{name}: {compared.difference:.0%} of the generated rows would have to hold "
        f"other values to be as the real ones are; chance alone makes "
        f"{compared.by_chance:.0%}."
    )
    caption = (
        f"{name}: {compared.difference:.0%} differ ({compared.by_chance:.0%} by chance)"
    )
    return Chart(_spec(chart), caption, text)


def pairs(table, caption):
    """Draws how closely pairs of columns go together: real against generated.

    Args:
        table: DataFrame, `TableComparison.pairs`.
        caption: str.
    """
    import altair as alt

    lines = [
        {"pair": f"{line.first} × {line.second}", "real": line.real, "new": line.new}
        for line in table.itertuples()
    ]
    ends = [{"at": -1}, {"at": 1}]
    lowest = -1 if len(table) and table[["real", "new"]].min().min() < 0 else 0
    scale = alt.Scale(domain=[lowest, 1])
    diagonal = (
        alt.Chart(alt.Data(values=ends))
        .mark_line(color=GREY, strokeWidth=1, clip=True)
        .encode(x="at:Q", y="at:Q")
    )
    dots = (
        alt.Chart(alt.Data(values=lines))
        .mark_point(filled=True, size=40, opacity=0.7, color=BRIGHT[0])
        .encode(
            x=alt.X("real:Q", title="in real rows", scale=scale),
            y=alt.Y("new:Q", title="in generated rows", scale=scale),
            tooltip=[
                "pair:N",
                alt.Tooltip("real:Q", format=".2f"),
                alt.Tooltip("new:Q", format=".2f"),
            ],
        )
    )
    chart = alt.layer(diagonal, dots).properties(width="container", height=300)
    away = table["difference"].abs().mean() if len(table) else 0.0
    text = (
        f"Each of {len(table)} pairs of columns is a point: how closely they go "
        f"together in real and in generated rows. On average these are {away:.2f} "
        "apart."
    )
    return Chart(_spec(chart), caption, text)


def latent_map(points, caption, images=False):
    """Draws rows in a plane of the latent space.

    Args:
        points: DataFrame: x, y, label (str), rows (str: what a mark means, such as
            "real"), and what is shown when the pointer is on a point: name (str), and
            image (a data URI) of images.
        caption: str.
        images: bool.
    """
    import altair as alt

    lines = points.to_dict("records")
    labels = list(dict.fromkeys(sorted(points["label"])))
    kinds = list(dict.fromkeys(points["rows"]))
    # More classes than colours: those that repeat are told apart by hovering alone.
    labels = [label for label in labels if label != NO_LABEL]
    colors = [BRIGHT[i % len(BRIGHT)] for i in range(len(labels))]
    if (points["label"] == NO_LABEL).any():
        labels, colors = [*labels, NO_LABEL], [*colors, GREY]
    tip = [
        alt.Tooltip("label:N", title="class"),
        alt.Tooltip("rows:N", title="row"),
        alt.Tooltip("name:N", title="it"),
        *([alt.Tooltip("image:N")] if images else []),
    ]
    chart = (
        alt.Chart(alt.Data(values=lines))
        .mark_point(filled=True, size=45, opacity=0.65)
        .encode(
            x=alt.X("x:Q", axis=None, scale=alt.Scale(zero=False)),
            y=alt.Y("y:Q", axis=None, scale=alt.Scale(zero=False)),
            color=alt.Color(
                "label:N",
                title="class",
                scale=alt.Scale(domain=labels, range=colors),
                legend=alt.Legend(symbolLimit=40),
            ),
            shape=alt.Shape(
                "rows:N",
                title=None,
                scale=alt.Scale(domain=kinds, range=list(MARKS[: len(kinds)])),
                legend=alt.Legend(symbolFillColor=GREY, symbolStrokeColor=GREY),
            ),
            tooltip=tip,
        )
        .properties(width="container", height=420)
    )
    text = (
        f"{len(points)} rows as points in a plane of the latent space, coloured by "
        f"class: {', '.join(labels[:20])}."
    )
    return Chart(_spec(chart), caption, text)


def training(curve, caption):
    """Draws the terms of the loss over gradient steps.

    Args:
        curve: DataFrame indexed by step, a column for each term, nats per row.
        caption: str.
    """
    import altair as alt

    lines = [
        {"step": int(step), "term": str(term), "nats": float(value)}
        for term in curve.columns
        for step, value in curve[term].items()
    ]
    terms = [str(term) for term in curve.columns]
    scale = alt.Scale(domain=terms, range=list(BRIGHT[: len(terms)]))
    chart = (
        alt.Chart(alt.Data(values=lines))
        .mark_line(strokeWidth=2, point=len(curve) == 1)  # one point makes no line
        .encode(
            x=alt.X("step:Q", title="gradient steps"),
            y=alt.Y("nats:Q", title="nats per row"),
            color=alt.Color("term:N", title=None, scale=scale),
            strokeDash=alt.StrokeDash(
                "term:N", title=None, scale=alt.Scale(domain=terms)
            ),
            tooltip=["term:N", "step:Q", alt.Tooltip("nats:Q", format=".3f")],
        )
        .properties(width="container", height=220)
    )
    last = "; ".join(f"{term} ends at {curve[term].iloc[-1]:.3f}" for term in curve)
    return Chart(_spec(chart), caption, f"Over {curve.index[-1]} steps: {last} nats.")


def _sign(row):
    if row["difference_low"] > 0:
        return "above 0"
    return "below 0" if row["difference_high"] < 0 else "holds 0"


def _spec(chart):
    """Returns the dict of a chart; colours of texts and lines are the page's."""
    chart = chart.configure(background="transparent").configure_view(stroke=None)
    return _finite(chart.to_dict())


def _finite(spec):
    """Returns a spec with None for numbers that JSON has no text for."""
    if isinstance(spec, dict):
        return {key: _finite(value) for key, value in spec.items()}
    if isinstance(spec, list):
        return [_finite(value) for value in spec]
    return None if isinstance(spec, float) and not math.isfinite(spec) else spec
