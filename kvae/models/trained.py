"""What models with a replica axis share when Keras trains them."""

import contextlib
import functools
import re

import keras
import numpy as np
import tensorflow as tf
from keras import ops

from kvae.layers.replicated import expect_replica_axis
from kvae.models.model import Model
from kvae.models.trackers import make_trackers

# Keys under which tfds gives rows and labels as dictionaries.
ROW_KEYS = ("image", "features")
LABEL_KEYS = ("label", "labels")


class Trained(Model):
    """A model whose loss is its own, for one model or for R side by side.

    Subclasses have `replicas`, and `_terms(x, y, training)`, which returns what the
    compiled metrics compare, (true, predicted), and the values of the trackers: a
    scalar loss, which is summed over the replicas, and others that are () or (R,).

    Args:
        trackers: dict {name of a logged mean: whether "up" or "down" is better}.
        **kwargs: arguments of keras.Model.
    """

    own_loss = None  # str, what is minimised, for messages

    def __init__(self, trackers, **kwargs):
        super().__init__(**kwargs)
        self._trackers = make_trackers(trackers)

    @property
    def metrics(self):
        """The trackers, and the metrics given to `compile`."""
        compiled = self._compile_metrics if self.compiled else None
        # Keras knows the trackers, and those of a subclass, as attributes.
        return [*self._metrics, *([] if compiled is None else [compiled])]

    def compile(
        self,
        optimizer="rmsprop",
        loss=None,
        loss_weights=None,
        metrics=None,
        weighted_metrics=None,
        **kwargs,
    ):
        """As keras.Model.compile, without a loss.

        Args:
            optimizer: as in Keras.
            loss: None; the model has its own.
            loss_weights: None.
            metrics: list of metrics, of x and what the model makes of it (of a
                classifier: of labels and logits).
            weighted_metrics: None; rows have no weights.
            **kwargs: other arguments of keras.Model.compile, such as jit_compile.

        Raises:
            ValueError: for a loss, loss_weights or weighted_metrics.
        """
        refused = {
            "loss": loss,
            "loss_weights": loss_weights,
            "weighted_metrics": weighted_metrics,
        }
        for name, value in refused.items():
            if value is not None:
                raise ValueError(
                    f"{type(self).__name__}.compile takes no {name}: the model "
                    f"minimises {self.own_loss}. Received: {name}={value!r}."
                )
        super().compile(optimizer, metrics=metrics, **kwargs)

    def compile_from_config(self, config):
        """Compiles a model that was loaded as it was when it was saved."""
        arguments = keras.saving.deserialize_keras_object(config)
        self.compile(**{k: v for k, v in arguments.items() if v is not None})
        if self.built:
            self.optimizer.build(self.trainable_variables)

    @functools.wraps(keras.Model.fit)
    def fit(self, x=None, *args, **kwargs):
        """As keras.Model.fit; says in a sentence what is wrong with the rows."""
        with self._plain_errors():
            self._check_strategy()
            self._check_first(x)
            return super().fit(x, *args, **kwargs)

    @functools.wraps(keras.Model.evaluate)
    def evaluate(self, x=None, *args, **kwargs):
        """As keras.Model.evaluate; says in a sentence what is wrong with the rows."""
        with self._plain_errors():
            self._check_first(x)
            return super().evaluate(x, *args, **kwargs)

    @functools.wraps(keras.Model.train_on_batch)
    def train_on_batch(self, *args, **kwargs):
        """As keras.Model.train_on_batch; says in a sentence what is wrong."""
        with self._plain_errors():
            return super().train_on_batch(*args, **kwargs)

    @functools.wraps(keras.Model.test_on_batch)
    def test_on_batch(self, *args, **kwargs):
        """As keras.Model.test_on_batch; says in a sentence what is wrong."""
        with self._plain_errors():
            return super().test_on_batch(*args, **kwargs)

    def make_train_function(self, force=False):
        """As keras.Model's; the optimizer has its variables before the first step."""
        # Those that the traced step would have to make cost a second tracing of it.
        if self.built and not self.optimizer.built:
            self.optimizer.build(self.trainable_variables)
        return super().make_train_function(force)

    def export(self, filepath, *args, **kwargs):
        """Exports the model as Keras does; `kvae.export` is for servers."""
        if self.built:
            shape = list(self.get_build_config()["input_shape"])
            shape[0 if self.replicas is None else 1] = None
            # Keras asks for a model that was called; the steps of fit never do that.
            self(ops.zeros([1 if size is None else size for size in shape]))
            rows = tf.TensorSpec(shape, self.variable_dtype, name="rows")
            kwargs.setdefault("input_signature", [rows])
        return super().export(filepath, *args, **kwargs)

    def train_step(self, data):
        """One step of the optimizer; returns the trackers' results."""
        x, y = self._prepare(data)
        # A strategy adds up the gradients of its replicas.
        devices = tf.distribute.get_strategy().num_replicas_in_sync
        with tf.GradientTape() as tape:
            pair, loss, *parts = self._terms(x, y, training=True)
            scaled = self.optimizer.scale_loss(loss if devices == 1 else loss / devices)
        gradients = tape.gradient(scaled, self.trainable_variables)
        self.optimizer.apply(gradients, self.trainable_variables)
        return self._log(x, pair, loss, *parts)

    def test_step(self, data):
        """The same losses without training."""
        x, y = self._prepare(data)
        return self._log(x, *self._terms(x, y, training=False))

    def predict_step(self, data):
        """Returns the outputs of a batch; labels beside the rows are not looked at."""
        return self(self._unpack(data)[0], training=False)

    def _check_strategy(self):
        strategy = self.distribute_strategy
        if self.replicas and strategy and strategy.num_replicas_in_sync > 1:
            raise ValueError(
                f"{self.name} is a stack of {self.replicas} models, which a strategy "
                "would cut in pieces: it hands out the first axis of a batch. Train "
                "the stack without tf.distribute; its members already run side by side."
            )

    def _check_first(self, x):
        """Looks at rows before a training step is traced, which takes seconds."""
        if isinstance(x, keras.utils.PyDataset):
            self._check_values(self._unpack(x[0])[0])
        elif isinstance(x, tf.data.Dataset) and self.jit_compile is True:
            # XLA drops the check of every batch.
            self._check_values(self._unpack(next(iter(x)))[0])
        elif isinstance(x, np.ndarray) or tf.is_tensor(x):
            if self.replicas is not None:
                raise ValueError(
                    f"{self.name} is a stack of {self.replicas} models and expects "
                    "batches (R, B, ...), from kvae.batches(x, seeds=...). Received: "
                    f"an array {tuple(x.shape)}, whose axis R Keras would shuffle and "
                    "cut into batches."
                )
            self._check_values(x)

    def _check_values(self, x):
        """Returns x, or raises where its values would turn the weights into NaN."""
        return x

    def _prepare(self, data):
        """Returns (x, y) of a batch, checked."""
        x, y = self._unpack(data)
        return self._check_values(x), y

    def _unpack(self, data):
        """Returns (x, y) of a batch: rows, (rows, labels) or a dictionary of tfds."""
        x, y, sample_weight = keras.utils.unpack_x_y_sample_weight(data)
        if sample_weight is not None:
            raise ValueError(
                f"{self.name} expects rows, or (rows, labels). Received: sample "
                "weights too. Draw rows with repetition instead of weighting them."
            )
        if isinstance(x, dict):
            x, y = self._from_dictionary(x, y)
        if self.replicas is not None and x.shape[0] is None:  # a PyDataset's
            x = tf.ensure_shape(x, (self.replicas, *x.shape[1:]))
        expect_replica_axis(self.name, x, self.replicas)
        return x, y

    def _from_dictionary(self, x, y):
        rows = [key for key in ROW_KEYS if key in x] or list(x)
        if len(rows) != 1:
            raise ValueError(
                f"{self.name} expects batches of rows, (rows, labels), or dictionaries "
                f"with {' or '.join(map(repr, ROW_KEYS))}, as tfds gives them. "
                f"Received: a dictionary of {sorted(x)}. Choose one of them: "
                "data.map(lambda batch: batch[...])."
            )
        labels = [x[key] for key in LABEL_KEYS if key in x]
        return x[rows[0]], labels[0] if labels and y is None else y

    def _log(self, x, pair, loss, *parts):
        # A stack logs the mean of its members: one scale for one model and for many.
        loss = loss / (self.replicas or 1)
        rows = ops.shape(x)[0 if self.replicas is None else 1]
        for tracker, value in zip(self._trackers.metrics, (loss, *parts), strict=True):
            # The last batch may leave a device of a strategy without rows.
            mean = ops.where(rows > 0, ops.mean(value), 0)
            tracker.update_state(mean, sample_weight=rows)
        results = self.compute_metrics(x, *pair)
        if isinstance(
            tf.distribute.get_strategy(), tf.distribute.MultiWorkerMirroredStrategy
        ):
            # Keras averages over workers along a first axis, which means lack (#20585).
            results = {name: value[None] for name, value in results.items()}
        return results

    @contextlib.contextmanager
    def _plain_errors(self):
        """Turns a failed check inside a graph into its sentence."""
        try:
            yield
        except tf.errors.InvalidArgumentError as error:
            sentence = re.search(rf"{re.escape(self.name)} expects [^\n]*", str(error))
            if sentence is None:
                raise
            raise ValueError(sentence[0].replace("b'", "").strip("' ]")) from None
