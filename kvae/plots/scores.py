"""Scores over the rows of a table, one line for each method."""

from kvae.plots.palette import color_of, marker_of


def plot_scores(table, ax, xlabel, value="mean", bounds=("low", "high")):
    """Draws one line for each method over the rows of a table, on a log axis.

    Args:
        table: DataFrame with the columns row (a number > 0), method and `value`.
        ax: matplotlib Axes.
        xlabel: str, what a row counts.
        value: str, the column that is drawn.
        bounds: two columns, the ends of an interval around each point; None, or
            missing values, draw none.

    Returns:
        The Axes.
    """
    for position, (method, line) in enumerate(table.groupby("method", sort=False)):
        color = color_of(position)
        style = {"marker": marker_of(position), "ms": 4, "lw": 1.4, "color": color}
        ax.plot(line["row"], line[value], label=method, **style)
        if bounds is not None:
            # Slightly beside each other: intervals that overlap stay readable.
            x = line["row"] * 1.02**position
            low, high = (line[bound] for bound in bounds)
            ax.vlines(x, low, high, color=color, lw=1, alpha=0.6)
    rows = sorted(table["row"].unique())
    ax.set_xscale("log")
    ax.set_xticks(rows, [str(row) for row in rows], minor=False)
    ax.set_xticks([], minor=True)
    ax.tick_params("x", labelrotation=45 if len(rows) > 8 else 0)
    ax.set_xlabel(xlabel)
    for side in ("top", "right"):
        ax.spines[side].set_visible(False)
    return ax
