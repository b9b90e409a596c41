"""Codes of real rows inside the served graph, to draw around; only on request."""

import numpy as np
import tensorflow as tf

from kvae.latent.neighbours import neighbours
from kvae.serving.graph import randomness as sampling


class ReferenceCodes:
    """The labelled codes of real rows, and each one's neighbours in its class.

    Args:
        codes: LatentCodes; rows without a label are left out.
        num_classes: int K; every class needs a row.
        k: int >= 1, neighbours to choose from; a class of k rows or fewer has fewer.

    Raises:
        ValueError: for a class without a row.
    """

    def __init__(self, codes, num_classes, k=3):
        codes = codes.take(np.argsort(codes.label, kind="stable"))
        codes = codes.take(codes.label >= 0)
        self.counts = np.bincount(codes.label, minlength=num_classes)
        if len(self.counts) != num_classes or not self.counts.all():
            raise ValueError(
                f"Exported codes expect rows of all {num_classes} classes and of no "
                f"other. Received: rows of each class: {self.counts.tolist()}."
            )
        self.k, self.rows = k, len(codes)
        self.z_mean = codes.z_mean.astype("float32")
        self.sigma = np.exp(0.5 * codes.z_log_var).astype("float32")
        self.starts = np.cumsum(self.counts) - self.counts
        # A class of one row has no neighbour but itself: interpolation stays there.
        self.near = np.tile(np.arange(len(codes))[:, None], (1, k))
        self.choices = np.ones(num_classes, int)
        for c in range(num_classes):
            start, count = self.starts[c], self.counts[c]
            if count > 1:
                own, _ = neighbours(self.z_mean[start : start + count], k)
                self.near[start : start + count, : own.shape[1]] = start + own
                self.choices[c] = own.shape[1]

        rows = [tf.TensorSpec([None], dtype) for dtype in (tf.int32, *3 * [tf.float32])]
        signature = [rows[0], tf.TensorSpec([None, 2], tf.int64), *rows[1:]]
        self._around = tf.function(self._draw, signature, autograph=False)

    def around(self, index, seeds, interpolate, noise, posterior):
        """Returns draws around random rows of each one's class, float32 (B, d).

        z = mu_i + interpolate (mu_k - mu_i) + sqrt(noise) e + posterior sigma_i e',
        with row i uniform in the class and x_k uniform among its neighbours: the
        samplers interpolate (extrapolate where negative), noise and posterior.

        Args:
            index: int32 tensor (B,), classes.
            seeds: int64 tensor (B, 2).
            interpolate: float tensor (B,), how far to go to the neighbour.
            noise: float tensor (B,), the variance of the noise.
            posterior: float tensor (B,), how much of the learned noise.
        """
        return self._around(index, seeds, interpolate, noise, posterior)

    def _draw(self, index, seeds, interpolate, noise, posterior):
        def of_class(values):
            return tf.gather(tf.constant(values, tf.int32), index)

        offset = sampling.choose(seeds, "parent", of_class(self.counts))
        parent = of_class(self.starts) + offset
        place = sampling.choose(seeds, "partner", of_class(self.choices))
        near = tf.gather(tf.constant(self.near, tf.int32), parent)
        partner = tf.gather(near, place, batch_dims=1)
        means = tf.constant(self.z_mean)
        mean = tf.gather(means, parent)
        z = mean + interpolate[:, None] * (tf.gather(means, partner) - mean)
        sigma = tf.gather(tf.constant(self.sigma), parent)
        return moved(z, sigma, seeds, noise, posterior)


def moved(z, sigma, seeds, noise, posterior):
    """Returns z + sqrt(noise) e + posterior sigma e', float32 (B, d)."""
    d = z.shape[-1]
    wide = tf.sqrt(noise)[:, None] * sampling.noise(seeds, "noise", d)
    learned = posterior[:, None] * sigma * sampling.noise(seeds, "posterior", d)
    return z + wide + learned
