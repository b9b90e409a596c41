import numpy as np
import pandas as pd
import pytest
from scipy import stats

from kvae.evaluation.statistics import (
    bootstrap_interval,
    compare,
    conclude,
    mean_interval,
)

STREAM = np.random.default_rng(0)


def test_intervals_agree_with_scipy():
    values = STREAM.normal(size=12)
    mean, low, high = mean_interval(values)
    expected = stats.ttest_1samp(values, 0).confidence_interval(0.95)
    np.testing.assert_allclose([low, high], expected)
    assert mean == values.mean()


def test_intervals_cover_the_mean_as_often_as_they_say():
    hits = 0
    for _ in range(1000):
        _, low, high = mean_interval(STREAM.normal(0.3, 1, size=8))
        hits += low < 0.3 < high
    assert 925 < hits < 975


def test_a_single_run_has_no_interval():
    mean, low, high = mean_interval([0.5])
    assert mean == 0.5
    assert np.isnan([low, high]).all()


def test_the_bootstrap_sees_runs_and_rows():
    # Two-way model: the variance of the mean is that of runs plus that of rows.
    runs, rows = STREAM.normal(size=(30, 1)), STREAM.normal(size=(1, 200))
    values = 0.2 * runs + rows
    mean, low, high = bootstrap_interval(values)
    spread = np.sqrt((0.2 * runs).var() / 30 + rows.var() / 200)
    np.testing.assert_allclose(mean, values.mean())
    np.testing.assert_allclose((high - low) / 2, 1.96 * spread, rtol=0.1)
    assert bootstrap_interval(values) == bootstrap_interval(values)


def frame(runs):
    base = STREAM.normal(0.8, 0.05, size=runs)
    return pd.DataFrame(
        {
            "real": base,
            "better": base + STREAM.normal(0.03, 0.01, size=runs),
            "same": base + STREAM.normal(0.0, 0.01, size=runs),
            "copy": base,
        }
    )


def test_differences_are_paired():
    scores = frame(12)
    table = compare(scores, "real")
    for method in ("better", "same"):
        test = stats.ttest_rel(scores[method], scores["real"])
        low, high = test.confidence_interval(0.95)
        row = table.loc[method]
        np.testing.assert_allclose(row["difference_low"], low)
        np.testing.assert_allclose(row["difference_high"], high)
        assert row["low"] < row["mean"] < row["high"]
    assert table.loc["better", "difference_low"] > 0
    assert np.isnan(table.loc["real", "difference"])


def test_p_values_are_corrected_as_holm_did():
    scores = frame(12)
    raw = {
        name: stats.ttest_rel(scores[name], scores["real"]).pvalue
        for name in ("better", "same")
    } | {"copy": 1.0}
    order = sorted(raw, key=raw.get)
    expected, largest = {}, 0.0
    for i, name in enumerate(order):
        largest = max(largest, min(1.0, (3 - i) * raw[name]))
        expected[name] = largest
    table = compare(scores, "real")
    for name, p in expected.items():
        np.testing.assert_allclose(table.loc[name, "p"], p)


def test_below_ten_runs_there_is_no_p():
    table = compare(frame(9), "real")
    assert "p" not in table
    assert table["difference_low"].notna().sum() == 3


def test_under_the_null_it_rarely_finds_anything():
    found = 0
    for _ in range(40):
        scores = {name: STREAM.normal(size=10) for name in "abcdef"}
        found += (compare(scores, "a")["p"] < 0.05).any()
    assert found < 8  # 2 expected


def test_one_run_gives_means_only():
    table = compare(frame(1), "real")
    assert table["mean"].notna().all()
    assert table["difference_low"].isna().all()


def test_the_confidence_asked_for_is_used_everywhere():
    scores = frame(12)
    wide, narrow = compare(scores, "real", 0.99), compare(scores, "real", 0.5)
    for low in ("low", "difference_low"):
        assert (wide[low].dropna() <= narrow[low].dropna()).all()
        assert (wide[low].dropna() < narrow[low].dropna()).any()


def test_conclusions_follow_the_intervals():
    table = pd.DataFrame(
        {
            "difference": [np.nan, 0.1, -0.1, 0.0],
            "difference_low": [np.nan, 0.05, -0.2, -0.1],
            "difference_high": [np.nan, 0.2, -0.05, 0.1],
        },
        index=["real", "up", "down", "same"],
    )
    assert conclude(table).to_dict() == {
        "up": "better",
        "down": "worse",
        "same": "cannot tell",
    }


def test_says_what_is_wrong():
    with pytest.raises(KeyError, match="'real', 'better'.*Received: 'none'"):
        compare(frame(3), "none")
    scores = frame(3)
    scores.loc[1, "same"] = np.nan
    with pytest.raises(ValueError, match="Every method needs every seed"):
        compare(scores, "real")
