"""Means that a model logs, and which way each is better."""

import functools

import keras


def make_trackers(directions):
    """Returns a metric that holds a mean for each name.

    Args:
        directions: dict {name: "up" or "down", the way that is better}.

    Returns:
        keras.metrics.Metric: `metrics` are the means, `result()` is a dict of them.

    Example:
        >>> trackers = make_trackers({"elbo": "up"})
        >>> trackers.metrics[0].update_state([-3.0, -1.0])
        >>> float(trackers.result()["elbo"])
        -2.0
    """
    means = []
    for name, direction in directions.items():
        mean = keras.metrics.Mean(name=name)
        mean._direction = direction
        means.append(mean)
    return _trackers_class()(means)


@functools.cache
def _trackers_class():
    # EarlyStopping and ModelCheckpoint look for directions in what compile(metrics=...)
    # has made, and in nothing else; its class has no public name.
    compiled = keras.Sequential()
    compiled.compile(metrics=[])

    class Trackers(type(compiled._compile_metrics)):
        def __init__(self, means):
            super().__init__(None, None, name="trackers")
            self._means = means

        @property
        def metrics(self):
            return self._means

        @property
        def variables(self):
            return [variable for mean in self._means for variable in mean.variables]

        def reset_state(self):
            for mean in self._means:
                mean.reset_state()

        def result(self):
            return {mean.name: mean.result() for mean in self._means}

    return Trackers
