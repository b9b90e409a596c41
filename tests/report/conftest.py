"""Results that pages are made of."""

import numpy as np
import pandas as pd
import pytest

from kvae.report.page import Page, Section
from kvae.report.parts import Beside, Command, Fold, Grid, Notes, Picture, Text, png_uri


@pytest.fixture(scope="session")
def make_intervals():
    """Makes a table of paired differences from {method: (difference, low, high)}."""

    def make(**methods):
        lines = {"real rows only": (np.nan, np.nan, np.nan), **methods}
        names = ["difference", "difference_low", "difference_high"]
        table = pd.DataFrame(lines.values(), index=list(lines), columns=names)
        means = 0.8 + table["difference"].fillna(0)
        return table.assign(mean=means, low=means, high=means, runs=100, p=0.5)

    return make


@pytest.fixture(scope="session")
def make_page(make_intervals):
    """Makes a page with one of each part, in which every text is `text`."""
    from kvae.evaluation.table_comparison import compare_tables
    from kvae.report import charts

    def make(text="plain", rows=40):
        stream = np.random.default_rng(0)
        frame = pd.DataFrame(
            {
                f"{text}": stream.choice([text, "other"], rows),
                "number": stream.normal(size=rows),
                "day": pd.Timestamp("2024-01-01")
                + pd.to_timedelta(stream.integers(0, 900, rows), "D"),
            }
        )
        compared = compare_tables(frame, frame[::-1])
        points = pd.DataFrame(
            {
                "x": stream.normal(size=rows),
                "y": stream.normal(size=rows),
                "label": frame[text],
                "rows": "real",
                "name": text,
                "image": png_uri(np.zeros((4, 4))),
            }
        )
        curve = pd.DataFrame({"loss": [3.0, 2.0]}, index=[50, 100])
        table = make_intervals(**{text: (0.02, 0.01, 0.03)})
        picture = Picture(png_uri(np.eye(8)), text, text)
        columns = Beside(tuple(charts.column(column) for column in compared.columns))
        return Page(
            title=text,
            answer=text,
            reasons=(text,),
            next_steps=(Command(text, text),),
            beside=charts.intervals(table, text, text, 0.01),
            sections=(
                Section(text, (Text(text), Notes((text,)), columns)),
                Section(
                    "rows",
                    (Grid.of(frame, text, browsable=True, order=(2, "desc")),),
                ),
                Section("map", (charts.latent_map(points, text, images=True), picture)),
                Section("more", (Fold(text, (charts.training(curve, text),)),)),
                Section("pairs", (charts.pairs(compared.pairs, text),)),
            ),
        )

    return make
