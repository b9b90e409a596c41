import json

import altair as alt
import numpy as np
import pandas as pd
import pytest

from kvae.evaluation.table_comparison import compare_tables
from kvae.report import charts


def names_of_fields(spec):
    if isinstance(spec, dict):
        for key, value in spec.items():
            if key == "field":
                yield value
            elif key != "values":
                yield from names_of_fields(value)
    elif isinstance(spec, list):
        for each in spec:
            yield from names_of_fields(each)


@pytest.fixture
def frame():
    stream = np.random.default_rng(0)
    return pd.DataFrame(
        {
            "a.b[0]": stream.normal(size=100),
            "\\'": stream.choice(["[x]", "y.z"], 100),
            "day": pd.Timestamp("2024-01-01")
            + pd.to_timedelta(stream.integers(0, 900, 100), "D"),
        }
    )


def test_intervals_say_of_each_method_what_it_changes(make_intervals):
    table = make_intervals(VAE=(0.02, 0.01, 0.03), SMOTE=(-0.01, -0.03, 0.01))
    chart = charts.intervals(table, "caption", "change of F1", 0.01)
    assert "VAE: +0.020, from +0.010 to +0.030" in chart.text
    assert "real rows only" not in chart.text
    lines = chart.spec["layer"][1]["data"]["values"]
    assert [line["sign"] for line in lines] == ["above 0", "holds 0"]


def test_charts_are_of_the_schema_and_name_no_column_of_a_user(frame, make_intervals):
    compared = compare_tables(frame, frame)
    made = [charts.column(column) for column in compared.columns]
    made.append(charts.pairs(compared.pairs, "pairs"))
    made.append(charts.intervals(make_intervals(x=(0.0, -1.0, 1.0)), "", "F1"))
    for chart in made:
        alt.Chart.from_dict(chart.spec)  # raises for what Vega-Lite does not know
        assert set(names_of_fields(chart.spec)).isdisjoint(frame.columns)


def test_a_histogram_starts_at_zero(frame):
    (column,) = (c for c in compare_tables(frame, frame).columns if c.name == "a.b[0]")
    spec = charts.column(column).spec
    assert spec["encoding"]["y2"] == {"datum": 0}
    shares = [line["share"] for line in spec["data"]["values"]]
    assert sum(shares) == pytest.approx(2)  # of real rows and of generated ones


def test_rows_without_a_label_are_grey():
    points = pd.DataFrame({"x": [0.0, 1], "y": [0.0, 1], "label": ["b", "no label"]})
    points = points.assign(rows="real", name="row")
    color = charts.latent_map(points, "").spec["encoding"]["color"]["scale"]
    assert color["domain"] == ["b", "no label"] and color["range"][1] == "#808080"


def test_dates_stand_where_they_are_in_the_file_wherever_the_page_is_read(frame):
    (column,) = (c for c in compare_tables(frame, frame).columns if c.name == "day")
    assert charts.column(column).spec["encoding"]["x"]["scale"] == {"type": "utc"}


def test_numbers_without_a_text_in_json_leave_gaps():
    curve = pd.DataFrame({"loss": [1.0, np.nan], "kl": [1.0, np.inf]}, index=[5, 10])
    spec = charts.training(curve, "").spec
    json.dumps(spec, allow_nan=False)  # raises for NaN
    nats = [line["nats"] for line in spec["data"]["values"]]
    assert nats == [1.0, None, 1.0, None]


def test_a_curve_of_one_point_is_seen():
    curve = pd.DataFrame({"loss": [1.0]}, index=[5])
    assert charts.training(curve, "").spec["mark"]["point"] is True
