import json

import numpy as np
import pytest

from kvae.serving.generated_rows import columns_of, compare, holm, summarize

LEVEL = 0.05


def rows(stream, n, shift=0.0, bonn=0.5, holes=0.1):
    """Rows of every kind that a table may have: skew, ties, rare words, holes."""
    age = stream.gamma(2.0, 10.0, n) + shift
    age[stream.random(n) < holes] = np.nan
    rare = [*"abcdefgh"]
    return {
        "age": age,
        "rain": np.where(stream.random(n) < 0.7, 0.0, stream.exponential(3.0, n)),
        "children": stream.poisson(1.3, n).astype("float64"),
        "city": np.where(stream.random(n) < bonn, "Bonn", "Ulm").astype(object),
        "rare": stream.choice(rare, n, p=[0.9, 0.09, *[0.01 / 6] * 6]).astype(object),
        "constant": np.full(n, 7.0),
    }


def smallest(summary, later):
    return holm([p for _, p, _ in compare(summary, later)]).min()


def test_chance_alone_alarms_no_more_often_than_the_level_says():
    """1,000 models that have not changed, each described by one sample."""
    alarms = 0
    for seed in range(1000):
        stream = np.random.default_rng(seed)
        summary = summarize(rows(stream, 400))
        alarms += smallest(summary, rows(stream, 200)) <= LEVEL
    # Twice the level's standard error above it; Holm alone is below.
    assert alarms / 1000 < LEVEL + 2 * np.sqrt(LEVEL * (1 - LEVEL) / 1000)


@pytest.mark.parametrize(
    ("change", "column"),
    [({"shift": 4.0}, "age"), ({"bonn": 0.62}, "city"), ({"holes": 0.2}, "age")],
)
def test_a_real_change_alarms_nearly_always_and_is_named(change, column):
    found = 0
    for seed in range(50):
        stream = np.random.default_rng(seed)
        tests = compare(summarize(rows(stream, 2000)), rows(stream, 1000, **change))
        adjusted = holm([p for _, p, _ in tests])
        found += adjusted.min() < 0.01 and tests[np.argmin(adjusted)][0] == column
    assert found >= 48


def test_new_words_and_numbers_beyond_the_range_alarm():
    stream = np.random.default_rng(0)
    summary, later = summarize(rows(stream, 2000)), rows(stream, 1000)
    assert smallest(summary, later) > 0.05
    later["city"][:8] = "Rome"
    tests = compare(summary, later)
    (name, p, words) = min(tests, key=lambda test: test[1])
    assert (name, words) == ("city", "'Rome' did not occur") and p < 1e-3
    later = rows(stream, 1000)
    later["constant"][:6] = 9.0
    (name, p, words) = min(compare(summary, later), key=lambda test: test[1])
    assert (name, words) == ("constant", "9, where the most was 7") and p < 1e-2


def test_dates_are_shown_as_dates():
    day = 86_400.0 * np.arange(200)
    summary, later = summarize({"day": day}), {"day": day + 200 * 86_400.0}
    words = [text for _, _, text in compare(summary, later, dated=["day"])]
    assert words[0].startswith("median 1970-10-27T12:00:00 instead of 1970-04-10T12")
    assert words[2] == "1971-02-04T00:00:00, where the most was 1970-07-19T00:00:00"


def test_columns_that_come_and_go_alarm_by_themselves():
    summary = summarize({"a": np.arange(9.0), "b": np.arange(9.0)})
    later = {"a": np.array(["x"] * 9, object), "c": np.arange(9.0)}
    assert {(name, p) for name, p, _ in compare(summary, later)} == {
        ("a", 0.0), ("b", 0.0), ("c", 0.0),
    }  # fmt: skip


def test_holes_alone_and_no_holes_are_told_apart():
    summary = summarize({"a": np.full(50, np.nan)})
    assert smallest(summary, {"a": np.full(50, np.nan)}) == 1.0
    assert smallest(summary, {"a": np.arange(50.0)}) < 1e-9


def test_answers_of_every_kind_become_columns():
    answer = {
        "x": np.random.default_rng(0).random((5, 8, 8, 1)).astype("float32"),
        "label": np.array([b"cat"] * 5, object),
        "accepted": np.array([True, False, True, True, False]),
        "day": np.array([b"1.2.2020", b"", b"3.2.2020", b"4.2.2020", b"5.2.2020"]),
    }
    attributes = [{"name": "day", "dates": "%-d.%-m.%Y", "dtype": "datetime64[ns]"}]
    columns = columns_of(answer, attributes, leave_out=["label"])
    assert len([name for name in columns if name.startswith("x[")]) == 32
    assert {"mean of x", "spread of x"} < set(columns) and "label" not in columns
    assert columns["accepted"][0] == "True"
    assert np.diff(columns["day"][2:]).tolist() == [86_400.0, 86_400.0]
    assert np.isnan(columns["day"][1])
    json.dumps(summarize(columns), allow_nan=False)


def test_p_values_are_adjusted_as_by_hand():
    assert holm([0.2, 0.01, 0.03]).tolist() == pytest.approx([0.2, 0.03, 0.06])
