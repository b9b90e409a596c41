"""The classifiers that generated rows are judged with."""

import keras
from keras import layers, ops

from kvae import random
from kvae.layers.replicated import (
    ReplicatedDense,
    expect_replica_axis,
    normalize_seeds,
    seeds_config,
)
from kvae.models.trained import Trained


@keras.saving.register_keras_serializable(package="kvae")
class MLP(Trained):
    """A small dense classifier, single or R of them in one.

    Args:
        num_classes: int K.
        hidden_units: ints; () makes it a logistic regression trained by gradients.
        seeds: int, or R ints for R replicas.

    Call arguments:
        x: float tensor (B, F) or (R, B, F).

    Returns:
        Logits (B, K) or (R, B, K).

    Raises:
        ValueError: in training, without labels, with sample weights, or with a loss of
            its own in `compile`.

    Example:
        >>> import numpy as np
        >>> import tensorflow as tf
        >>> model = MLP(num_classes=3, seeds=(0, 1))
        >>> model.compile("adam")
        >>> x, y = np.zeros((2, 8, 4), "float32"), np.zeros((2, 8), "int64")
        >>> data = tf.data.Dataset.from_tensors((x, y))
        >>> sorted(model.fit(data, verbose=0).history)
        ['accuracy', 'loss']
        >>> model(x).shape
        TensorShape([2, 8, 3])
    """

    own_loss = "cross-entropy of its logits"

    def __init__(self, num_classes, hidden_units=(64, 32), seeds=0, **kwargs):
        super().__init__({"loss": "down", "accuracy": "up"}, **kwargs)
        self.num_classes = num_classes
        self.hidden_units = tuple(hidden_units)
        self.seeds = normalize_seeds(seeds)
        self.replicas = None if isinstance(self.seeds, int) else len(self.seeds)
        self.dense = [
            ReplicatedDense(
                units,
                activation,
                self.seeds,
                name=f"mlp_{i}",
                dtype=self.dtype_policy,
            )
            for i, (units, activation) in enumerate(
                [(units, "relu") for units in self.hidden_units] + [(num_classes, None)]
            )
        ]

    def build(self, input_shape):
        """Makes the weights for inputs of this shape."""
        shape = tuple(input_shape)
        for layer in self.dense:
            layer.build(shape)
            shape = layer.compute_output_shape(shape)

    def call(self, x):
        """Returns the logits."""
        for layer in self.dense:
            x = layer(x)
        return x

    def compute_losses(self, x, y):
        """Returns (loss, cross_entropy, accuracy); the last two are () or (R,)."""
        expect_replica_axis(self.name, x, self.replicas)
        return self._judge(y, self(x))

    def _terms(self, x, y, training=False):
        if y is None:
            raise ValueError(
                f"{self.name} expects (rows, labels). Received: no labels."
            )
        logits = self(x)
        loss, _, accuracy = self._judge(y, logits)
        return (y, logits), loss, accuracy

    def _judge(self, y, logits):
        logits = ops.cast(logits, self.variable_dtype)
        each = ops.sparse_categorical_crossentropy(y, logits, from_logits=True)
        cross_entropy = ops.mean(each, axis=-1)  # over B
        hits = ops.cast(ops.argmax(logits, axis=-1) == ops.cast(y, "int32"), each.dtype)
        return ops.sum(cross_entropy), cross_entropy, ops.mean(hits, axis=-1)

    def get_config(self):
        """Returns the arguments."""
        return {
            **super().get_config(),
            "num_classes": self.num_classes,
            "hidden_units": self.hidden_units,
            "seeds": seeds_config(self.seeds),
        }


def convnet(element_shape, num_classes, seed=0, dtype="float32"):
    """Returns the convnet of Keras' MNIST example, with logits, not compiled.

    3x3 conv 32, max-pool, 3x3 conv 64, max-pool, dropout 0.5, dense. Images of less
    than 16 pixels are padded, because nothing would be left of them otherwise.

    Args:
        element_shape: (H, W, C) of one image.
        num_classes: int K.
        seed: int; kernels and dropout depend on it alone.
        dtype: Keras dtype or policy of the layers before the logits, which stay
            float32; "mixed_bfloat16" computes faster on processors that have it.

    Returns:
        A keras.Sequential, (B, H, W, C) -> logits (B, K).

    Reference:
        keras.io/examples/vision/mnist_convnet
    """
    padding = "same" if min(element_shape[:2]) < 16 else "valid"

    def glorot(name):
        return keras.initializers.GlorotUniform(random.derive(seed, name, "kernel"))

    def convolution(filters, name):
        return layers.Conv2D(
            filters,
            3,
            padding=padding,
            activation="relu",
            kernel_initializer=glorot(name),
            name=name,
            dtype=dtype,
        )

    return keras.Sequential(
        [
            keras.Input(element_shape),
            convolution(32, "conv_1"),
            layers.MaxPooling2D(dtype=dtype),
            convolution(64, "conv_2"),
            layers.MaxPooling2D(dtype=dtype),
            layers.Flatten(dtype=dtype),
            layers.Dropout(0.5, seed=random.derive(seed, "dropout"), dtype=dtype),
            layers.Dense(num_classes, kernel_initializer=glorot("x"), name="logits"),
        ],
        name="convnet",
    )


def logistic_regression():
    """Returns scikit-learn's logistic regression with the settings of the tables."""
    from sklearn.linear_model import LogisticRegression

    return LogisticRegression(max_iter=1000)
