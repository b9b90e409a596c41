import numpy as np
import pandas as pd
import tensorflow as tf

from kvae.training.row_summaries import (
    in_unit,
    write_histograms,
    write_pictures,
    write_tables,
)


def written(folder, write):
    """Returns {tag: array} of what a function writes."""
    with tf.summary.create_file_writer(str(folder)).as_default(step=3):
        write()
    found = {}
    for path in folder.iterdir():
        for event in tf.compat.v1.train.summary_iterator(str(path)):
            for value in event.summary.value:
                assert event.step == 3
                found[value.tag] = tf.make_ndarray(value.tensor)
    return found


def test_pictures_have_rows_above_their_reconstructions(tmp_path):
    rng = np.random.default_rng(0)
    rows, back = rng.random((2, 3, 4, 4, 1))
    drawn = rng.random((5, 4, 4, 3))
    found = written(tmp_path, lambda: write_pictures(255 * rows, back, drawn))
    *size, png = found["reconstructions"]
    assert [int(side) for side in size] == [1 + 3 * 5, 1 + 2 * 5]
    picture = tf.io.decode_png(png).numpy()[..., 0] / 255
    np.testing.assert_allclose(
        picture[1:5, 6:10], in_unit(255 * rows)[1, ..., 0], atol=0.01
    )
    np.testing.assert_allclose(picture[6:10, 11:15], back[2, ..., 0], atol=0.01)
    assert set(picture[0]) == set(picture[:, 5]) == {127 / 255}  # lines between
    assert tf.io.decode_png(found["samples"][2]).shape == (11, 16, 3)


def test_without_samples_there_are_reconstructions_alone(tmp_path):
    rows = np.zeros((2, 4, 4, 1))
    found = written(tmp_path, lambda: write_pictures(rows, rows, rows[:0]))
    assert list(found) == ["reconstructions"]


def test_a_table_shows_each_row_with_its_reconstruction_below(tmp_path):
    shown = pd.DataFrame({"a|b": [1.23456, 2], "c": ["x", "y"]}, index=[4, 7])
    back = pd.DataFrame({"a|b": [1.5, 2.5], "c": ["x", "x"]})
    found = written(tmp_path, lambda: write_tables(shown, back, back, samples=1))
    assert found["reconstructions"].item().decode().splitlines() == [
        "|  | a\\|b | c |",
        "| --- | --- | --- |",
        "| row 4 | 1.23 | x |",
        "| back | 1.5 | x |",
        "| row 7 | 2 | y |",
        "| back | 2.5 | x |",
    ]
    assert len(found["samples"].item().decode().splitlines()) == 3


def test_histograms_count_the_known_numbers_of_rows_and_samples(tmp_path):
    real = pd.DataFrame({"n": [1.0, np.nan, 3.0], "word": list("abc")})
    found = written(tmp_path, lambda: write_histograms(real, real.iloc[:1]))
    assert sorted(found) == ["n/rows", "n/samples"]
    assert found["n/rows"][:, 2].sum() == 2
    assert found["n/samples"][:, 2].sum() == 1
