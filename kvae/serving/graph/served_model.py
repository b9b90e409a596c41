"""What the signatures of an export have in common: encode, decode, judge."""

import tensorflow as tf

from kvae.latent.codes import row_shape
from kvae.models.conditional_vae import ConditionalVAE
from kvae.models.multi_vae import MultiVAE
from kvae.serving.graph import randomness


class ServedModel:
    """A VAE, and what was exported with it, as functions of tensors.

    Each is one function of the graph, however many signatures call it.

    Args:
        vae: BetaVAE without a replica axis, MultiVAE or ConditionalVAE, built.
        class_names: K strings, or None where the model knows no classes.
        reference: ReferenceCodes, or None.
        generative_classifier: GenerativeClassifier, or None.
    """

    def __init__(self, vae, class_names, reference, generative_classifier):
        self.vae, self.class_names = vae, class_names
        self.reference, self.judge_model = reference, generative_classifier
        self.latent_dim = vae.latent_dim
        self.element_shape = row_shape("export", vae)
        self.by_class = isinstance(vae, (MultiVAE, ConditionalVAE))
        rows = tf.TensorSpec((None, *self.element_shape), tf.float32)
        codes = tf.TensorSpec((None, self.latent_dim), tf.float32)
        seeds = tf.TensorSpec((None, 2), tf.int64)
        self._encode = self._function(self._codes, rows)
        self._decode = self._function(self._mean_rows, codes)
        self._draw = self._function(self._drawn_rows, rows, seeds)

    def encode(self, x, index=None):
        """Returns (z_mean, z_log_var), float32 (B, d).

        Args:
            x: float32 tensor (B, ...).
            index: int32 tensor (B,), classes: whose VAE of a MultiVAE, or what a
                ConditionalVAE is told.
        """
        return self._encode(x, *self._classes(index))

    def decode(self, z, index=None):
        """Returns mean rows, float32 (B, ...)."""
        return self._decode(z, *self._classes(index))

    def draw(self, z, index, seeds):
        """Returns new rows, float32 (B, ...): draws of a table, else the mean.

        Whoever asks for rows of a table wants its words and its scatter, not the
        likeliest word in every row.

        Args:
            z: float32 tensor (B, d).
            index: int32 tensor (B,), classes, or None.
            seeds: int64 tensor (B, 2).
        """
        mean = self.decode(z, index)
        if self.vae.likelihood.schema is None:
            return mean
        return self._draw(mean, seeds, *self._classes(index))

    def judge(self, x, index=None):
        """Returns (label (B,), score (B,), accepted (B,)) of the classifier."""
        filled = _filled(x)
        rows = tf.shape(x)[0]
        named = None if index is None else _filled(index)
        label, score, accepted = self.judge_model.judge(filled, named)
        return label[:rows], tf.cast(score, tf.float32)[:rows], accepted[:rows]

    def names(self, index):
        """Returns class names, string (B,), for class indices."""
        return tf.gather(tf.constant(list(self.class_names), tf.string), index)

    def _function(self, function, *specs):
        signature = [*specs, *self._classes(tf.TensorSpec([None], tf.int32))]
        return tf.function(function, input_signature=signature, autograph=False)

    def _classes(self, index):
        """Returns the arguments for classes: none of a model that ignores them."""
        return [index] if self.by_class else []

    def _codes(self, x, index=None):
        z_mean, z_log_var = self._by_class(self.vae.encode, x, index)
        if self.vae.deterministic:  # as in LatentCodes: no noise around a code
            z_log_var = tf.fill(tf.shape(z_log_var), -float("inf"))
        return tf.cast(z_mean, tf.float32), tf.cast(z_log_var, tf.float32)

    def _mean_rows(self, z, index=None):
        (x,) = self._by_class(lambda z: [self.vae.decode(z)], z, index)
        if isinstance(self.vae, ConditionalVAE):
            x = x[:, : -self.vae.num_classes]
        return tf.cast(x, tf.float32)

    def _drawn_rows(self, mean, seeds, index=None):
        normal = randomness.noise(seeds, "cells", mean.shape[-1])
        uniform = randomness.as_uniform(normal)
        return self.vae.sample(mean, normal, uniform, replica=index)

    def _by_class(self, function, rows, index):
        count = tf.shape(rows)[0]
        rows, index = _filled(rows), None if index is None else _filled(index)
        if isinstance(self.vae, MultiVAE):
            results = self._by_replica(function, rows, index)
        elif self.by_class:
            one_hot = tf.one_hot(index, self.vae.num_classes)
            results = function(tf.concat([rows, one_hot], axis=1))
        else:
            results = function(rows)
        return [result[:count] for result in results]

    def _by_replica(self, function, rows, index):
        """Every replica works on all rows; each row takes what its replica gave."""
        shape = tf.concat([[self.vae.replicas], tf.shape(rows)], 0)
        results = function(tf.broadcast_to(rows, shape))
        places = tf.stack([index, tf.range(tf.shape(rows)[0])], axis=1)
        return [tf.gather_nd(result, places) for result in results]


def _filled(rows):
    """Returns the rows, one of zeros where there are none: convolutions need some."""
    missing = tf.maximum(1 - tf.shape(rows)[0], 0)
    return tf.pad(rows, [[0, missing], *[[0, 0]] * (rows.shape.rank - 1)])
