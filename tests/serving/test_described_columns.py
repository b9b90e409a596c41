import json

import numpy as np
import pandas as pd
import pytest

from kvae.preprocessing import Table
from kvae.serving import described_columns
from kvae.serving.graph.table_columns import TableRows


def every_dtype(n=40):
    stream = np.random.default_rng(0)
    whole = stream.integers(0, 1000, n)
    times = pd.Series(pd.to_datetime(999_997_200 + 3600 * whole, unit="s"))
    frame = pd.DataFrame(
        {
            "z last": whole,
            "float": np.round(stream.normal(size=n), 3),
            "float32": np.round(stream.normal(size=n), 2).astype("float32"),
            "small": whole.astype("int16"),
            "large": np.uint64(2**63) + whole.astype("uint64") * np.uint64(2**50),
            "nullable": pd.array(whole, "Int64"),
            "bool": whole % 2 == 0,
            "truth": pd.array(whole % 3 == 0, "boolean"),
            "words": stream.choice(np.array(["a", "b", None], object), n),
            "numbers as words": pd.Series([1, "1", 2.5, None] * (n // 4), dtype=object),
            "numbers as objects": pd.Series([1, 7, 9, None] * (n // 4), dtype=object),
            "category": pd.Categorical(stream.choice([3, 1, 2], n), [3, 1, 2, 8]),
            "order": pd.Categorical(
                stream.choice(["lo", "mid", "hi"], n), ["lo", "mid", "hi"], ordered=True
            ),
            "string": pd.array(stream.choice(["x", "y", "w"], n), "string"),
            "day": times.dt.normalize(),
            "time": times,
            "zoned": times.dt.tz_localize("UTC").dt.tz_convert("Europe/Berlin"),
            "fixed": times.dt.tz_localize("UTC").dt.tz_convert("UTC+01:00"),
            "coarse": times.astype("datetime64[s]"),
            "length": pd.to_timedelta(whole, unit="min"),
            "constant": 7,
            "empty": pd.Series(np.nan, index=range(n)),
            "a first": whole[::-1],
        }
    )
    holed = ("float", "nullable", "truth", "order", "string", "time", "zoned", "length")
    for i, name in enumerate(holed):
        frame.loc[i::7, name] = pd.NA if name in ("nullable", "truth") else None
    return frame


FORMS = {"day": "%d.%m.%Y", "fixed": "%d/%m/%Y %H:%M+01:00", "length": "%H:%M"}


@pytest.mark.parametrize("formats", [None, FORMS])
def test_answers_become_the_table_s_own_rows(formats):
    frame = every_dtype()
    table = Table(frame)
    rows = TableRows(table, "label", formats)
    described = described_columns.describe(table, rows)
    described = json.loads(json.dumps(described))  # as it travels
    answer = {k: v.numpy() for k, v in rows.write(table.transform(frame)).items()}
    answer = {key: answer[key] for key in sorted(answer)}  # as a server sends them
    answer["label"] = np.array([b"yes"] * len(frame), object)
    back = described_columns.as_frame(answer, described)
    assert back.columns.tolist() == [*frame.columns, "label"]
    expected = table.inverse(table.transform(frame))
    pd.testing.assert_frame_equal(back[frame.columns.tolist()], expected)


def test_columns_that_are_no_strings_keep_their_names():
    frame = pd.DataFrame({0: [1, 2, 3], 1: ["a", "b", "c"]})
    table = Table(frame)
    rows = TableRows(table, "label")
    answer = {k: v.numpy() for k, v in rows.write(table.transform(frame)).items()}
    back = described_columns.as_frame(answer, described_columns.describe(table, rows))
    pd.testing.assert_frame_equal(back, frame)


def test_a_dtype_that_is_not_here_leaves_the_column_as_it_came():
    described = [{"name": "n", "kind": "integer", "dtype": "nothing like it"}]
    frame = described_columns.as_frame({"n": np.array([1, 2])}, described)
    assert frame["n"].tolist() == [1, 2]


def test_words_that_stand_for_other_things_stay_words():
    spans = pd.Series(pd.interval_range(0, 4).take([0, 1, 2, 3] * 5))
    table = Table(spans.astype(object).to_frame("span"))
    rows = TableRows(table, "label")
    described = json.loads(json.dumps(described_columns.describe(table, rows)))
    answer = {"span": np.array([b"(0, 1]"], object)}
    frame = described_columns.as_frame(answer, described)
    assert frame["span"].tolist() == ["(0, 1]"]
