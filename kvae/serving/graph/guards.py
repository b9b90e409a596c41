"""Checks inside the served graph: a bad request is an InvalidArgument in words.

A server does not compare the tensors of a request with the shapes that a signature
declares, and TensorFlow's optimizer replaces a shape by the declared one, or by the one
that later operations need, before it is looked at. So the functions of an export take
tensors of any shape, each check hides the shape from what comes after it, and the
declaration is written into the signature afterwards.
"""

import functools
import math

import tensorflow as tf


def checked(who, name, x, shape, low=-math.inf, high=math.inf, holes=False):
    """Returns x; the call stops unless it has this shape and these values.

    Args:
        who: str, the signature that checks.
        name: str, the input.
        x: tensor.
        shape: tuple of int or None; the first None is B, the number of rows.
        low: number, the least value; NaN and infinite values are refused in any case.
        high: number, the greatest. Without it whole numbers and strings may be any.
        holes: bool, whether NaN is let pass.

    Returns:
        Tensor of the same values, with the static shape `shape`.
    """
    shape = tuple(shape)
    sizes = tf.constant([-1 if n is None else n for n in shape], tf.int32)
    message = f"{who} expects {name} {_in_words(shape)}. Received: shape"
    x = _shape_check(x.dtype)(x, sizes, message)
    if x.dtype.is_floating:  # infinite values lie beyond, and NaN compares with none
        low, high = max(low, x.dtype.min), min(high, x.dtype.max)
    if not math.isinf(high):
        message = f"{who} expects {name} {_bounds(low, high)}. Received: values from"
        limits = tf.constant([low, high], x.dtype)
        x = _value_check(x.dtype, holes)(x, limits, message)
    if not tf.executing_eagerly():
        # No operation: it could run, and fail in its own words, before the check has.
        x.set_shape(shape)
    return x


def checked_class(who, name, x, class_names, shape):
    """Returns int32 class indices for class names; unknown ones stop the call.

    Args:
        who: str, the signature that checks.
        name: str, the input.
        x: string tensor of this shape.
        class_names: K strings.
        shape: () or (None,).
    """
    x, same = _matched(who, name, x, allowed=class_names, shape=shape)
    return tf.argmax(tf.cast(same, tf.int32), axis=-1, output_type=tf.int32)


def checked_choice(who, name, x, allowed, shape):
    """Returns a string tensor; values that are not allowed stop the call."""
    return _matched(who, name, x, allowed=allowed, shape=shape)[0]


def _matched(who, name, x, allowed, shape):
    """Returns x, and which of the allowed values each is, bool (..., K)."""
    x = checked(who, name, x, shape=shape)
    same = tf.equal(x[..., None], tf.constant(list(allowed), tf.string))
    known = tf.reduce_any(same, axis=-1)
    # Without quotes, which TensorFlow would escape.
    choices = ", ".join(choice or "(empty)" for choice in allowed[:20])
    choices += ", ..." if len(allowed) > 20 else ""
    message = f"{who} expects {name} to be one of: {choices}. Received:"
    unknown = shown(tf.boolean_mask(tf.reshape(x, [-1]), tf.reshape(~known, [-1])))
    stop = stop_unless(tf.reduce_all(known), message, unknown)
    with tf.control_dependencies([stop]):
        return tf.identity(x), tf.identity(same)


def shown(texts):
    """Returns the beginnings of the first texts (N,), as an answer can quote them."""
    # What is no text would make the answer none either.
    texts = tf.strings.unicode_transcode(
        texts[:3], "UTF-8", "UTF-8", errors="replace", replacement_char=ord("?")
    )
    return tf.strings.substr(texts, 0, 50, unit="UTF8_CHAR")


def same_length(who, /, **tensors):
    """Returns the tensors; the call stops unless they have equally many rows."""
    (first, rows), *others = ((name, tf.shape(x)[0]) for name, x in tensors.items())
    stops = [
        stop_unless(
            tf.equal(rows, count),
            f"{who} expects as many rows of {name} as of {first}. Received:",
            count,
        )
        for name, count in others
    ]
    with tf.control_dependencies(stops):
        return [tf.identity(x) for x in tensors.values()]


def stop_unless(condition, message, *received):
    """Returns an operation that ends the call with InvalidArgument and the message.

    Args:
        condition: bool tensor ().
        message: str.
        *received: tensors and strings to show after it, five values of each. They are
            computed in any case: a branch for each check would fill the graph.
    """
    return tf.raw_ops.Assert(
        condition=condition, data=[message, *received], summarize=5
    )


@functools.cache
def _shape_check(dtype):
    """One function of the graph, however many inputs of this dtype are checked."""

    def check(x, sizes, message):
        received, rank = tf.shape(x), tf.size(sizes)
        # Filled up, so that shapes of another length compare too.
        filled = tf.concat([received, tf.fill([rank], -1)], 0)[:rank]
        fits = tf.reduce_all((sizes < 0) | tf.equal(filled, sizes))
        fits &= tf.equal(tf.size(received), rank)
        with tf.control_dependencies([stop_unless(fits, message, received)]):
            # Not the identity: through it the optimizer concludes from what comes
            # after, such as a range(n), that x has the right shape anyway.
            return tf.reshape(x, sizes)

    return tf.function(check, _arguments(dtype, tf.int32), autograph=False)


@functools.cache
def _value_check(dtype, holes):
    def check(x, limits, message):
        inside = (x >= limits[0]) & (x <= limits[1])
        inside = tf.reduce_all(inside | tf.math.is_nan(x) if holes else inside)
        received = [tf.reduce_min(x), "to", tf.reduce_max(x)]
        if dtype.is_floating:
            missing = tf.math.count_nonzero(tf.math.is_nan(x))
            received += ["and so many NaN:", missing]
        with tf.control_dependencies([stop_unless(inside, message, *received)]):
            return tf.identity(x)

    return tf.function(check, _arguments(dtype, dtype), autograph=False)


def _arguments(dtype, other):
    message = tf.TensorSpec([], tf.string)
    return [tf.TensorSpec(None, dtype), tf.TensorSpec([None], other), message]


def _bounds(low, high):
    if high > 1e30:
        return "to be finite"
    return f"from {low:g} to {high:g}"


def _in_words(shape):
    if not shape:
        return "as a single value"
    sizes = ["B" if size is None else str(size) for size in shape]
    return f"of shape ({', '.join(sizes)}{',' if len(sizes) == 1 else ''})"
