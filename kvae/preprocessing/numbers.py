"""Columns of numbers as inputs of a network, and back, inside a graph."""

import numpy as np
from keras import ops

from kvae.preprocessing import written_dates


class Numbers:
    """Number columns of one form, side by side: their inputs, and what is behind them.

    What each column knows are arrays over the columns, so that there are as many
    operations for thousands of columns as for one.

    Args:
        encodings: list of C Encodings of one form (see `form`), none of them binary.
    """

    def __init__(self, encodings):
        form, self.knots = encodings[0], None
        self.spikes = self.spike_scale = self.scale = self.written_dates = None
        if form.spikes is not None:
            self.spikes = np.array([e.spikes for e in encodings], "float64")
            if form.decimals is not None:
                self.spike_scale = _column([10.0**e.decimals for e in encodings])
        if form.knots is None:
            return
        self.knots = _padded([e.knots for e in encodings])
        self.scores = _padded([e.scores for e in encodings])
        self.last = _column([len(e.knots) - 1 for e in encodings], "int32")
        self.is_closed = form.bounds is not None
        self.bounds = _padded([_bounds(e) for e in encodings])
        if form.written_dates is not None:
            first = min(int(e.knots[0]) for e in encodings)
            last = max(int(e.knots[-1]) for e in encodings)
            dates = written_dates.calendar(form.written_dates)[first : last + 1]
            self.written_dates = first, dates
        self.has_grid = form.grid is not None
        grids = [e.grid or (0 if e.levels else e.decimals, 0, 1) for e in encodings]
        if grids[0][0] is not None:
            self.scale = _column([10.0**decimals for decimals, _, _ in grids])
            self.origin = _column([origin for _, origin, _ in grids])
            self.step = _column([step for _, _, step in grids])
            ends = np.array([(e.knots[0], e.knots[-1]) for e in encodings], "float64")
            self.low, self.high = np.split(np.round(ends * self.scale), 2, axis=1)

    def inputs(self, number, hole):
        """Returns the inputs of numbers, and of places of ordered levels.

        Args:
            number: float64 tensor (C, B).
            hole: bool tensor (C, B), which of them are missing: all their inputs are 0.

        Returns:
            Float32 tensor (C, B, W): levels of spikes if there are any, then the normal
            score, 0 where the number is a spike.
        """
        number, parts = ops.where(hole, 0.0, number), []
        if self.spikes is not None:
            levels = self._spikes_at(number)
            if self.knots is None:
                return ops.where(hole[..., None], 0.0, levels)
            is_spike = ops.any(levels > 0.5, axis=-1)
            other = 1.0 - ops.cast(is_spike, "float32")[..., None]
            levels = ops.concatenate([levels, other], axis=-1)
            parts = [ops.where(hole[..., None], 0.0, levels)]
            hole = ops.logical_or(hole, is_spike)
        if self.written_dates is not None:
            first, dates = self.written_dates
            place = ops.searchsorted(dates, ops.reshape(number, (-1,)))
            place = ops.reshape(place, ops.shape(number))
            number = first + ops.cast(place, "float64")
        number = self._along(number, self.knots, self.scores)
        number = ops.where(hole, 0.0, number)
        parts.append(ops.cast(number, "float32")[..., None])
        return ops.concatenate(parts, axis=-1)

    def behind(self, x):
        """Returns the numbers behind any inputs; the inverse of `inputs`.

        Args:
            x: float tensor (C, B, W).

        Returns:
            Float64 tensor (C, B): spikes, and others on their grid, in their range.
        """
        if self.spikes is None:
            return self._other_number(x[..., 0])
        if self.knots is None:
            return _at(self.spikes, ops.argmax(x, axis=-1))
        level = ops.argmax(x[..., :-1], axis=-1)
        spike = _at(np.pad(self.spikes, ((0, 0), (0, 1))), level)
        is_spike = level < self.spikes.shape[1]
        return ops.where(is_spike, spike, self._other_number(x[..., -1]))

    def _spikes_at(self, number):
        """Returns which spike each number is, float32 (C, B, S) of 0 and 1."""
        spikes = self.spikes[:, None]
        if self.knots is None:  # there is nothing else, so the nearest will do
            nearest = ops.argmin(ops.abs(number[..., None] - spikes), axis=-1)
            return ops.one_hot(nearest, spikes.shape[-1], dtype="float32")
        # tf.Examples hold float32: 0.1 must be found in them as well.
        if self.spike_scale is None:
            short = spikes.astype("float32").astype("float64")
        else:
            number = ops.round(number * self.spike_scale)
            spikes = short = np.round(spikes * self.spike_scale[..., None])
        number = number[..., None]
        same = ops.logical_or(ops.equal(number, spikes), ops.equal(number, short))
        return ops.cast(same, "float32")

    def _other_number(self, x):
        """Returns numbers that are no spikes, float64 (C, B)."""
        x = ops.cast(x, "float64")
        if self.is_closed:
            return self._as_written(self._nearest_knot(x))
        number = self._on_grid(self._along(x, self.scores, self.knots))
        number = self._as_written(number)
        if self.spikes is None:
            return number
        # The grid goes through the spikes, too: they would come out too often.
        known = self._as_written(self._nearest_knot(x))
        is_spike = ops.any(self._spikes_at(number) > 0.5, axis=-1)
        return ops.where(is_spike, known, number)

    def _nearest_knot(self, x):
        place = _search(self.bounds, x)
        return _at(self.knots, ops.minimum(place, self.last))

    def _on_grid(self, number):
        """Returns the nearest numbers on the grid, within the range of the knots."""
        if self.scale is None:
            return number
        origin, step = self.origin, self.step
        place = ops.round((ops.round(number * self.scale) - origin) / step)
        if self.has_grid:
            least, most = -((origin - self.low) // step), (self.high - origin) // step
            place = ops.clip(place, least, most)
        return (origin + step * place) / self.scale

    def _as_written(self, days):
        """Returns numbers as they are, and days as dates like 20190219."""
        if self.written_dates is None:
            return days
        first, dates = self.written_dates
        return ops.take(dates, ops.cast(days - first, "int32"))

    def _along(self, x, knots, values):
        """The lines through (knot, value) pairs at x; flat outside of them."""
        ends = np.take_along_axis(knots, self.last, 1)
        x = ops.clip(x, knots[:, :1], ends)
        i = ops.clip(_search(knots, x) - 1, 0, self.last - 1)
        left, right = _at(knots, i), _at(knots, i + 1)
        share = (x - left) / (right - left)
        # This form is exact at both ends: a knot comes back as the knot.
        return (1 - share) * _at(values, i) + share * _at(values, i + 1)


def form(encoding):
    """Returns what decides which operations turn a column of numbers into inputs."""
    return (
        encoding.levels is None,
        len(encoding.spikes or ()),
        encoding.knots is None,
        encoding.bounds is None,
        encoding.decimals is None,
        encoding.grid is None,
        encoding.written_dates,
    )


def _bounds(encoding):
    """Returns the scores at which one knot ends and the next begins."""
    if encoding.bounds is not None:
        return encoding.bounds
    scores = np.array(encoding.scores, "float64")
    return (scores[1:] + scores[:-1]) / 2


def _column(numbers, dtype="float64"):
    return np.array(numbers, dtype)[:, None]


def _padded(rows):
    """Returns increasing numbers of each column, float64 (C, K), filled up by inf."""
    padded = np.full((len(rows), max(map(len, rows))), np.inf)
    for row, filled in zip(rows, padded, strict=True):
        filled[: len(row)] = row
    return padded


def _search(increasing, x):
    """Returns how many of the numbers (C, K) are <= x, each in its column: (C, B)."""
    import tensorflow as tf

    return tf.searchsorted(tf.constant(increasing), x, side="right")


def _at(numbers, places):
    """Returns the numbers (C, K) at places (C, B), each in its column."""
    import tensorflow as tf

    return tf.gather(tf.constant(numbers), places, batch_dims=1)
