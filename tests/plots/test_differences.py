import matplotlib.colors
import numpy as np

from kvae.evaluation.statistics import compare
from kvae.plots import plot_differences


def test_intervals_are_drawn_and_coloured_by_what_they_say(ax):
    stream = np.random.default_rng(0)
    base = stream.normal(0.8, 0.05, size=8)
    noise = stream.normal(0, 0.01, size=(3, 8))
    table = compare(
        {
            "real": base,
            "up": base + 0.1 + noise[0],
            "down": base - 0.1 + noise[1],
            "same": base + noise[2] - noise[2].mean(),
        },
        "real",
    )
    plot_differences(table, ax)
    assert [t.get_text() for t in ax.get_yticklabels()] == ["up", "down", "same"]
    lines = [line for line in ax.lines if len(line.get_xdata()) == 2][:3]
    for line, (_, row) in zip(lines, table.iloc[1:].iterrows(), strict=True):
        expected = [row["difference_low"], row["difference_high"]]
        np.testing.assert_allclose(line.get_xdata(), expected)
    colors = [matplotlib.colors.to_hex(line.get_color()) for line in lines]
    expected = [matplotlib.colors.to_hex(c) for c in ("C2", "C3", "0.5")]
    assert colors == expected
