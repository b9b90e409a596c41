"""Codes of real rows inside the served graph, to draw around; only on request."""

import numpy as np
import tensorflow as tf

from kvae.latent.neighbours import neighbours
from kvae.serving.graph import randomness
from kvae.serving.graph.served_samplers import moved, offered


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
                near, _ = neighbours(self.z_mean[start : start + count], k)
                self.near[start : start + count, : near.shape[1]] = start + near
                self.choices[c] = near.shape[1]
        self.samplers = tuple(offered("partner", "sigma"))
        amounts = [tf.TensorSpec([None], tf.float32)] * len(self.samplers)
        signature = [
            tf.TensorSpec([None], tf.int32),
            tf.TensorSpec([None, 2], tf.int64),
            *amounts,
        ]
        self._around = tf.function(self._draw, signature, autograph=False)

    def around(self, index, seeds, amounts):
        """Returns draws around random rows of each one's class, float32 (B, d).

        Parents are uniform in the class, and partners among the parents' neighbours.

        Args:
            index: int32 tensor (B,), classes.
            seeds: int64 tensor (B, 2).
            amounts: dict {name: float32 tensor (B,)}, how much of each sampler; of
                those left out nothing.
        """
        nothing = tf.zeros(tf.shape(seeds)[:1])
        each = [amounts.get(name, nothing) for name in self.samplers]
        return self._around(index, seeds, *each)

    def _draw(self, index, seeds, *amounts):
        def of_class(values):
            return tf.gather(tf.constant(values, tf.int32), index)

        offset = randomness.choose(seeds, "parent", of_class(self.counts))
        parent = of_class(self.starts) + offset
        place = randomness.choose(seeds, "partner", of_class(self.choices))
        near = tf.gather(tf.constant(self.near, tf.int32), parent)
        partner = tf.gather(near, place, batch_dims=1)
        means = tf.constant(self.z_mean)
        return moved(
            tf.gather(means, parent),
            seeds,
            dict(zip(self.samplers, amounts, strict=True)),
            partner=tf.gather(means, partner),
            sigma=tf.gather(tf.constant(self.sigma), parent),
        )
