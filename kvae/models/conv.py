"""Convolutional encoder and decoder for images; no replica axis."""

import keras
from keras import layers

from kvae import random
from kvae.models.model import Model


def _glorot(seed, name):
    return keras.initializers.GlorotUniform(random.derive(seed, name, "kernel"))


@keras.saving.register_keras_serializable(package="kvae")
class ConvEncoder(Model):
    """Images to the parameters of q(z | x): strided 3x3 convolutions, then dense.

    Args:
        latent_dim: int d.
        filters: ints; each convolution halves height and width.
        seed: int.

    Call arguments:
        x: float tensor (B, H, W, C).

    Returns:
        (z_mean, z_log_var), float tensors (B, d).
    """

    replicas = None

    def __init__(self, latent_dim, filters=(32, 64), seed=0, **kwargs):
        super().__init__(**kwargs)
        self.latent_dim, self.filters, self.seed = latent_dim, tuple(filters), seed
        self.convolutions = [
            layers.Conv2D(
                count,
                3,
                strides=2,
                padding="same",
                activation="relu",
                kernel_initializer=_glorot(seed, f"encoder_conv_{i}"),
                dtype=self.dtype_policy,
            )
            for i, count in enumerate(self.filters)
        ]
        self.flatten = layers.Flatten(dtype=self.dtype_policy)
        self.z_mean, self.z_log_var = (
            layers.Dense(
                latent_dim,
                kernel_initializer=_glorot(seed, f"encoder_{name}"),
                dtype=self.dtype_policy,
            )
            for name in ("z_mean", "z_log_var")
        )

    def build(self, input_shape):
        """Makes the weights for images of this shape."""
        shape = tuple(input_shape)
        for layer in (*self.convolutions, self.flatten):
            layer.build(shape)
            shape = layer.compute_output_shape(shape)
        self.z_mean.build(shape)
        self.z_log_var.build(shape)

    def compute_output_shape(self, input_shape):
        """Returns the shapes of z_mean and z_log_var."""
        shape = (input_shape[0], self.latent_dim)
        return shape, shape

    def call(self, x):
        """Returns (z_mean, z_log_var)."""
        for layer in (*self.convolutions, self.flatten):
            x = layer(x)
        return self.z_mean(x), self.z_log_var(x)

    def get_config(self):
        """Returns the arguments."""
        return {
            **super().get_config(),
            "latent_dim": self.latent_dim,
            "filters": self.filters,
            "seed": self.seed,
        }


@keras.saving.register_keras_serializable(package="kvae")
class ConvDecoder(Model):
    """Latents to the parameters of p(x | z): dense, then transposed convolutions.

    Heights and widths that are not multiples of 2**len(filters) are decoded larger and
    cropped.

    Args:
        element_shape: (H, W, C) of one image.
        filters: ints; each transposed convolution doubles height and width.
        seed: int.

    Call arguments:
        z: float tensor (B, d).

    Returns:
        Float tensor (B, H, W, C): logits of a Bernoulli, or means of a Gaussian.
    """

    replicas = None

    def __init__(self, element_shape, filters=(64, 32), seed=0, **kwargs):
        super().__init__(**kwargs)
        self.element_shape, self.filters = tuple(element_shape), tuple(filters)
        self.seed = seed
        height, width, channels = self.element_shape
        scale = 2 ** len(self.filters)
        start = (-(-height // scale), -(-width // scale), self.filters[0])
        self.dense = layers.Dense(
            start[0] * start[1] * start[2],
            activation="relu",
            kernel_initializer=_glorot(seed, "decoder_dense"),
            dtype=self.dtype_policy,
        )
        self.reshape = layers.Reshape(start, dtype=self.dtype_policy)
        self.convolutions = [
            layers.Conv2DTranspose(
                count,
                3,
                strides=2,
                padding="same",
                activation="relu",
                kernel_initializer=_glorot(seed, f"decoder_conv_{i}"),
                dtype=self.dtype_policy,
            )
            for i, count in enumerate(self.filters)
        ]
        self.x_hat = layers.Conv2D(
            channels,
            3,
            padding="same",
            kernel_initializer=_glorot(seed, "decoder_x_hat"),
            dtype=self.dtype_policy,
        )

    def build(self, input_shape):
        """Makes the weights for latents of this shape."""
        shape = tuple(input_shape)
        for layer in (self.dense, self.reshape, *self.convolutions, self.x_hat):
            layer.build(shape)
            shape = layer.compute_output_shape(shape)

    def compute_output_shape(self, input_shape):
        """Returns the shape of images."""
        return (input_shape[0], *self.element_shape)

    def call(self, z):
        """Returns the parameters of p(x | z)."""
        for layer in (self.dense, self.reshape, *self.convolutions, self.x_hat):
            z = layer(z)
        height, width, _ = self.element_shape
        return z[:, :height, :width]

    def get_config(self):
        """Returns the arguments."""
        return {
            **super().get_config(),
            "element_shape": self.element_shape,
            "filters": self.filters,
            "seed": self.seed,
        }
