"""Training the classifiers that judge: equal budgets, paired batches.

The same seed gives every method the same initial weights, the same batches of real
rows and the same dropout. Half of each batch is real and half generated where there
are generated rows; the real half is the first half of the batch that training on real
rows alone would see.
"""

import functools
import signal
import time
from concurrent import futures
from multiprocessing import get_context

import keras
import numpy as np
from sklearn.base import clone
from sklearn.utils.validation import has_fit_parameter
from threadpoolctl import threadpool_limits

from kvae import quiet, random
from kvae.data.batches import gather, index_stream
from kvae.models.classifiers import MLP, convnet, logistic_regression


def generated_places(batch_size, share=0.5):
    """Returns how many places of a batch are generated: one at least, not all.

    Example:
        >>> generated_places(64), generated_places(32, share=0.25)
        (32, 8)
    """
    return min(max(round(batch_size * share), 1), batch_size - 1)


def half_real_indices(num_real, num_generated, batch_size, steps, seed, share=0.5):
    """Returns row numbers (steps, B) into the real rows, then the generated ones.

    Args:
        num_real: int.
        num_generated: int; with 0 every place is real.
        batch_size: int B.
        steps: int.
        seed: int.
        share: float in (0, 1), generated places of a batch; at least one of each kind.

    Example:
        >>> indices = half_real_indices(2, 2, batch_size=4, steps=1, seed=0)
        >>> sorted(indices[0, :2].tolist()), sorted(indices[0, 2:].tolist())
        ([0, 1], [2, 3])
    """
    real = index_stream(num_real, batch_size, steps, random.derive(seed, "real"))
    if num_generated == 0:
        return real
    places = generated_places(batch_size, share)
    seed = random.derive(seed, "generated")
    generated = index_stream(num_generated, places, steps, seed)
    return np.concatenate(
        [real[:, : batch_size - places], num_real + generated], axis=1
    )


def _rows_and_indices(settings, seed, real, generated, share=0.5):
    """Returns real and generated rows in one, and the batches to train on."""
    rows = real if generated is None else real + generated
    indices = half_real_indices(
        num_real=len(real.y),
        num_generated=len(rows.y) - len(real.y),
        batch_size=settings.batch_size,
        steps=settings.steps,
        seed=seed,
        share=share,
    )
    return rows, indices


def train_convnets(cells, num_classes, settings, jobs=1):
    """Trains one convnet for each cell, in worker processes of one thread each.

    Small convolutions gain little from a second thread: two processes of one thread
    train twice as many of them. One thread also makes the result independent of jobs.

    Args:
        cells: list of (seed, real, generated): int, Rows, Rows or None.
        num_classes: int K.
        settings: Settings.
        jobs: int, worker processes.

    Yields:
        (position of the cell, weights for `predict_convnet`, training seconds), as
        each cell is done, in any order.
    """
    # Not fork: TensorFlow's threads do not survive it.
    pool = futures.ProcessPoolExecutor(
        max_workers=min(jobs, len(cells)),
        mp_context=get_context("spawn"),
        initializer=quiet.start_tensorflow,  # before a task imports this file
    )
    try:
        waiting = {
            pool.submit(_train_in_worker, *cell, num_classes, settings): position
            for position, cell in enumerate(cells)
        }
        for done in futures.as_completed(waiting):
            yield waiting[done], *done.result()
    finally:
        pool.shutdown(cancel_futures=True)


def _train_in_worker(*arguments):
    _start_worker()
    return train_convnet(*arguments)


@functools.cache
def _start_worker():
    import tensorflow as tf

    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent stops the workers
    tf.config.threading.set_intra_op_parallelism_threads(1)
    tf.config.threading.set_inter_op_parallelism_threads(1)


def train_convnet(seed, real, generated, num_classes, settings, share=0.5):
    """Trains one convnet; returns (its weights, training seconds)."""
    start = time.perf_counter()
    model = as_new_convnet(
        real.x.shape[1:],
        num_classes,
        random.derive(seed, "classifier"),
        learning_rate=settings.learning_rate,
        steps=settings.steps,
        dtype=settings.convnet_dtype,
    )
    rows, indices = _rows_and_indices(settings, seed, real, generated, share)
    model.fit(gather(indices, rows.x, rows.y), verbose=0, shuffle=False)
    return model.get_weights(), time.perf_counter() - start


def as_new_convnet(
    element_shape, num_classes, seed, learning_rate, steps, dtype="float32"
):
    """Returns a compiled convnet with the weights, dropout and Adam of a new one.

    For the same settings it is the same model, which TensorFlow traces once: take its
    weights before you ask for the next.
    """
    model, optimizer_start = _compiled_convnet(
        element_shape, num_classes, learning_rate, steps, dtype
    )
    fresh = convnet(element_shape, num_classes, seed)
    model.set_weights(fresh.get_weights())
    for layer, new in zip(model.layers, fresh.layers, strict=True):
        if isinstance(layer, keras.layers.Dropout):
            layer.seed_generator.state.assign(new.seed_generator.state)
    for variable, value in zip(model.optimizer.variables, optimizer_start, strict=True):
        variable.assign(value)
    return model


def predict_convnet(weights, x, num_classes):
    """Returns the labels (N,) that a convnet with these weights gives to images."""
    return np.argmax(convnet_logits(weights, x, num_classes), axis=-1)


def convnet_logits(weights, x, num_classes):
    """Returns the logits (N, K) that a convnet with these weights gives to images."""
    model, call = _convnet(x.shape[1:], num_classes)
    model.set_weights(weights)
    # Keras' predict would set up a pipeline for each of many small models.
    logits = [call(x[start : start + 1000]) for start in range(0, len(x), 1000)]
    return np.concatenate(logits)


@functools.lru_cache(maxsize=1)
def _convnet(element_shape, num_classes):
    import tensorflow as tf

    model = convnet(element_shape, num_classes)
    return model, tf.function(model, reduce_retracing=True)


@functools.lru_cache(maxsize=1)
def _compiled_convnet(element_shape, num_classes, learning_rate, steps, dtype):
    # Compiled and traced once for each process; a cell only resets its variables.
    model = convnet(element_shape, num_classes, dtype=dtype)
    model.compile(
        keras.optimizers.Adam(learning_rate),
        keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        steps_per_execution=steps,
    )
    model.optimizer.build(model.trainable_variables)
    return model, [variable.numpy() for variable in model.optimizer.variables]


def train_mlps(cells, num_classes, settings, validation=None):
    """Trains one MLP for each cell, all as one stack.

    Args:
        cells: list of (seed, real, generated): int, Rows, Rows or None; optionally,
            as a fourth, the share of generated rows in a batch.
        num_classes: int K.
        settings: Settings.
        validation: optional Rows. With them every MLP is given back as it was when
            its own cross-entropy on these rows was lowest (early stopping; each
            replica by itself, and all for the same number of steps).

    Returns:
        MLP with one replica for each cell, in their order.
    """
    indices, parts, offset = [], [], 0
    for cell in cells:
        rows, row_numbers = _rows_and_indices(settings, *cell)
        indices.append(row_numbers + offset)
        parts.append(rows)
        offset += len(rows.y)
    x, y = (np.concatenate(column) for column in zip(*parts, strict=True))
    seeds = [random.derive(cell[0], "classifier") for cell in cells]
    model = MLP(num_classes, seeds=seeds)
    # Early stopping looks after every execution; without it nothing need interrupt.
    at_once = settings.steps if validation is None else 50
    model.compile(
        keras.optimizers.Adam(settings.learning_rate), steps_per_execution=at_once
    )
    # Variables that a training step would have to make cost a second tracing of it.
    model.build((len(cells), None, x.shape[-1]))
    model.optimizer.build(model.trainable_variables)
    callbacks = [] if validation is None else [BestOfEachReplica(validation)]
    data = gather(np.stack(indices, axis=1), x, y)
    model.fit(data, verbose=0, callbacks=callbacks, shuffle=False)
    return model


class BestOfEachReplica(keras.callbacks.Callback):
    """Gives back each replica as it was when its validation loss was lowest.

    Keras' EarlyStopping would judge the stack as a whole, and so couple its members.

    Args:
        validation: Rows.
    """

    def __init__(self, validation):
        super().__init__()
        self.validation = validation

    def on_train_begin(self, logs=None):
        """Forgets an earlier training."""
        self.lowest = np.full(self.model.replicas, np.inf)
        self.best = None  # the model has no weights before its first step

    def on_train_batch_end(self, batch, logs=None):
        """Looks after every execution, that is every `steps_per_execution` steps."""
        shape = (self.model.replicas, *self.validation.x.shape)
        y = np.broadcast_to(self.validation.y, shape[:2])
        x = np.broadcast_to(self.validation.x, shape)
        _, loss, _ = self.model.compute_losses(x, y)
        better = loss.numpy() < self.lowest
        self.lowest = np.where(better, loss, self.lowest)
        weights = self.model.get_weights()
        self.best = self.best or weights
        for kept, new in zip(self.best, weights, strict=True):
            kept[better] = new[better]

    def on_train_end(self, logs=None):
        """Sets the weights."""
        self.model.set_weights(self.best)


def predict_mlps(model, x):
    """Returns the labels (R, N) that every replica gives to rows (N, F)."""
    logits = model(np.broadcast_to(x, (model.replicas, *x.shape)))
    return np.argmax(logits, axis=-1)


def train_logistic_regression(seed, real, generated):
    """Fits scikit-learn's logistic regression; real and generated rows weigh alike.

    Returns:
        LogisticRegression; the seed has no part in it.
    """
    rows = real if generated is None else real + generated
    return logistic_regression().fit(*rows, sample_weight=row_weights(real, generated))


def row_weights(real, generated, share=0.5):
    """Returns weights (N,): generated rows have this share of them all together.

    Real rows count 1 each.

    Example:
        >>> from kvae.data.source import Rows
        >>> row_weights(Rows([[0]] * 2, [0, 1]), Rows([[0]] * 4, [0, 1, 0, 1]))
        array([1. , 1. , 0.5, 0.5, 0.5, 0.5])
    """
    weights = np.ones(len(real.y))
    if generated is None:
        return weights
    weight = share / (1 - share) * len(real.y) / len(generated.y)
    return np.concatenate([weights, np.full(len(generated.y), weight)])


def fit_estimator(estimator, seed, real, generated, share):
    """Returns a clone of the estimator, fitted, each random_state from the seed."""
    model = seeded_clone(estimator, random.derive(seed, "estimator") % 2**31)
    rows = real if generated is None else real + generated
    x = inputs_of(rows.x, model)
    weights = {}
    if has_fit_parameter(model, "sample_weight"):
        weights["sample_weight"] = row_weights(real, generated, share)
    with one_thread():
        return model.fit(x, rows.y, **weights)


def one_thread():
    """Returns a context in which scikit-learn computes on one thread.

    On few rows a second one gains nothing, and where another process is at work the
    threads of gradient boosting wait for each other: fifty times as long was seen.
    """
    return threadpool_limits(1)


def seeded_clone(estimator, seed):
    """Returns a clone; its random_state, and those of a pipeline's steps, are set."""
    model = clone(estimator)
    names = [n for n in model.get_params() if n.split("__")[-1] == "random_state"]
    return model.set_params(**dict.fromkeys(names, seed))


def inputs_of(x, estimator):
    """Returns images as rows of numbers for all but Keras' models."""
    keeps = isinstance(estimator, keras.wrappers.SKLearnClassifier)
    return x if keeps else x.reshape(len(x), -1)
