"""The beta-VAE, trained by Keras' own fit."""

import math

import keras
import numpy as np
import tensorflow as tf
from keras import ops, tree

from kvae import likelihoods, losses
from kvae.layers.gaussian import GaussianSampling
from kvae.layers.replicated import seeds_config
from kvae.models.adjustable import Adjustable
from kvae.models.trained import Trained
from kvae.schema import schema_from_configs

# A latent is active where its mean varies over the data (Burda et al. 2016, 4.2).
ACTIVE_VARIANCE = 0.01
# Of a learned variance: a tenth of a standard unit. Below, a few rows would be learned
# by heart.
LEAST_LOG_VARIANCE = math.log(0.01)
# What is logged, nats per row and a count, and which way is better. The ELBO is that of
# beta = 1 whatever beta is: losses of different betas do not compare.
TRACKERS = {
    "loss": "down",
    "reconstruction": "down",
    "kl": "down",
    "active_units": "up",
    "elbo": "up",
}


@keras.saving.register_keras_serializable(package="kvae")
class BetaVAE(Trained):
    """beta-VAE: loss = reconstruction + coefficient * KL, in nats.

    Both terms are summed over features or latents, averaged over the batch B, and
    summed over replicas R, so that training a stack is training its members. The
    coefficient is beta, or beta * d / N with `normalize_beta`, where d is the latent
    dimension and N the number of attributes.

    Args:
        encoder: keras model, x -> (z_mean, z_log_var), each (B, d) or (R, B, d). Where
            it begins with a keras.layers.Rescaling, the decoder gives back, and is
            compared with, what that makes of x.
        decoder: keras model, z -> logits or means of the shape of x.
        beta: float >= 0, or R floats, one for each replica. A callback may set it while
            the model trains (`BetaSchedule`).
        normalize_beta: bool, whether beta is multiplied by d / N.
        num_attributes: int N; by default the number of features of x. A table's
            attributes may be fewer than its inputs (one-hot columns).
        reconstruction: "bernoulli" (x in [0, 1], the decoder gives logits),
            "gaussian" (unit variance, means), "optimal_gaussian" (sharper images; see
            `likelihoods.OptimalGaussian`), "mixed" (see `likelihoods.Mixed`), or a
            `likelihoods.Likelihood`.
        schema: tuple of Attribute (or their configs), for "mixed".
        learn_variance: bool, for "mixed": Gaussian columns have a variance that is
            trained, of at least 0.01, instead of 1.
        deterministic: bool; True is the plain autoencoder: no noise, no KL.
        capacity: float >= 0 in nats, or R floats; beta multiplies |KL - capacity|. Like
            beta it may be set while the model trains.
        seeds: int or R ints for the noise; by default the encoder's, else 0.

    Trains on rows, or (rows, labels), which are ignored, or (rows, rows): the second,
    of the same shape, are what the first are to become (denoising).

    Call arguments:
        x: float tensor (B, ...) or (R, B, ...).
        training: bool; outside training the code is z_mean, without noise.

    Returns:
        The decoder's output, of the shape of x.

    Raises:
        ValueError: for beta < 0, a wrong number of them, or an unknown reconstruction.

    Example:
        >>> from kvae import DenseDecoder, DenseEncoder
        >>> vae = BetaVAE(DenseEncoder(2), DenseDecoder((8, 8, 1)), beta=0.5)
        >>> vae.compile("adam")
        >>> history = vae.fit(np.zeros((64, 8, 8, 1)), verbose=0)
        >>> sorted(history.history)
        ['active_units', 'elbo', 'kl', 'loss', 'reconstruction']

    Reference:
        Higgins et al. 2017, beta-VAE, equation 4 and appendix A.6; Burgess et al. 2018,
        Understanding disentangling in beta-VAE, equation 8; Iser 2023, equations 1, 2.
    """

    own_loss = "the negative ELBO; choose p(x | z) with reconstruction="
    beta, capacity = Adjustable(), Adjustable()

    def __init__(
        self,
        encoder,
        decoder,
        beta=1.0,
        normalize_beta=False,
        num_attributes=None,
        reconstruction="bernoulli",
        schema=None,
        learn_variance=False,
        deterministic=False,
        capacity=0.0,
        seeds=None,
        **kwargs,
    ):
        super().__init__(TRACKERS, **kwargs)
        self.encoder, self.decoder = encoder, decoder
        if seeds is None:
            seeds = getattr(encoder, "seeds", getattr(encoder, "seed", 0))
        self.sampling = GaussianSampling(
            seeds, name="sampling", dtype=self.dtype_policy
        )
        self.seeds = self.sampling.seeds
        self.replicas = None if isinstance(self.seeds, int) else len(self.seeds)
        self.beta, self.capacity = beta, capacity
        self.normalize_beta, self.num_attributes = normalize_beta, num_attributes
        self.deterministic = deterministic
        schema = schema_from_configs(schema)
        self.likelihood = likelihoods.get(reconstruction, schema)
        self.reconstruction = self.likelihood.name
        self.schema = self.likelihood.schema or schema
        self.learn_variance = learn_variance and self.likelihood.num_variances > 0

    def build(self, input_shape):
        """Builds encoder and decoder for inputs of this shape."""
        input_shape = tuple(input_shape)
        if not self.encoder.built:
            self.encoder.build(input_shape)
        code_shape = self._check_code_shape(input_shape)
        self.latent_dim = code_shape[-1]
        self.sampling.build([code_shape, code_shape])
        code_shape = (*code_shape[:-1], code_shape[-1] + self.condition_dim)
        if not self.decoder.built:
            self.decoder.build(code_shape)
        self._check_decoder(code_shape, input_shape)
        features = math.prod(input_shape[self._batch_axes :])
        self.num_attributes = self.num_attributes or len(self.schema or ()) or features
        if self.learn_variance:
            replica_axis = input_shape[: self._batch_axes - 1]
            shape = (*replica_axis, 1, self.likelihood.num_variances)
            self._log_variance = self.add_weight(shape, "zeros", name="log_variance")

    def compute_output_shape(self, input_shape):
        """Returns the shape of x: the decoder gives it back."""
        return tuple(input_shape)

    @property
    def coefficient(self):
        """What multiplies the KL: beta, or beta * d / N; () or (R,)."""
        return np.asarray(self.beta) * self._coefficient_per_beta

    @property
    def _coefficient_per_beta(self):
        return self.latent_dim / self.num_attributes if self.normalize_beta else 1.0

    @property
    def log_variance(self):
        """Log variances of the Gaussian columns, (1, G) or (R, 1, G); None if all 0."""
        if not self.learn_variance:
            return None
        return ops.maximum(self._log_variance, LEAST_LOG_VARIANCE)

    def encode(self, x, training=False):
        """Returns (z_mean, z_log_var), each (B, d) or (R, B, d)."""
        return self.encoder(x, training=training)

    def decode(self, z):
        """Returns the mean row of p(x | z): probabilities where it is not Gaussian."""
        return self.likelihood.mean(self.decoder(z, training=False))

    def sample(self, mean, normal, uniform, replica=None):
        """Returns rows drawn from p(x | z), as `Likelihood.sample` does.

        Args:
            mean: float array or tensor (N, ...), mean rows, each of one replica.
            normal: standard normal numbers of the same shape.
            uniform: numbers in [0, 1) of the same shape.
            replica: int array or tensor (N,), of a stack: which replica each row is of.
        """
        log_variance = self.log_variance
        if log_variance is not None and self.replicas is not None:
            log_variance = ops.take(log_variance[:, 0], replica, axis=0)
        return self.likelihood.sample(mean, normal, uniform, log_variance=log_variance)

    def call(self, x, training=False):
        """Returns the decoder's output for the codes of x."""
        z_mean, z_log_var = self.encode(x, training)
        noisy = training and not self.deterministic
        z = self.sampling([z_mean, z_log_var], training=True) if noisy else z_mean
        return self.decoder(self._with_condition(z, x), training=training)

    def compute_losses(self, x, training=False):
        """Returns (loss, reconstruction, kl, active_units).

        The loss is a scalar in nats; the others are () or (R,): the mean over the
        batch of -log p(x | z) and of KL(q(z | x) || N(0, I)), and how many latents
        are active in the batch.
        """
        return self._terms(x, training=training)[1:-1]

    def _terms(self, x, y=None, training=False):
        x = ops.cast(x, self.variable_dtype)
        z_mean, z_log_var = self.encode(x, training)
        z = z_mean
        if not self.deterministic:
            z = self.sampling([z_mean, z_log_var], training=training)
        x_hat = self.decoder(self._with_condition(z, x), training=training)
        target = self._target(x) if y is None else ops.cast(y, x.dtype)
        log_prob = self.likelihood.log_prob(
            target, x_hat, log_variance=self.log_variance, batch_axes=self._batch_axes
        )
        reconstruction = ops.mean(-log_prob, axis=-1)  # over B
        kl = ops.mean(losses.kl_divergence(z_mean, z_log_var), axis=-1)
        if self.deterministic:
            kl = ops.zeros_like(kl)
        penalty = self._penalty(kl, (z, z_mean, z_log_var))
        loss = ops.sum(reconstruction + penalty)  # over R
        # Regularizers, and what layers of one's own have added by add_loss.
        for extra in self.losses:
            loss += ops.cast(extra, loss.dtype)
        variance = ops.var(ops.cast(z_mean, kl.dtype), axis=-2)
        active = ops.sum(ops.cast(variance > ACTIVE_VARIANCE, kl.dtype), axis=-1)
        pair = self._compared(target, x_hat)
        return pair, loss, reconstruction, kl, active, -reconstruction - kl

    def _penalty(self, kl, codes):
        """Returns what the loss has besides the reconstruction, () or (R,), in nats."""
        beyond = ops.abs(kl - BetaVAE.capacity.in_graph(self, kl.dtype))
        return self._beta_in_graph(kl.dtype) * beyond

    def _beta_in_graph(self, dtype):
        """Returns what multiplies the KL, as `coefficient`, in a training step."""
        return BetaVAE.beta.in_graph(self, dtype) * self._coefficient_per_beta

    def get_config(self):
        """Returns the arguments, encoder and decoder included."""
        return {
            **super().get_config(),
            "encoder": keras.saving.serialize_keras_object(self.encoder),
            "decoder": keras.saving.serialize_keras_object(self.decoder),
            "beta": BetaVAE.beta.config(self),
            "normalize_beta": self.normalize_beta,
            "num_attributes": self.num_attributes,
            "reconstruction": likelihoods.serialize(self.likelihood),
            "schema": self.schema and [a.get_config() for a in self.schema],
            "learn_variance": self.learn_variance,
            "deterministic": self.deterministic,
            "capacity": BetaVAE.capacity.config(self),
            "seeds": seeds_config(self.seeds),
        }

    @classmethod
    def from_config(cls, config):
        """Returns the model that `get_config` described."""
        models = {
            name: keras.saving.deserialize_keras_object(config[name])
            for name in ("encoder", "decoder")
        }
        return cls(**{**config, **models})

    condition_dim = 0  # how many inputs tell the decoder something besides the code

    def _with_condition(self, z, x):
        """Returns what the decoder gets for codes z of rows x."""
        return z

    @property
    def _batch_axes(self):
        return 1 if self.replicas is None else 2

    def _prepare(self, data):
        x, y = self._unpack(data)
        if not self.built:  # the steps never call self(x), which would build it
            self.build(tuple(x.shape))  # a TensorShape is no JSON
        axes = self._batch_axes
        shape = tuple(self.get_build_config()["input_shape"])[axes:]
        if tuple(x.shape)[axes:] != shape:
            raise ValueError(
                f"{self.name} expects rows of shape {shape}, as it was built for. "
                f"Received: {tuple(x.shape)[axes:]}."
            )
        # Labels have no part in it; rows beside rows are what to reconstruct.
        if y is None or tuple(getattr(y, "shape", ()))[1:] != tuple(x.shape)[1:]:
            return self._check_values(x), None
        return self._check_values(x), self._checked(y, tf.cast(y, self.variable_dtype))

    def _check_code_shape(self, input_shape):
        """Returns the shape of z_mean, (B, d) or (R, B, d)."""
        x = keras.KerasTensor(input_shape, self.compute_dtype)
        codes = self.encoder.compute_output_spec(x)
        shapes = [tuple(code.shape) for code in tree.flatten(codes)]
        if len(shapes) != 2 or shapes[0] != shapes[1]:
            raise ValueError(
                f"{self.name} expects an encoder that returns z_mean and z_log_var, "
                f"two tensors of one shape (B, d). Received: shapes {shapes}."
            )
        return shapes[0]

    def _check_decoder(self, code_shape, input_shape):
        z = keras.KerasTensor(code_shape, self.compute_dtype)
        shape = tuple(self.decoder.compute_output_spec(z).shape)
        axes = self._batch_axes
        if shape[axes:] != input_shape[axes:] or len(shape) != len(input_shape):
            raise ValueError(
                f"{self.name} expects a decoder whose output has the shape of x, "
                f"{input_shape}. Received: {shape}, for codes {code_shape}."
            )

    def _check_values(self, x):
        """Stops at values that would silently turn the weights into NaN."""
        return self._checked(x, self._target(tf.cast(x, self.variable_dtype)))

    def _checked(self, x, target):
        fits = tf.reduce_all(tf.math.is_finite(target)) & self.likelihood.fits(target)
        expected = self.likelihood.expected_values
        message = f"{self.name} expects values of x {expected}. Received others."
        with tf.control_dependencies([tf.debugging.Assert(fits, [message])]):
            return tf.identity(x)

    def _target(self, x):
        """Returns x in the scale of the decoder: what a first Rescaling makes of it."""
        first = self.encoder
        while getattr(first, "layers", None):  # a model may begin with a model
            inner = (
                layer
                for layer in first.layers
                if not isinstance(layer, keras.layers.InputLayer)
            )
            first = next(inner, None)
        return first(x) if isinstance(first, keras.layers.Rescaling) else x

    def _compared(self, target, x_hat):
        """Returns what the compiled metrics compare, (true, predicted)."""
        return target, self.likelihood.mean(x_hat)
