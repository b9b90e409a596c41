"""Numbers as inputs of a network, and back, inside a graph."""

import numpy as np
from keras import ops

from kvae.preprocessing import written_dates


def number_inputs(encoding, number, hole):
    """Returns the inputs of numbers, and of places of ordered levels.

    Args:
        encoding: Encoding.
        number: float64 tensor (B,).
        hole: bool tensor (B,), which of them are missing: all their inputs are 0.

    Returns:
        List of float32 tensors (B, W): levels of spikes if there are any, then the
        normal score, 0 where the number is a spike.
    """
    number, parts = ops.where(hole, 0.0, number), []
    if encoding.spikes is not None:
        levels = _spikes_at(encoding, number)
        if encoding.knots is None:
            return [ops.where(hole[:, None], 0.0, levels)]
        other = 1.0 - ops.max(levels, axis=-1, keepdims=True)
        levels = ops.concatenate([levels, other], axis=-1)
        parts = [ops.where(hole[:, None], 0.0, levels)]
        hole = ops.logical_or(hole, other[:, 0] < 0.5)
    if encoding.written_dates is not None:
        first, days = _days(encoding)
        number = first + ops.cast(ops.searchsorted(days, number), "float64")
    if encoding.knots is not None:
        number = _along(number, encoding.knots, encoding.scores)
    number = ops.where(hole, 0.0, number)
    return [*parts, ops.cast(number, "float32")[:, None]]


def _spikes_at(encoding, number):
    """Returns which spike each number is, float32 (B, S) of 0 and 1."""
    spikes = np.array(encoding.spikes, "float64")
    if encoding.knots is None:  # there is nothing else, so the nearest will do
        nearest = ops.argmin(ops.abs(number[:, None] - spikes), axis=-1)
        return ops.one_hot(nearest, len(spikes), dtype="float32")
    # tf.Examples hold float32: 0.1 must be found in them as well.
    if encoding.decimals is None:
        number, spikes = ops.cast(number, "float32"), spikes.astype("float32")
    else:
        scale = 10.0**encoding.decimals
        number, spikes = ops.round(number * scale), np.round(spikes * scale)
    return ops.cast(ops.equal(number[:, None], spikes), "float32")


def number_behind(encoding, x):
    """Returns the numbers behind any inputs; the inverse of `number_inputs`.

    Args:
        encoding: Encoding.
        x: float tensor (B, W), the inputs side by side.

    Returns:
        Float64 tensor (B,): spikes, and others on their grid, within their range.
    """
    if encoding.kind == "binary":
        return ops.cast(x[:, 0] > 0.5, "float64")
    if encoding.spikes is None:
        return _other_number(encoding, x[:, 0])
    spikes = np.array(encoding.spikes, "float64")
    if encoding.knots is None:
        return ops.take(spikes, ops.argmax(x, axis=-1))
    level = ops.argmax(x[:, :-1], axis=-1)
    spike = ops.take(np.append(spikes, 0.0), level)
    return ops.where(level < len(spikes), spike, _other_number(encoding, x[:, -1]))


def _other_number(encoding, x):
    """Returns numbers that are no spikes, float64 (B,)."""
    x = ops.cast(x, "float64")
    if encoding.bounds is not None:
        return _as_written(encoding, _nearest_knot(encoding, x))
    number = _on_grid(encoding, _along(x, encoding.scores, encoding.knots))
    number = _as_written(encoding, number)
    if encoding.spikes is None:
        return number
    # The grid goes through the spikes, too: they would come out too often.
    known = _as_written(encoding, _nearest_knot(encoding, x))
    is_spike = ops.max(_spikes_at(encoding, number), axis=-1) > 0.5
    return ops.where(is_spike, known, number)


def _nearest_knot(encoding, x):
    bounds = encoding.bounds
    if bounds is None:
        scores = np.array(encoding.scores, "float64")
        bounds = (scores[1:] + scores[:-1]) / 2
    knots = np.array(encoding.knots, "float64")
    return ops.take(knots, ops.searchsorted(np.array(bounds), x, side="right"))


def _on_grid(encoding, number):
    """Returns the nearest numbers on the grid, within the range of the knots."""
    decimals, origin, step = 0 if encoding.levels else encoding.decimals, 0, 1
    if encoding.grid is not None:
        decimals, origin, step = encoding.grid
    if decimals is None:
        return number
    scale = 10.0**decimals
    place = ops.round((ops.round(number * scale) - origin) / step)
    low, high = np.round(np.array(encoding.knots)[[0, -1]] * scale)
    if encoding.grid is not None:
        place = ops.clip(place, -((origin - low) // step), (high - origin) // step)
    return (origin + step * place) / scale


def _as_written(encoding, days):
    """Returns numbers as they are, and days as dates like 20190219."""
    if encoding.written_dates is None:
        return days
    first, dates = _days(encoding)
    return ops.take(dates, ops.cast(days - first, "int32"))


def _days(encoding):
    """Returns (the first date of training rows, that and all later ones, written)."""
    first, last = int(encoding.knots[0]), int(encoding.knots[-1])
    return first, written_dates.calendar(encoding.written_dates)[first : last + 1]


def _along(x, knots, values):
    """The line through (knot, value) pairs at x; flat outside of them."""
    knots, values = np.array(knots, "float64"), np.array(values, "float64")
    x = ops.clip(x, knots[0], knots[-1])
    i = ops.clip(ops.searchsorted(knots, x, side="right") - 1, 0, len(knots) - 2)
    left, right = ops.take(knots, i), ops.take(knots, i + 1)
    share = (x - left) / (right - left)
    # This form is exact at both ends: a knot comes back as the knot.
    return (1 - share) * ops.take(values, i) + share * ops.take(values, i + 1)
