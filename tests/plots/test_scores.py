import numpy as np
import pandas as pd

from kvae.plots import plot_scores


def table():
    rows = [2, 10, 100]
    parts = [
        pd.DataFrame({"row": rows, "method": name, "mean": mean})
        for name, mean in (("real", [0.6, 0.8, 0.9]), ("noise", [0.5, 0.8, 0.95]))
    ]
    table = pd.concat(parts, ignore_index=True)
    return table.assign(low=table["mean"] - 0.01, high=table["mean"] + 0.02)


def test_one_line_with_intervals_for_each_method(ax):
    plot_scores(table(), ax, "rows per class")
    real, noise = ax.lines
    np.testing.assert_allclose(real.get_ydata(), [0.6, 0.8, 0.9])
    np.testing.assert_allclose(noise.get_xdata(), [2, 10, 100])
    assert noise.get_label() == "noise"
    bounds = ax.collections[1].get_segments()
    np.testing.assert_allclose([s[:, 1] for s in bounds][0], [0.49, 0.52])
    assert [t.get_text() for t in ax.get_xticklabels()] == ["2", "10", "100"]
    assert ax.get_xscale() == "log"


def test_another_column_without_intervals(ax):
    plot_scores(table().rename(columns={"mean": "deck"}), ax, "rows", "deck", None)
    assert len(ax.lines) == 2
    assert len(ax.collections) == 0
