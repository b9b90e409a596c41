import numpy as np
import pytest
import tensorflow as tf

from kvae.serving.graph import guards

NAN, INF = float("nan"), float("inf")


def checked(x, shape, **limits):
    return guards.checked("decode", "z", tf.constant(x), shape, **limits)


def test_lets_pass_what_fits():
    assert checked([[1.0, 2.0]], (None, 2), low=0, high=2).shape == (1, 2)
    assert checked(3, (), low=0, high=3) == 3
    assert checked(np.zeros((0, 2), "float32"), (None, 2)).shape == (0, 2)
    assert checked([2**60, -5], (None,)).shape == (2,)


@pytest.mark.parametrize("x", [[1.0], 1.0, [[1.0]], [[[1.0, 2.0]]], [[1.0, 2.0, 3.0]]])
def test_names_the_shape_that_is_expected(x):
    with pytest.raises(tf.errors.InvalidArgumentError, match="z of shape .B, 2"):
        checked(x, (None, 2))


@pytest.mark.parametrize("value", [NAN, INF, -INF, 1.5, -0.5])
def test_names_the_limits(value):
    with pytest.raises(tf.errors.InvalidArgumentError, match="z from 0 to 1"):
        checked([0.5, value], (None,), low=0, high=1)


@pytest.mark.parametrize("value", [NAN, INF, -INF])
def test_floats_are_finite_in_any_case(value):
    with pytest.raises(tf.errors.InvalidArgumentError, match="to be finite"):
        checked([value], (None,))


def test_classes_become_indices_and_unknown_ones_are_named():
    def index(x, shape=(None,)):
        names = ["no", "yes"]
        return guards.checked_class("sample", "class", tf.constant(x), names, shape)

    assert index(["yes", "no"]).numpy().tolist() == [1, 0]
    assert index("yes", ()).numpy() == 1
    with pytest.raises(
        tf.errors.InvalidArgumentError, match=r"Received:\] \[\?\?x{48}\]"
    ):
        index([b"\xff\xfe" + b"x" * 1000])
    with pytest.raises(tf.errors.InvalidArgumentError, match="one of: no, yes.*maybe"):
        index(["yes", "maybe"])


def test_inputs_have_equally_many_rows():
    x, seeds = tf.zeros((3, 2)), tf.zeros((2, 2))
    with pytest.raises(tf.errors.InvalidArgumentError, match="rows of seeds as of x"):
        guards.same_length("augment", x=x, seeds=seeds)
    assert len(guards.same_length("augment", x=x, seeds=x)) == 2


def test_what_comes_after_a_check_does_not_answer_it():
    """A range needs a single n; the optimizer must not conclude that n is single."""

    @tf.function(input_signature=[tf.TensorSpec(None, tf.int32)])
    def places(n):
        return tf.range(guards.checked("sample", "n", n, (), 0, 50))

    assert places(tf.constant(2)).shape == (2,)
    with pytest.raises(tf.errors.InvalidArgumentError, match="n as a single value"):
        places(tf.constant([2]))
