"""The trials of a search: score against each hyperparameter."""

import numpy as np
import pandas as pd
from matplotlib.ticker import NullFormatter


def plot_trials(table, names, axes, ylabel="score"):
    """Draws the score of every trial against each of some hyperparameters.

    Args:
        table: DataFrame from `kvae.tuning.trials_table`, the best trial first.
        names: list of hyperparameters, columns of it.
        axes: as many matplotlib Axes.
        ylabel: str.

    Returns:
        The Axes. The best trial is drawn as a star; numbers that span more than a
        factor of 20 are on a logarithmic scale, words get a place each.
    """
    done = table.dropna(subset="score")
    for ax, name in zip(axes, names, strict=True):
        there = done[done[name].notna()]
        values = there[name]
        numeric = pd.api.types.is_numeric_dtype(values) and values.dtype != bool
        numeric = numeric or values.map(lambda v: isinstance(v, int | float)).all()
        if not numeric or values.map(lambda v: isinstance(v, bool)).any():
            words = sorted(values.astype(str).unique())
            position = values.astype(str).map(words.index).to_numpy(float)
            ax.set_xticks(range(len(words)), words, rotation=20 * (len(words) > 3))
            ax.set_xlim(-0.5, len(words) - 0.5)
        else:
            position = values.to_numpy(float)
            if len(position) and position.min() > 0:
                if position.max() / position.min() > 20:
                    ax.set_xscale("log")
                    ax.xaxis.set_minor_formatter(NullFormatter())
        ax.plot(position, there["score"], "o", color="C0", alpha=0.6, ms=5)
        if len(done) and done.index[0] in there.index:
            best = np.flatnonzero(there.index == done.index[0])[0]
            ax.plot(position[best], there["score"].iloc[best], "*", color="C3", ms=14)
        ax.set_xlabel(name)
        for side in ("top", "right"):
            ax.spines[side].set_visible(False)
    if len(axes):
        axes[0].set_ylabel(ylabel)
    return axes
