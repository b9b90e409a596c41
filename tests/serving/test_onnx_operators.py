"""Each operation alone: TensorFlow's answer, and that of the ONNX file."""

import numpy as np
import onnxruntime
import pytest
import tensorflow as tf
import tf2onnx

from kvae.serving.onnx_operators import handlers


def answers(function, *arrays, tables=None):
    """Returns what TensorFlow answers, and what ONNX Runtime does."""
    specs = [
        tf.TensorSpec([None] * array.ndim, tf.as_dtype(array.dtype), f"x{i}")
        for i, array in enumerate(arrays)
    ]
    graph = tf.function(function, input_signature=specs, autograph=False)
    model, _ = tf2onnx.convert.from_function(
        graph,
        input_signature=specs,
        opset=18,
        extra_opset=[tf2onnx.constants.AI_ONNX_ML_OPSET],
        custom_op_handlers=handlers(tables or {}),
    )
    for opset in model.opset_import:
        opset.version = 20 if opset.domain == "" else opset.version
    session = onnxruntime.InferenceSession(model.SerializeToString())
    feeds = {f"x{i}": array for i, array in enumerate(arrays)}
    (found,) = session.run(None, feeds)
    expected = graph(*map(tf.constant, arrays)).numpy()
    if expected.dtype == object:
        expected = np.array([text.decode() for text in expected], object)
    return expected, found


def same(function, *arrays, tolerance=0.0):
    expected, found = answers(function, *arrays)
    assert found.dtype == expected.dtype
    if tolerance:
        np.testing.assert_allclose(found, expected, rtol=0, atol=tolerance)
    else:
        np.testing.assert_array_equal(found, expected)


def word(value):
    return tf.constant(value, tf.uint64)


def test_products_and_sums_of_words_wrap_round():
    def mixed(x):
        bits = tf.cast(x, tf.uint64) * word(0x9E3779B97F4A7C15) + word(2**63 + 11)
        bits = tf.bitwise.bitwise_xor(bits, tf.bitwise.right_shift(bits, word(30)))
        return tf.cast(tf.bitwise.right_shift(bits, word(1)), tf.int64)

    same(mixed, np.array([0, 1, -1, 2**62, -(2**63), 2**63 - 1], "int64"))
    same(lambda x: x * 3.0 + 1.0, np.array([0.5, -2.0], "float32"))


def test_numbers_are_rounded_to_the_number_nearest_to_their_text():
    def rounded(x):
        hole, text = tf.math.is_nan(x), tf.strings.as_string(x, precision=2)
        number = tf.strings.to_number(tf.where(hole, "0", text), tf.float64)
        return tf.where(hole, x, number)

    grid = np.arange(-5000, 5000) / 100 + 1e-9
    same(rounded, np.append(grid, [1.7100000000000002, 1e6 / 3, np.nan]))


@pytest.mark.parametrize("width", [2, 4, 9])
def test_whole_numbers_fill_their_width_with_zeros(width):
    numbers = np.array([0, 7, 10, 99], "int64")
    same(lambda x: tf.strings.as_string(x, width=width, fill="0"), numbers)


def test_whole_numbers_as_texts():
    same(tf.strings.as_string, np.array([0, -7, 2**62], "int64"))


def test_minus_zero_is_negative():
    def negative(x):
        bits = tf.bitwise.bitwise_and(tf.bitcast(x, tf.int32), tf.int32.min)
        return bits < 0

    same(negative, np.array([-0.0, 0.0, -1.5, 2.0, -np.inf, np.inf], "float32"))


def test_the_complement_of_the_error_function():
    same(tf.math.erfc, np.linspace(-5, 5, 101, dtype="float32"), tolerance=2e-7)


def test_texts_are_joined_with_single_texts():
    texts = np.array(["a", "", "ü"], object)
    same(lambda x, y: tf.strings.join([x, "-", y, "."]), texts, texts)


def test_texts_are_compared():
    same(lambda x: tf.equal(x[:, None], ["a", "ü"]), np.array(["ü", "a", "b"], object))


def test_places_among_sorted_numbers():
    numbers = np.sort(np.random.default_rng(0).normal(size=(2, 9)), axis=1)
    values = np.append(numbers[:, ::2], [[-9.0, 9.0]] * 2, axis=1)
    same(
        lambda x, y: tf.searchsorted(x, y, side="right"),
        numbers.astype("float64"),
        values,
    )


def test_places_among_no_numbers():
    same(
        lambda x: tf.searchsorted(tf.zeros(0, tf.int64), x, "right"), np.array([3, -1])
    )


def test_a_single_value_gets_an_axis():
    same(lambda x: tf.cast(x, tf.int64)[..., None], np.array(3, "int32"))


def test_a_node_with_a_table_looks_up():
    texts = np.array(["b", "a", "c"], object)
    table = np.array([b"a", b"b"], object), np.array([5, 6])
    tables = {"StringLength": table}
    _, found = answers(tf.strings.length, texts, tables=tables)
    assert found.tolist() == [6, 5, -1]
