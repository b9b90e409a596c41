import numpy as np
import pandas as pd

from kvae.serving.typed_inputs import typed, typed_column


def test_amounts_seeds_and_columns_have_the_dtypes_of_the_signatures():
    arrays = typed({"n": 3, "seed": 2**40, "noise": 0.5, "age": [1, 2], "class": None})
    found = {name: array.dtype.name for name, array in arrays.items()}
    assert found == {
        "n": "int32", "seed": "int64", "noise": "float32", "age": "float64",
    }  # fmt: skip


def test_holes_are_nan_or_nothing():
    assert np.isnan(typed_column(pd.Series([1, None], dtype="Int64"))[1])
    assert typed_column(pd.Series(["a", None])).tolist() == ["a", ""]
    assert typed_column(pd.Series([True, False])).tolist() == ["True", "False"]


def test_dates_travel_as_iso_and_lengths_as_hours():
    times = pd.Series(pd.to_datetime(["2019-07-01T12:00:00.5", None], utc=True))
    berlin = times.dt.tz_convert("Europe/Berlin")
    assert typed_column(berlin).tolist() == ["2019-07-01T14:00:00.500000+02:00", ""]
    lengths = pd.Series(pd.to_timedelta([-1.5, 90_061], unit="s"))
    texts = typed_column(lengths)
    assert texts.tolist() == ["-00:00:01.500000000", "25:01:01.000000000"]
    assert (pd.to_timedelta(texts) == lengths).all()
