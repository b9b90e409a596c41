"""Frames as JSON and arrays, and back."""

import json

import numpy as np
import pandas as pd
import pytest

from kvae.resampling.plain_frames import zone, zone_name
from kvae.resampling.plain_values import Reader, Writer


def again(value):
    writer = Writer()
    plain = json.loads(json.dumps(writer.plain(value), allow_nan=False))
    return Reader(writer.arrays).value(plain)


def test_frames_of_every_dtype_come_back(every_dtype):
    pd.testing.assert_frame_equal(again(every_dtype), every_dtype)
    empty = every_dtype.iloc[:0]
    pd.testing.assert_frame_equal(again(empty), empty)


def test_arrow_s_dtypes_come_back():
    pytest.importorskip("pyarrow")
    frame = pd.DataFrame({"n": [1, None], "t": ["a", None]})
    frame["day"] = pd.to_datetime(["2020-01-01", None]).tz_localize("Asia/Tokyo")
    frame = frame.convert_dtypes(dtype_backend="pyarrow")
    frame["text"] = pd.array(["a", None], pd.StringDtype("python"))
    pd.testing.assert_frame_equal(again(frame), frame)


@pytest.mark.parametrize(
    "index",
    [
        pd.RangeIndex(2, 8, 3, name="n"),
        pd.MultiIndex.from_product([["a", "b"], [1, 2]], names=["x", None]),
        pd.Index(["a", 1, None], dtype=object),
        pd.DatetimeIndex(["2020-01-01", "2020-02-01", None], tz="UTC"),
        pd.interval_range(0, 3),
        pd.CategoricalIndex(["a", "b", "a"], ordered=True),
    ],
)
def test_indexes_come_back(index):
    pd.testing.assert_index_equal(again(index), index)
    series = pd.Series(np.arange(len(index)), index, name=("a", 1))
    pd.testing.assert_series_equal(again(series), series)


@pytest.mark.parametrize(
    "value",
    [
        pd.Timestamp("2020-01-01 00:00:00.123456789"),
        pd.Timestamp("2020-10-25 01:30", tz="UTC").tz_convert("Europe/Berlin"),
        pd.Timestamp("1066-10-14").as_unit("s"),
        pd.Timedelta(days=-1, nanoseconds=3),
        pd.Period("2020Q3", "Q"),
        pd.Interval(1, 2.5, closed="left"),
        pd.CategoricalDtype([3, 1], ordered=True),
        pd.SparseDtype("float64", 0.0),
        np.dtype("<U3"),
    ],
    ids=repr,
)
def test_scalars_and_dtypes_come_back(value):
    assert again(value) == value and type(again(value)) is type(value)


def test_what_stands_for_a_hole_comes_back():
    assert again([pd.NA, pd.NaT, None]) == [pd.NA, pd.NaT, None]


def test_a_name_finds_its_zone_again():
    assert str(zone("Asia/Tokyo")) == "Asia/Tokyo" and zone(zone_name(None)) is None


def test_a_zone_without_a_name_is_refused():
    import datetime

    class Mine(datetime.tzinfo):
        """A zone that no one knows."""

    with pytest.raises(TypeError, match="the time zone"):
        zone_name(Mine())
