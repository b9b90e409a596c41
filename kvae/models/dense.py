"""Dense encoders and decoders, single or with a replica axis."""

import math

import keras
from keras import ops

from kvae.layers.replicated import ReplicatedDense, normalize_seeds, seeds_config
from kvae.models.model import Model


class _Dense(Model):
    """Hidden layers that encoder and decoder share."""

    def __init__(self, hidden_units, activation, seeds, **kwargs):
        super().__init__(**kwargs)
        self.hidden_units = tuple(hidden_units)
        self.activation = keras.activations.get(activation)
        self.seeds = normalize_seeds(seeds)
        self.hidden = [
            self._layer(units, f"hidden_{i}", activation)
            for i, units in enumerate(self.hidden_units)
        ]

    @property
    def replicas(self):
        """Int R, or None where there is no replica axis."""
        return None if isinstance(self.seeds, int) else len(self.seeds)

    @property
    def _batch_axes(self):
        return 1 if self.replicas is None else 2

    def _layer(self, units, name, activation=None):
        # The model's name is part of the layer's: encoder and decoder of one seed
        # must not start from the same numbers.
        return ReplicatedDense(
            units,
            activation,
            self.seeds,
            name=f"{self._purpose}_{name}",
            dtype=self.dtype_policy,
        )

    def _build_hidden(self, shape):
        for layer in self.hidden:
            layer.build(shape)
            shape = layer.compute_output_shape(shape)
        return shape

    def _call_hidden(self, x):
        for layer in self.hidden:
            x = layer(x)
        return x

    def get_config(self):
        """Returns the arguments."""
        return {
            **super().get_config(),
            "hidden_units": self.hidden_units,
            "activation": keras.activations.serialize(self.activation),
            "seeds": seeds_config(self.seeds),
        }


@keras.saving.register_keras_serializable(package="kvae")
class DenseEncoder(_Dense):
    """Rows to the parameters of q(z | x), through dense layers.

    Args:
        latent_dim: int d.
        hidden_units: ints, units of the hidden layers.
        activation: str or callable, activation of the hidden layers.
        seeds: int, or R ints for R replicas.

    Call arguments:
        x: float tensor (B, ...) or (R, B, ...); all features are flattened.

    Returns:
        (z_mean, z_log_var), float tensors (B, d) or (R, B, d).

    Example:
        >>> encoder = DenseEncoder(latent_dim=2, hidden_units=(8,))
        >>> z_mean, z_log_var = encoder(ops.ones((5, 28, 28, 1)))
        >>> z_mean.shape
        TensorShape([5, 2])
    """

    _purpose = "encoder"

    def __init__(
        self, latent_dim, hidden_units=(256,), activation="relu", seeds=0, **kwargs
    ):
        super().__init__(hidden_units, activation, seeds, **kwargs)
        self.latent_dim = latent_dim
        self.z_mean = self._layer(latent_dim, "z_mean")
        self.z_log_var = self._layer(latent_dim, "z_log_var")

    def build(self, input_shape):
        """Makes the weights for inputs of this shape."""
        axes = self._batch_axes
        flat = (*input_shape[:axes], math.prod(input_shape[axes:]))
        shape = self._build_hidden(flat)
        self.z_mean.build(shape)
        self.z_log_var.build(shape)

    def compute_output_shape(self, input_shape):
        """Returns the shapes of z_mean and z_log_var."""
        shape = (*input_shape[: self._batch_axes], self.latent_dim)
        return shape, shape

    def call(self, x):
        """Returns (z_mean, z_log_var)."""
        features = math.prod(x.shape[self._batch_axes :])
        x = ops.reshape(x, (*ops.shape(x)[: self._batch_axes], features))
        h = self._call_hidden(x)
        return self.z_mean(h), self.z_log_var(h)

    def get_config(self):
        """Returns the arguments."""
        return {**super().get_config(), "latent_dim": self.latent_dim}


@keras.saving.register_keras_serializable(package="kvae")
class DenseDecoder(_Dense):
    """Latents to the parameters of p(x | z), through dense layers.

    Args:
        element_shape: shape of one row, (H, W, C) or (F,).
        hidden_units: ints, units of the hidden layers, in the decoder's order.
        activation: str or callable, activation of the hidden layers.
        seeds: int, or R ints for R replicas.

    Call arguments:
        z: float tensor (B, d) or (R, B, d).

    Returns:
        Float tensor (B, *element_shape) or (R, B, *element_shape): logits of a
        Bernoulli, or means of a Gaussian.

    Example:
        >>> DenseDecoder((8, 8, 1), seeds=(0, 1))(ops.ones((2, 5, 3))).shape
        TensorShape([2, 5, 8, 8, 1])
    """

    _purpose = "decoder"

    def __init__(
        self, element_shape, hidden_units=(256,), activation="relu", seeds=0, **kwargs
    ):
        super().__init__(hidden_units, activation, seeds, **kwargs)
        self.element_shape = tuple(element_shape)
        self.x_hat = self._layer(math.prod(self.element_shape), "x_hat")

    def build(self, input_shape):
        """Makes the weights for latents of this shape."""
        self.x_hat.build(self._build_hidden(tuple(input_shape)))

    def compute_output_shape(self, input_shape):
        """Returns the shape of rows."""
        return (*input_shape[:-1], *self.element_shape)

    def call(self, z):
        """Returns the parameters of p(x | z)."""
        x = self.x_hat(self._call_hidden(z))
        return ops.reshape(x, (*ops.shape(z)[:-1], *self.element_shape))

    def get_config(self):
        """Returns the arguments."""
        return {**super().get_config(), "element_shape": self.element_shape}
