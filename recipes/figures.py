"""What recipes with figures share: matplotlib without a window, PNG and SVG."""


def pyplot():
    """Returns matplotlib's pyplot, without a window."""
    import matplotlib

    matplotlib.use("Agg")
    # By default the names of an SVG's parts are random: same numbers, same file.
    matplotlib.rcParams["svg.hashsalt"] = "kvae"
    import matplotlib.pyplot as plt

    return plt


def save(figure, path, dpi=100):
    """Saves a figure as PNG and as SVG, and closes it.

    Args:
        figure: matplotlib Figure.
        path: of both, without the ending.
        dpi: int, of the PNG; at 100 a figure 8 inches wide is 800 pixels.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    for suffix in (".png", ".svg"):
        metadata = {"Date": None} if suffix == ".svg" else None
        name = path.with_name(path.name + suffix)
        # Tight: long names of rows are not cut off.
        figure.savefig(name, dpi=dpi, metadata=metadata, bbox_inches="tight")
    pyplot().close(figure)


def draw_curves(path, summary, xlabel, methods=(), by=None):
    """Saves weighted F1 over the rows of a table, with intervals, a line a method.

    Args:
        path: as in `save`.
        summary: DataFrame with the columns row, method, mean, low and high.
        xlabel: str, what a row counts.
        methods: names of those that are drawn, in their order; by default all.
        by: optional str, a column: a panel for each of its values.
    """
    from kvae import plots

    plt = pyplot()
    order = list(methods or dict.fromkeys(summary["method"]))
    summary = summary[summary["method"].isin(order)]
    # A colour is a method, in every panel.
    summary = summary.sort_values(
        ["method", "row"],
        key=lambda c: c.map(order.index) if c.name == "method" else c,
    )
    names = [None] if by is None else list(dict.fromkeys(summary[by].sort_values()))
    columns = min(3, len(names))
    lines = -(-len(names) // columns)
    figure, axes = plt.subplots(
        lines,
        columns,
        figsize=(7 if columns == 1 else 3.4 * columns, 0.6 + 3.4 * lines),
        squeeze=False,
        sharex=True,
        layout="constrained",
    )
    for ax in axes.flat[len(names) :]:
        ax.set_axis_off()
    for ax, name in zip(axes.flat, names, strict=False):
        table = summary if by is None else summary[summary[by] == name]
        plots.plot_scores(table, ax, xlabel)
        ax.set_title(name or "")
    for ax in axes[:, 0]:
        ax.set_ylabel("weighted F1")
    # The panels share their axis, and the last may not have all rows.
    rows = sorted(summary["row"].unique())
    axes.flat[0].set_xticks(rows, [str(row) for row in rows])
    handles, labels = axes.flat[0].get_legend_handles_labels()
    figure.legend(
        handles, labels, loc="outside lower center", ncols=2, frameon=False, fontsize=8
    )
    save(figure, path, dpi=100)
