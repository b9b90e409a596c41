import numpy as np
import pandas as pd
import pytest

from kvae.bulk.parquet_shards import ParquetShards


def written(frame, example, path):
    ParquetShards(example).write(frame, path)
    return pd.read_parquet(path)


def test_dtypes_categories_and_holes_come_back(tmp_path, mixed_table):
    frame = mixed_table()
    frame["length"] = pd.to_timedelta(np.arange(len(frame)), "h")
    frame["zoned"] = frame["day"].dt.tz_localize("Europe/Berlin")
    back = written(frame, frame, tmp_path / "a.parquet")
    pd.testing.assert_frame_equal(back, frame)


@pytest.mark.parametrize("rows", [slice(0, 1), slice(1, None)])
def test_types_are_those_of_the_example_whatever_rows_there_are(tmp_path, rows):
    example = pd.DataFrame(
        {
            "n": pd.Series([None, 1, 2], dtype=object),
            "word": pd.Series([None, "a", "b"], dtype=object),
            "both": pd.Series([None, "a", 1], dtype=object),
            "yes": pd.Series([None, True, False], dtype=object),
        }
    )
    shards = ParquetShards(example)
    assert shards.described() == {
        "n": "int64",
        "word": "string",
        "both": "string",
        "yes": "bool",
    }
    shards.write(example[rows], tmp_path / "a.parquet")
    back = pd.read_parquet(tmp_path / "a.parquet")
    assert back.isna().to_numpy().tolist() == example[rows].isna().to_numpy().tolist()
    if rows.start:
        assert back["both"].tolist() == ["a", "1"]


def test_the_same_rows_are_the_same_bytes(tmp_path, mixed_table):
    for name in "ab":
        ParquetShards(mixed_table()).write(mixed_table(), tmp_path / name)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()
