import keras
import numpy as np
import pytest

from kvae.layers import ReplicatedDense
from kvae.layers.replicated import expect_replica_axis, normalize_seeds

X = np.random.default_rng(0).normal(size=(3, 5, 7)).astype("float32")


def test_equals_a_loop_over_keras_dense():
    layer = ReplicatedDense(4, "tanh", seeds=(0, 1, 2), name="dense")
    y = layer(X)
    for r in range(3):
        dense = keras.layers.Dense(4, "tanh")
        dense.build(X[r].shape)
        dense.set_weights([layer.kernel[r], layer.bias[r, 0]])
        np.testing.assert_allclose(y[r], dense(X[r]), rtol=1e-5, atol=1e-6)


def test_a_replica_starts_the_same_alone_and_in_any_place():
    stack = ReplicatedDense(4, seeds=(5, 6, 7), name="dense")(X)
    other = ReplicatedDense(4, seeds=(7, 9, 5), name="dense")(X[[2, 1, 0]])
    alone = ReplicatedDense(4, seeds=5, name="dense")(X[0])
    np.testing.assert_allclose(stack[0], alone, rtol=1e-6)
    np.testing.assert_allclose(stack[0], other[2], rtol=1e-6)
    np.testing.assert_allclose(stack[2], other[0], rtol=1e-6)


def test_the_stack_has_the_spread_of_a_plain_layer():
    # Glorot on (R, in, out) would count R as receptive field: 10 times too narrow.
    layer = ReplicatedDense(200, seeds=range(100), name="dense")
    layer.build((100, None, 100))
    expected = np.sqrt(2 / (100 + 200))
    np.testing.assert_allclose(np.std(layer.kernel), expected, rtol=0.01)


def test_names_give_different_weights():
    first, second = (ReplicatedDense(4, seeds=0, name=name) for name in "ab")
    assert not np.allclose(first(X[0]), second(X[0]))


def test_round_trips_through_its_config():
    layer = ReplicatedDense(4, "relu", seeds=(3, 4, 5), name="dense")
    copy = ReplicatedDense.from_config(layer.get_config())
    np.testing.assert_array_equal(layer(X), copy(X))
    assert layer.compute_output_shape((3, None, 7)) == (3, None, 4)


def test_wrong_axes_are_named():
    with pytest.raises(ValueError, match=r"dense expects .*\(R, B, F\) = \(2, None, 7"):
        ReplicatedDense(4, seeds=(0, 1), name="dense")(X)
    with pytest.raises(ValueError, match=r"\(B, F\).*shape=\(3, 5, 7\)"):
        ReplicatedDense(4, seeds=0)(X)


def test_a_built_layer_does_not_broadcast():
    layer = ReplicatedDense(4, seeds=(0, 1, 2), name="dense")
    layer(X)
    for wrong in (X[0], X[:1]):
        with pytest.raises(ValueError, match="incompatible with the layer"):
            layer(wrong)


def test_seeds_are_integers():
    assert normalize_seeds(np.int64(3)) == 3
    assert normalize_seeds(np.arange(2)) == (0, 1)
    for seeds in ((), ("a",), (0.5,)):
        with pytest.raises(ValueError, match="seeds expects an integer"):
            normalize_seeds(seeds)


def test_a_stack_refuses_plain_batches():
    expect_replica_axis("vae", X, 3)
    expect_replica_axis("vae", X, None)
    with pytest.raises(ValueError, match="vae has 2 replicas.*kvae.batches"):
        expect_replica_axis("vae", X, 2)
