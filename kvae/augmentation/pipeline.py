"""Augmentation as a step of a tf.data pipeline."""

import numpy as np
import tensorflow as tf

from kvae.augmentation.generate import generate
from kvae.checks import class_indices
from kvae.latent.codes import row_shape


def augment(
    dataset, vae, sampler="noise", n=None, seed=0, output="mean", unlabelled=None
):
    """Returns the labelled examples of a dataset, followed by generated ones.

    The dataset is read once, now; it is meant for the small labelled part. Shuffle
    the result: generated rows come after the real ones, class by class.

    Args:
        dataset: tf.data.Dataset of (x, y), unbatched or batched; y are class indices.
        vae: BetaVAE, as in `generate`.
        sampler: Sampler or name, as in `generate`.
        n: rows per class, as in `generate`.
        seed: int.
        output: "mean" or "sample", as in `generate`.
        unlabelled: optional int, as in `generate`. Examples without a label are of use
            to "propagate"; they are not in the result.

    Returns:
        tf.data.Dataset of (x, y) with the same dtypes; batched as the input was.

    Raises:
        ValueError: where elements are not (x, y), or as `generate`.

    Example:
        >>> from kvae import BetaVAE, DenseDecoder, DenseEncoder
        >>> vae = BetaVAE(DenseEncoder(2), DenseDecoder((4,)))
        >>> vae.build((None, 4))
        >>> x, y = np.eye(4, dtype="float32"), np.array([0, 0, 1, 1])
        >>> data = tf.data.Dataset.from_tensor_slices((x, y))
        >>> int(augment(data, vae, n=3).cardinality())
        10
    """
    spec = dataset.element_spec
    if not isinstance(spec, tuple) or len(spec) != 2:
        raise ValueError(
            "augment expects a dataset of (x, y) pairs. "
            f"Received: elements of {spec!r}."
        )
    if dataset.cardinality() == tf.data.INFINITE_CARDINALITY:
        raise ValueError("augment expects a finite dataset. Received: a repeated one.")
    is_batched = len(spec[1].shape) == 1
    element_shape = spec[0].shape[is_batched:]
    if len(spec[1].shape) > 1 or not element_shape.is_compatible_with(
        row_shape("augment", vae)
    ):
        raise ValueError(
            f"augment expects x of shape {row_shape('augment', vae)} and y of class "
            f"indices, single or in batches. Received: elements of {spec!r}."
        )
    elements = list(dataset.as_numpy_iterator())
    if not elements:
        raise ValueError("augment expects at least one example. Received: none.")
    join = np.concatenate if is_batched else np.stack
    x, y = (join(column) for column in zip(*elements, strict=True))
    new = generate(vae, x, y, sampler, n, seed, output, unlabelled=unlabelled)
    known = class_indices("augment", y, len(x), unlabelled) >= 0
    x = np.concatenate([x[known], new.x.astype(x.dtype)])
    y = np.concatenate([y[known], new.y.astype(y.dtype)])
    augmented = tf.data.Dataset.from_tensor_slices((x, y))
    return augmented.batch(len(elements[0][1])) if is_batched else augmented
