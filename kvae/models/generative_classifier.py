"""The generative classifier: K classes, and one for rows that are no good."""

import keras
from keras import ops

from kvae.checks import expect_at_least, expect_count
from kvae.models.classifiers import MLP, convnet
from kvae.models.model import Model


@keras.saving.register_keras_serializable(package="kvae")
class GenerativeClassifier(Model):
    """Judges rows: softmax over K classes and, last, "bad".

    A row is accepted as one of class c where c is the arg max of all K + 1 and
    p[c] >= threshold. It trains like any Keras classifier, on labels 0 ... K - 1 and
    K for bad rows; `kvae.training.fit_generative_classifier` does all of it.

    Args:
        num_classes: int K >= 2.
        network: optional Keras model, rows (B, ...) -> logits (B, K + 1); by default
            Keras' MNIST convnet for images (H, W, C), and an MLP for tables.
        threshold: float in [0, 1], the least p[label] of an accepted row; kept as a
            weight, so that it is saved and exported with the others.
        seed: int, for the default network.

    Call arguments:
        x: float tensor (B, ...).

    Returns:
        Logits (B, K + 1).

    Raises:
        ValueError: for fewer than 2 classes, a threshold outside [0, 1], or a network
            with a different number of outputs.

    Example:
        >>> model = GenerativeClassifier(num_classes=2, threshold=0.5)
        >>> model.build((None, 4))
        >>> label, score, accepted = model.judge(ops.zeros((3, 4)))
        >>> label.shape, score.shape, accepted.dtype
        (TensorShape([3]), TensorShape([3]), tf.bool)

    Reference:
        Iser 2023, "Generative Classifier"; Moreno-Barea, Jerez and Franco 2020.
    """

    def __init__(self, num_classes, network=None, threshold=0.0, seed=0, **kwargs):
        super().__init__(**kwargs)
        expect_count("num_classes of GenerativeClassifier", num_classes, 2)
        _expect_share(threshold)
        self.num_classes = num_classes
        self.network = network
        self.seed = seed
        self.threshold = self.add_weight(
            (),
            keras.initializers.Constant(threshold),
            name="threshold",
            trainable=False,
            dtype="float32",
        )

    def build(self, input_shape):
        """Builds the network for rows of this shape."""
        input_shape = tuple(input_shape)
        if self.network is None:
            outputs = self.num_classes + 1
            if len(input_shape) == 4:
                self.network = convnet(input_shape[1:], outputs, self.seed)
            else:
                self.network = MLP(outputs, seeds=self.seed)
        if not self.network.built:
            self.network.build(input_shape)
        rows = keras.KerasTensor(input_shape, self.compute_dtype)
        shape = tuple(self.network.compute_output_spec(rows).shape)
        if shape != (input_shape[0], self.num_classes + 1):
            raise ValueError(
                f"{self.name} expects a network with {self.num_classes + 1} outputs, "
                "one for each class and one for bad rows. Received: outputs of shape "
                f"{shape}."
            )

    def call(self, x, training=False):
        """Returns the logits of rows."""
        return self.network(x, training=training)

    def judge(self, x, label=None):
        """Accepts or rejects rows.

        Args:
            x: float tensor (B, ...).
            label: optional int tensor (B,), the classes that the rows are meant to be
                of; by default the likeliest of the K classes.

        Returns:
            (label (B,) int32, score (B,) = p[label], accepted (B,) bool).
        """
        probability = ops.softmax(ops.cast(self(x), "float32"), axis=-1)
        if label is None:
            label = ops.argmax(probability[:, : self.num_classes], axis=-1)
        label = ops.cast(label, "int32")
        one_hot = ops.one_hot(label, self.num_classes + 1)
        score = ops.sum(probability * one_hot, axis=-1)
        is_arg_max = ops.cast(ops.argmax(probability, axis=-1), "int32") == label
        return label, score, ops.logical_and(is_arg_max, score >= self.threshold)

    def with_threshold(self, threshold):
        """Returns the same classifier, its network shared, with another threshold."""
        return type(self)(
            self.num_classes, network=self.network, threshold=threshold, seed=self.seed
        )

    def get_config(self):
        """Returns the arguments, the network included; the threshold is a weight."""
        return {
            **super().get_config(),
            "num_classes": self.num_classes,
            "network": self.network
            and keras.saving.serialize_keras_object(self.network),
            "seed": self.seed,
        }

    @classmethod
    def from_config(cls, config):
        """Returns the model that `get_config` described."""
        network = config.get("network")
        if network is not None:
            network = keras.saving.deserialize_keras_object(network)
        return cls(**{**config, "network": network})


def _expect_share(threshold):
    expect_at_least("threshold of GenerativeClassifier", threshold, 0)
    if threshold > 1:
        raise ValueError(
            "threshold of GenerativeClassifier expects a probability in [0, 1]. "
            f"Received: {threshold!r}."
        )
