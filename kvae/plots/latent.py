"""Rows in latent space, by class."""

import numpy as np

from kvae.plots.palette import color_of


def plot_latent(points, labels, class_names, ax, marked=None, named=False):
    """Draws points in the plane, one colour for each class.

    Args:
        points: float array (N, 2).
        labels: int array (N,), class indices.
        class_names: K strings.
        ax: matplotlib Axes.
        marked: optional int array of positions that get a larger, outlined mark.
        named: bool, whether a class's name stands in the middle of its points instead
            of in a legend beside them.

    Returns:
        The Axes.
    """
    marked = np.array([], int) if marked is None else np.asarray(marked)
    for label, name in enumerate(class_names):
        color = color_of(label)
        of_class = np.flatnonzero(labels == label)
        ax.scatter(
            *points[of_class].T,
            s=6,
            alpha=0.4,
            color=color,
            linewidths=0,
            rasterized=True,
        )
        marked_of_class = marked[labels[marked] == label]
        style = {"s": 40, "edgecolors": "black", "color": color, "linewidths": 0.8}
        ax.scatter(*points[marked_of_class].T, **style)
        ax.scatter([], [], s=30, color=color, label=name)
        if named and len(of_class):
            text = ax.text(*np.median(points[of_class], axis=0), name, color="white")
            text.set(ha="center", va="center", fontweight="bold", fontsize="medium")
            text.set_bbox({"boxstyle": "round,pad=0.15", "fc": color, "lw": 0})
    if not named:
        ax.legend(
            frameon=False,
            fontsize="small",
            ncols=1 if len(class_names) <= 5 else 2,
            loc="upper left",
            bbox_to_anchor=(1.0, 1.0),
            handletextpad=0.1,
            columnspacing=0.5,
        )
    ax.set_xticks([])
    ax.set_yticks([])
    return ax
