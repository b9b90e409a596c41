import io

import numpy as np
import pytest
import tensorflow as tf
from PIL import Image

from kvae.serving.graph.row_formats import ArrayRows, ExampleRows, PngRows


def png_file(array):
    stream = io.BytesIO()
    Image.fromarray(array).save(stream, format="PNG")
    return stream.getvalue()


def read_png(rows, files):
    return rows.read("encode", {"image_bytes": tf.constant(files, tf.string)}).numpy()


def test_reads_the_png_files_that_pillow_writes():
    grey = np.arange(64, dtype="uint8").reshape(8, 8) * 4
    rows = PngRows((8, 8, 1))
    x = read_png(rows, [png_file(grey), png_file(255 - grey)])
    np.testing.assert_allclose(x[0, ..., 0], grey / 255, atol=1e-6)
    np.testing.assert_allclose(x[1], 1 - x[0], atol=1e-6)
    assert read_png(rows, []).shape == (0, 8, 8, 1)


def test_writes_png_files_that_pillow_reads():
    x = np.random.default_rng(0).random((2, 5, 4, 3)).astype("float32")
    files = PngRows((5, 4, 3)).write(tf.constant(x))["image_bytes"].numpy()
    image = np.asarray(Image.open(io.BytesIO(files[1])))
    np.testing.assert_array_equal(image, np.round(255 * x[1]))


def test_says_what_is_wrong_with_a_png_file():
    good = png_file(np.zeros((8, 8), "uint8"))
    huge = good[:16] + b"\x7f\xff\xff\xff" * 2 + good[24:]
    for file, message in (
        (b"no image", "PNG files of a sane size"),
        (b"", "PNG files of a sane size"),
        (huge, "PNG files of a sane size"),
        (good[:40], "(?i)png"),
        (png_file(np.zeros((8, 9), "uint8")), "8 x 8 pixels"),
    ):
        with pytest.raises(tf.errors.InvalidArgumentError, match=message):
            read_png(PngRows((8, 8, 1)), [file])


def test_examples_hold_the_rows_of_another_format():
    x = np.random.default_rng(0).random((3, 4)).astype("float32")
    rows = ExampleRows(ArrayRows((4,), support=(0.0, 1.0)))
    request = rows.request(tf.constant(x))
    np.testing.assert_allclose(rows.read("encode", request), x)
    with pytest.raises(tf.errors.InvalidArgumentError, match="Could not parse"):
        rows.read("encode", {"examples": tf.constant([b"none"])})
    empty = tf.train.Example().SerializeToString()
    with pytest.raises(tf.errors.InvalidArgumentError, match="x"):
        rows.read("encode", {"examples": tf.constant([empty])})


def test_bernoulli_rows_lie_in_the_unit_range():
    rows = ArrayRows((2,), support=(0.0, 1.0))
    with pytest.raises(tf.errors.InvalidArgumentError, match="from 0 to 1"):
        rows.read("encode", {"x": tf.constant([[0.0, 2.0]])})
    rows = ArrayRows((2,), support=(-np.inf, np.inf))
    assert rows.read("encode", {"x": tf.constant([[0.0, 2.0]])}).shape == (1, 2)


def test_an_example_names_its_class_where_the_model_has_to_be_told():
    rows = ExampleRows(ArrayRows((2,), (-np.inf, np.inf)), label="buys")
    x = tf.constant([[1.0, 2.0], [3.0, 4.0]])
    tensors = rows.request(x, ["yes", "no"])
    np.testing.assert_array_equal(rows.read("encode", tensors), x)
    classes = rows.read_classes("encode_examples", tensors, ["no", "yes"])
    assert classes.numpy().tolist() == [1, 0]
    unlabelled = ExampleRows(rows.rows).request(x)
    with pytest.raises(tf.errors.InvalidArgumentError, match="buys to be one of: no"):
        rows.read_classes("encode_examples", unlabelled, ["no", "yes"])
