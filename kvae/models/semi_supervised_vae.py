"""The semi-supervised VAE (M2): a class-conditional VAE with a classifier inside."""

import keras
from keras import ops

from kvae import losses
from kvae.checks import expect_at_least
from kvae.layers.replicated import normalize_seeds
from kvae.models.beta_vae import ACTIVE_VARIANCE
from kvae.models.classifiers import MLP
from kvae.models.conditional_vae import ConditionalVAE


@keras.saving.register_keras_serializable(package="kvae")
class SemiSupervisedVAE(ConditionalVAE):
    """A ConditionalVAE that learns from rows without a class, too.

    A classifier q(y | x) stands in for the class where it is unknown. With
    L(x, y) = log p(x | y, z) - beta KL(q(z | x, y) || p(z)) + log p(y), a labelled row
    costs -L(x, y) - alpha log q(y | x), one without a label
    sum over y of q(y | x) (log q(y | x) - L(x, y)). The shares p(y) are trained by the
    rows without a label alone: labelled ones are often as many of each class.

    Args:
        encoder: as in ConditionalVAE.
        decoder: as in ConditionalVAE.
        num_classes: int K.
        schema: tuple of Attribute of x, without the class.
        alpha: float >= 0, how much a labelled row teaches the classifier, in units of
            its cross-entropy.
        classifier_units: ints, hidden units of the classifier.
        **kwargs: as in ConditionalVAE.

    Its rows are those of `with_class`; the class of an unlabelled one is zeros.

    Raises:
        ValueError: for alpha < 0, and as ConditionalVAE.

    Example:
        >>> import numpy as np
        >>> from kvae import DenseDecoder, DenseEncoder
        >>> from kvae.schema import continuous
        >>> vae = SemiSupervisedVAE(
        ...     DenseEncoder(2), DenseDecoder((5,)), 2, schema=continuous("abc")
        ... )
        >>> vae.build((None, 5))
        >>> vae.classify(np.zeros((4, 3), "float32")).shape
        TensorShape([4, 2])

    Reference:
        Kingma, Rezende, Mohamed and Welling 2014, Semi-Supervised Learning with Deep
        Generative Models, equations 6 to 9.
    """

    def __init__(
        self,
        encoder,
        decoder,
        num_classes,
        schema=None,
        alpha=10.0,
        classifier_units=(64, 32),
        **kwargs,
    ):
        super().__init__(encoder, decoder, num_classes, schema, **kwargs)
        expect_at_least("alpha of SemiSupervisedVAE", alpha, 0)
        self.alpha, self.classifier_units = alpha, tuple(classifier_units)
        self.classifier = MLP(
            num_classes,
            self.classifier_units,
            seeds=normalize_seeds(self.seeds),
            dtype=self.dtype_policy,
        )

    def build(self, input_shape):
        """Builds encoder, decoder and classifier for rows with their class."""
        super().build(input_shape)
        *axes, width = input_shape
        self.classifier.build((*axes, width - self.num_classes))
        replica_axis = tuple(input_shape)[: self._batch_axes - 1]
        shape = (*replica_axis, 1, self.num_classes)
        self._share_logits = self.add_weight(shape, "zeros", name="share_logits")

    def classify(self, x):
        """Returns q(y | x), (B, K) or (R, B, K), of rows without their class."""
        return ops.softmax(self.classifier(x), axis=-1)

    @property
    def class_shares(self):
        """Tensor (1, K) or (R, 1, K): p(y), as learned from unlabelled rows."""
        return ops.softmax(self._share_logits, axis=-1)

    def get_config(self):
        """Returns the arguments."""
        return {
            **super().get_config(),
            "alpha": self.alpha,
            "classifier_units": self.classifier_units,
        }

    def _terms(self, x, y=None, training=False):
        x = ops.cast(x, self.variable_dtype)
        told = x[..., -self.num_classes :]
        labelled = ops.sum(told, axis=-1)  # (..., B), 1 or 0
        log_q = ops.log_softmax(self.classifier(x[..., : -self.num_classes]), axis=-1)
        log_q = losses.at_least_float32(log_q)
        # A row counts for its class, or for each as likely as the classifier says.
        guessed = (1 - labelled)[..., None] * ops.exp(log_q)
        weight = told + guessed
        log_prob, kl, z_mean = self._as_each_class(x, training)
        reconstruction = -ops.mean(ops.sum(weight * log_prob, axis=-1), axis=-1)
        kl = ops.mean(ops.sum(weight * kl, axis=-1), axis=-1)
        log_share = ops.log_softmax(self._share_logits, axis=-1)
        doubt = ops.sum(guessed * (log_q - log_share), axis=-1)
        cross_entropy = -ops.sum(told * log_q, axis=-1)
        of_classes = ops.mean(doubt + self.alpha * cross_entropy, axis=-1)
        loss = ops.sum(reconstruction + self._penalty(kl, z_mean) + of_classes)
        for extra in self.losses:
            loss += ops.cast(extra, loss.dtype)
        variance = ops.var(ops.cast(z_mean, kl.dtype), axis=-2)
        active = ops.sum(ops.cast(variance > ACTIVE_VARIANCE, kl.dtype), axis=-1)
        elbo = -reconstruction - kl - ops.mean(doubt, axis=-1)
        return (told, ops.exp(log_q)), loss, reconstruction, kl, active, elbo

    def _as_each_class(self, x, training):
        """Returns log p(x | y, z) and KL, (..., B, K), and z_mean, all y at once."""
        features, axes = x[..., : -self.num_classes], self._batch_axes
        *batch, width = ops.shape(features)
        one_hot = ops.eye(self.num_classes, dtype=x.dtype)
        shape = (*batch, self.num_classes)
        repeated = ops.broadcast_to(features[..., None, :], (*shape, width))
        told = ops.broadcast_to(one_hot, (*shape, self.num_classes))
        rows = ops.concatenate([repeated, told], axis=-1)
        # The classes of a row stand side by side in the batch.
        flat = (*batch[:-1], -1, width + self.num_classes)
        rows = ops.reshape(rows, flat)
        z_mean, z_log_var = self.encode(rows, training)
        z = z_mean
        if not self.deterministic:
            z = self.sampling([z_mean, z_log_var], training=training)
        outputs = self.decoder(self._with_condition(z, rows), training=training)
        log_prob = self.likelihood.log_prob(
            rows, outputs, log_variance=self.log_variance, batch_axes=axes
        )
        kl = losses.kl_divergence(z_mean, z_log_var)
        if self.deterministic:
            kl = ops.zeros_like(kl)
        return ops.reshape(log_prob, shape), ops.reshape(kl, shape), z_mean
