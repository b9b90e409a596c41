"""Paired differences to a baseline, with their intervals."""

from kvae.evaluation.statistics import conclude

_COLORS = {"better": "C2", "worse": "C3", "cannot tell": "0.5"}


def plot_differences(table, ax, xlabel="paired difference"):
    """Draws one line for each method: its mean paired difference and interval.

    Args:
        table: DataFrame from `kvae.evaluation.compare`; methods without a difference
            (the baseline) are left out.
        ax: matplotlib Axes.
        xlabel: str.

    Returns:
        The Axes. Intervals that exclude 0 are drawn in colour, others in grey.
    """
    table = table.dropna(subset="difference")
    words = conclude(table)
    for position, (method, row) in enumerate(table.iterrows()):
        low, high = row["difference_low"], row["difference_high"]
        color = _COLORS[words[method]]
        ax.plot([low, high], [position, position], color=color, lw=2)
        ax.plot(row["difference"], position, "o", color=color)
    ax.axvline(0, color="black", lw=0.8)
    ax.set_yticks(range(len(table)), table.index)
    ax.invert_yaxis()
    ax.set_xlabel(xlabel)
    for side in ("top", "right"):
        ax.spines[side].set_visible(False)
    return ax
