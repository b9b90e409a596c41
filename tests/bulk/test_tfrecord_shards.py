import pandas as pd
import pytest
import tensorflow as tf

from kvae.bulk.tfrecord_shards import TFRecordShards


def test_tensorflow_reads_numbers_words_dates_and_holes(tmp_path, mixed_table):
    frame = mixed_table()
    shards = TFRecordShards(frame)
    shards.write(frame, tmp_path / "a.tfrecord")
    spec = {
        "size": tf.io.FixedLenFeature([], tf.float32, float("nan")),
        "count": tf.io.FixedLenFeature([], tf.int64, -1),
        "colour": tf.io.FixedLenFeature([], tf.string),
        "word": tf.io.FixedLenFeature([], tf.string, ""),
        "day": tf.io.FixedLenFeature([], tf.string, ""),
        "yes": tf.io.FixedLenFeature([], tf.int64),
    }
    assert list(shards.described()) == list(spec)
    data = tf.data.TFRecordDataset(str(tmp_path / "a.tfrecord"))
    rows = [tf.io.parse_single_example(row, spec) for row in data]
    back = pd.DataFrame([{k: v.numpy() for k, v in row.items()} for row in rows])
    assert back["size"].isna().equals(frame["size"].isna())
    assert back["size"].dropna().tolist() == pytest.approx(frame["size"].dropna())
    assert back["count"].tolist() == frame["count"].fillna(-1).tolist()
    assert back["colour"].str.decode("utf-8").tolist() == frame["colour"].tolist()
    assert (
        back["word"].str.decode("utf-8").tolist() == frame["word"].fillna("").tolist()
    )
    assert back["day"][1] == frame["day"][1].isoformat().encode()
    assert back["day"][0] == b""
    assert back["yes"].astype(bool).tolist() == frame["yes"].tolist()


def test_a_folder_that_is_not_there_is_an_error_of_the_system(tmp_path, mixed_table):
    with pytest.raises(OSError, match="No such file"):
        TFRecordShards(mixed_table()).write(mixed_table(), tmp_path / "no/a.tfrecord")
