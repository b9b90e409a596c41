import numpy as np
import pandas as pd
import pyarrow
import pytest

from kvae.preprocessing.frame import FrameFormat, as_series


def test_every_dtype_comes_back(every_dtype):
    form = FrameFormat.of(every_dtype)
    back = form.to_frame(form.to_tensors(every_dtype), every_dtype.index)
    pd.testing.assert_frame_equal(back, every_dtype)


def test_tensors_are_float64_or_text(every_dtype):
    tensors = FrameFormat.of(every_dtype).to_tensors(every_dtype)
    for name, values in tensors.items():
        if values.dtype != "float64":
            assert all(isinstance(value, str) for value in values), name


def test_bytes_are_read_as_text():
    column = FrameFormat.of(pd.DataFrame({"a": ["ä", "b"]})).columns[0]
    back = as_series(np.array(["ä".encode(), b"", b"b"], object), column)
    assert back.isna().tolist() == [False, True, False]
    assert back[0] == "ä"


def test_levels_unseen_keep_their_spelling_apart_from_the_seen():
    frame = pd.DataFrame({"a": pd.Series([1, "x"], dtype=object)})
    form = FrameFormat.of(frame)
    other = pd.DataFrame({"a": pd.Series(["1", "y", ""], dtype=object)})
    assert form.to_tensors(other)["a"].tolist() == ["1?", "y", "?"]


def test_a_word_among_numbers_that_no_training_row_had_is_a_hole():
    form = FrameFormat.of(pd.DataFrame({"a": pd.Series([1, 2.5], dtype=object)}))
    other = pd.DataFrame({"a": pd.Series([3, "<5"], dtype=object)})
    np.testing.assert_array_equal(form.to_tensors(other)["a"], [3.0, np.nan])


@pytest.mark.parametrize("zone", [None, "Asia/Tokyo"])
def test_dates_of_arrow_come_back(zone):
    dates = pd.Series(pd.to_datetime(["2020-01-01", None, "2021-01-01"]))
    dates = dates.dt.tz_localize(zone).astype(
        pd.ArrowDtype(pyarrow.timestamp("us", tz=zone))
    )
    frame = pd.DataFrame({"d": dates})
    form = FrameFormat.of(frame)
    back = form.to_frame(form.to_tensors(frame))
    pd.testing.assert_frame_equal(back, frame)


@pytest.mark.parametrize("dtype", ["uint64", "UInt64"])
def test_numbers_beyond_float64_stay_in_their_range(dtype):
    frame = pd.DataFrame({"a": pd.Series([2**64 - 1, 2**63 + 5], dtype=dtype)})
    form = FrameFormat.of(frame)
    back = form.to_frame(form.to_tensors(frame))
    pd.testing.assert_frame_equal(back, frame)
    column = form.to_frame({"a": np.array([2.0**63, 2.0**64, 1.5 * 2**63])})["a"]
    assert column.tolist() == [2**63 + 5, 2**64 - 1, 3 * 2**62]


def test_empty_tables_are_refused():
    with pytest.raises(ValueError, match="at least one row and one column"):
        FrameFormat.of(pd.DataFrame())


def test_absent_columns_and_other_types_are_named():
    dates = pd.to_datetime(["2020-01-01", "2021-01-01"])
    form = FrameFormat.of(pd.DataFrame({"n": [1, 2], "d": dates}))
    with pytest.raises(ValueError, match=r"Absent: \['d'\]"):
        form.to_tensors(pd.DataFrame({"n": [1]}))
    with pytest.raises(ValueError, match="'n' expects real numbers.*'many'"):
        form.to_tensors(pd.DataFrame({"n": ["many"], "d": dates[:1]}))
    with pytest.raises(ValueError, match="'d' expects dates"):
        form.to_tensors(pd.DataFrame({"n": [1], "d": [3.0]}))
