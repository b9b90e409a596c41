"""Sampling from q(z | x) = N(z_mean, diag(exp(z_log_var)))."""

import keras
import tensorflow as tf
from keras import ops

from kvae import random
from kvae.layers.replicated import normalize_seeds, seeds_config


@keras.saving.register_keras_serializable(package="kvae")
class GaussianSampling(keras.layers.Layer):
    """Reparameterised draw: z = z_mean + exp(z_log_var / 2) * eps, eps ~ N(0, I).

    The noise of a training step depends on the seed and on how many training steps
    the layer has made; the count is a weight, so that a reloaded model goes on where
    it stopped. Outside training the noise is the same at every call: evaluations can
    be repeated, and compared between epochs.

    Args:
        seeds: int, or R ints for inputs with a replica axis.

    Call arguments:
        inputs: (z_mean, z_log_var), float tensors (B, d) or (R, B, d).
        training: bool.

    Returns:
        Float tensor of the shape of z_mean.

    Example:
        >>> layer = GaussianSampling(seeds=0)
        >>> layer([ops.zeros((4, 2)), ops.zeros((4, 2))]).shape
        TensorShape([4, 2])

    Reference:
        Kingma and Welling 2013, Auto-Encoding Variational Bayes, section 2.4.
    """

    def __init__(self, seeds=0, **kwargs):
        super().__init__(**kwargs)
        self.seeds = normalize_seeds(seeds)

    def build(self, input_shape):
        """Makes the counter of training steps, one for each replica."""
        single = isinstance(self.seeds, int)
        self.steps = self.add_weight(
            () if single else (len(self.seeds),),
            "zeros",
            dtype="int64",
            trainable=False,
            name="steps",
        )
        seeds = [self.seeds] if single else self.seeds
        keys = [random.derive(seed, "sampling") for seed in seeds]
        self._keys = keys[0] if single else keys

    def call(self, inputs, training=False):
        """Returns one draw for each row."""
        z_mean, z_log_var = inputs
        if training:
            steps = self.steps + 1  # 0 is the noise outside training
            self.steps.assign(steps)
        else:
            steps = ops.zeros_like(self.steps)
        noise = random.normal_in_graph(
            self._keys,
            steps + self._device_steps(),
            ops.shape(z_mean),
            dtype=self.compute_dtype,
        )
        return z_mean + ops.exp(0.5 * z_log_var) * noise

    def _device_steps(self):
        """Returns an int64: devices that share a batch draw from places far apart."""
        context = tf.distribute.get_replica_context()
        if context is None or context.num_replicas_in_sync == 1:
            return 0
        return tf.cast(context.replica_id_in_sync_group, "int64") * 2**32

    def compute_output_shape(self, input_shape):
        """Returns the shape of z_mean."""
        return input_shape[0]

    def get_config(self):
        """Returns the arguments."""
        return {**super().get_config(), "seeds": seeds_config(self.seeds)}
