import pickle

import hypothesis
import hypothesis.strategies as st
import numpy as np
import pandas as pd

from kvae.preprocessing import Table


@hypothesis.given(data=st.data())
@hypothesis.settings(max_examples=200, deadline=None)
def test_inverse_of_transform_is_the_same_frame(random_frames, data):
    frame = data.draw(random_frames)
    table = Table(frame)
    back = table.inverse(table.transform(frame), frame.index)
    pd.testing.assert_frame_equal(back, frame, check_exact=True)


def test_rows_between_the_knots_come_back_to_seven_digits():
    values = np.random.default_rng(0).lognormal(sigma=3, size=5000)
    frame = pd.DataFrame({"x": values})
    table = Table(frame)
    back = table.inverse(table.transform(frame))["x"]
    np.testing.assert_allclose(back, values, rtol=1e-5)


def test_every_dtype_comes_back(every_dtype):
    table = Table(every_dtype)
    back = table.inverse(table.transform(every_dtype), every_dtype.index)
    pd.testing.assert_frame_equal(back, every_dtype)


def test_any_inputs_become_a_row_of_the_table(every_dtype):
    table = Table(every_dtype)
    x = np.random.default_rng(0).normal(scale=10, size=(50, table.width))
    frame = table.inverse(x)
    pd.testing.assert_series_equal(frame.dtypes, every_dtype.dtypes)
    for name in ("float", "int", "uint8", "date"):
        assert frame[name].min() >= every_dtype[name].min()
        assert frame[name].max() <= every_dtype[name].max()
    assert set(frame["category"].dropna()) <= {"x", "y"}


def test_no_rows_are_a_frame_of_the_same_columns(every_dtype):
    rain = np.append(np.zeros(30), np.arange(10.0))
    frame = every_dtype.iloc[list(range(4)) * 10].assign(rain=rain)
    table = Table(frame)
    assert table.transform(frame[:0]).shape == (0, table.width)
    none = table.inverse(np.zeros((0, table.width)))
    pd.testing.assert_series_equal(none.dtypes, frame.dtypes)
    assert len(none) == 0


def test_rows_taken_in_batches_are_the_same(every_dtype, monkeypatch):
    table = Table(every_dtype)
    x = table.transform(every_dtype)
    monkeypatch.setattr("kvae.preprocessing.table.MOST_NUMBERS", 1)
    np.testing.assert_array_equal(table.transform(every_dtype), x)
    back = table.inverse(x, every_dtype.index)
    pd.testing.assert_frame_equal(back, every_dtype)


def test_survives_pickling(every_dtype):
    table = pickle.loads(pickle.dumps(Table(every_dtype)))
    np.testing.assert_array_equal(
        table.transform(every_dtype), Table(every_dtype).transform(every_dtype)
    )


def test_says_what_a_new_row_can_hold():
    places = np.arange(100)
    frame = pd.DataFrame(
        {
            "rain": np.where(places < 90, 0.0, places / 7),
            "price": np.where(places < 60, 9, places % 7 + 0.99),
            "wage": 500 * places,
            "dose": np.array([1, 10, 1000])[places % 3],
            "day": 20200101 + places % 30,
            "grade": pd.Categorical(["low"] * 80 + ["mid", "high"] * 10, ordered=True),
        }
    )
    lines = Table(frame).describe()
    assert lines["remark"].to_dict() == {
        "rain": "0 in 90% of rows",
        "price": "9 in 60% of rows; in steps of 1 from 0.99",
        "wage": "in steps of 500",
        "dose": "3 values, and none between",
        "day": "dates, written YYYYMMDD",
        "grade": "low in 80% of rows",
    }
    values = lines["values"].to_dict()
    assert (values["price"], values["day"]) == ("0.99 to 9", "20200101 to 20200130")


def test_says_what_it_understood(every_dtype):
    lines = Table(every_dtype).describe()
    assert lines.loc["date", "values"].startswith("2020-01-01")
    assert lines.loc["nothing", "remark"] == "empty: kept as it is"
    assert lines.loc["uint8", "kind"] == "integer"
