import numpy as np
import pytest
import tensorflow as tf

from kvae.row_sums import to_rows

STREAM = np.random.default_rng(0)


def gradient(values, x, weights):
    values = tf.constant(values)
    with tf.GradientTape() as tape:
        tape.watch(values)
        loss = tf.reduce_sum(to_rows(values, x) * weights)
    return tape.gradient(loss, values).numpy()


def test_repeats_values_for_every_row():
    values = STREAM.normal(size=(2, 1, 7)).astype("float32")
    rows = to_rows(tf.constant(values), tf.zeros((2, 5, 3)))
    np.testing.assert_array_equal(rows, np.repeat(values, 5, axis=1))


@pytest.mark.parametrize("features", [1, 3, 5, 8, 9, 16, 21, 58, 120])
@pytest.mark.parametrize("batch_size", [7, 32])
def test_the_gradient_of_a_replica_is_the_same_alone_bit_by_bit(features, batch_size):
    values = STREAM.normal(size=(20, 1, features)).astype("float32")
    weights = STREAM.normal(size=(20, batch_size, features)).astype("float32")
    stack = gradient(values, weights, weights)
    np.testing.assert_allclose(stack, weights.sum(1, keepdims=True), atol=1e-4)
    for r in range(20):
        alone = gradient(values[r], weights[r], weights[r])
        np.testing.assert_array_equal(stack[r], alone)
