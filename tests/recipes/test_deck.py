import numpy as np
import pandas as pd

from kvae.evaluation import tables


def results(runs):
    stream = np.random.default_rng(0)
    base = stream.normal(0.8, 0.02, size=runs)
    up = base + 0.1 + stream.normal(0, 0.01, size=runs)
    parts = [
        pd.DataFrame(
            {
                "classifier": "MLP",
                "method": name,
                "seed": range(runs),
                "weighted_f1": f1,
            }
        )
        for name, f1 in (("real", base), ("up", up))
    ]
    return pd.concat(parts)


def summarized(runs):
    return tables.summarize(results(runs), ["classifier"]).set_index("method")


def test_reads_as_means_with_intervals():
    table = summarized(12)
    printed = tables.readable(table)
    row = table.loc["up"]
    expected = f"{row['mean']:.3f} [{row['low']:.3f}, {row['high']:.3f}]"
    assert printed.loc["up", "weighted F1"] == expected
    assert printed.loc["up", "paired difference"].startswith(
        f"{row['difference']:+.3f} ["
    )
    assert printed.loc["up", "p (Holm)"] == "<0.001"
    assert list(printed.loc["real"])[1:] == ["", ""]


def test_says_in_words_what_the_intervals_show():
    table = summarized(12)
    words = tables.in_words(table, "MLP")
    assert "better       up\n" in words
    assert "worse        none" in words


def test_a_single_run_gives_means_without_intervals():
    table = summarized(1)
    assert "[" not in tables.readable(table).to_string()
    assert tables.in_words(table, "MLP") == ""
