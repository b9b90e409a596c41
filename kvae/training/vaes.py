"""Training VAEs: one for all rows, one for each class, many as one stack.

The lowest floor, where a training loop of your own begins:

    seeds = class_seeds(seed=0, num_classes=10)
    vae = MultiVAE(DenseEncoder(8, seeds=seeds), DenseDecoder((8, 8, 1), seeds=seeds))
    vae.compile("adam")
    vae.fit(class_batches(x, y, seeds, steps=1000, mix_in=0.2))

Reference: Moreno-Barea, Jerez and Franco 2020; Iser 2023, "Multi-VAE".
"""

import dataclasses

import keras
import numpy as np

from kvae import progress, random
from kvae.checks import class_indices, expect_at_least
from kvae.data.batches import batches
from kvae.models.beta_vae import BetaVAE
from kvae.models.conditional_vae import ConditionalVAE
from kvae.models.conv import ConvDecoder, ConvEncoder
from kvae.models.dense import DenseDecoder, DenseEncoder
from kvae.models.multi_vae import MultiVAE
from kvae.models.replicas import take
from kvae.training.optimizers import ReplicatedAdam


@dataclasses.dataclass(frozen=True)
class VAESettings:
    """A VAE and its training.

    Args:
        latent_dim: int d.
        beta: float; or R floats, for a stack of R replicas.
        hidden_units: ints of the encoder; the decoder's are the same, reversed.
        reconstruction: a name that `kvae.likelihoods.get` knows.
        batch_size: int.
        steps: int, gradient steps.
        learning_rate: float, Adam's; or R floats, for a stack of R replicas.
        normalize_beta: bool, whether the KL counts beta * d / N instead of beta.
        filters: optional ints, of convolutions instead of dense layers; a stack has
            none.
    """

    latent_dim: int
    beta: float | tuple[float, ...]
    hidden_units: tuple[int, ...]
    reconstruction: str
    batch_size: int
    steps: int
    learning_rate: float | tuple[float, ...] = 1e-3
    normalize_beta: bool = False
    filters: tuple[int, ...] | None = None

    def build(self, element_shape, seeds=0, cls=BetaVAE, **arguments):
        """Returns a built, compiled VAE.

        Args:
            element_shape: shape of a row, of what the decoder gives.
            seeds: int for one VAE, or R ints for a stack of R replicas.
            cls: BetaVAE, BetaTCVAE, MultiVAE or ConditionalVAE.
            **arguments: other arguments of the class, such as schema.

        Example:
            >>> settings = VAESettings(2, 1.0, (8,), "bernoulli", 32, 100)
            >>> settings.build((28, 28, 1)).latent_dim
            2
        """
        encoder, decoder = self._networks(element_shape, seeds)
        vae = cls(
            encoder,
            decoder,
            beta=self.beta,
            reconstruction=self.reconstruction,
            normalize_beta=self.normalize_beta,
            **arguments,
        )
        at_once = min(50, self.steps)
        several = isinstance(self.learning_rate, tuple)
        optimizer = (ReplicatedAdam if several else keras.optimizers.Adam)(
            self.learning_rate
        )
        vae.compile(optimizer, steps_per_execution=at_once)
        # Variables that a training step would have to make cost a second tracing of it.
        stack = () if vae.replicas is None else (vae.replicas,)
        vae.build((*stack, None, *element_shape))
        vae.optimizer.build(vae.trainable_variables)
        return vae

    def _networks(self, element_shape, seeds):
        """Returns (encoder, decoder)."""
        if self.filters is None:
            return (
                DenseEncoder(self.latent_dim, self.hidden_units, seeds=seeds),
                DenseDecoder(element_shape, self.hidden_units[::-1], seeds=seeds),
            )
        if not isinstance(seeds, int | np.integer):
            raise ValueError(
                "VAESettings expects one seed for convolutions, which have no replica "
                f"axis. Received: seeds={seeds!r}. Train them one by one, or leave "
                "filters out."
            )
        return (
            ConvEncoder(self.latent_dim, self.filters, seed=seeds),
            ConvDecoder(element_shape, self.filters[::-1], seed=seeds),
        )


def fit_vaes(
    x,
    seeds,
    settings,
    rows=None,
    cls=BetaVAE,
    callbacks=None,
    verbose=0,
    **arguments,
):
    """Trains a VAE for each seed on its own rows of x, all as one stack.

    Each is what it would be alone: bit by bit on CPUs where the batch size is a
    multiple of 16. Elsewhere they differ by rounding, which training amplifies: a table
    of batches of 10 had differences of 0.04 in a weight after 6,000 steps.

    Args:
        x: float array (N, ...).
        seeds: R ints; or an int, for one VAE without a replica axis.
        settings: VAESettings.
        rows: optional, row numbers in x, an int array for each seed; by default all.
        cls: BetaVAE, BetaTCVAE, MultiVAE where replicas belong to classes, or
            ConditionalVAE.
        callbacks: list of Keras callbacks.
        verbose: as in Keras' fit.
        **arguments: arguments of the class, such as schema or num_attributes.

    Returns:
        Model of that class.

    Example:
        >>> settings = VAESettings(1, 1.0, (4,), "bernoulli", batch_size=4, steps=2)
        >>> fit_vaes(np.eye(4, dtype="float32"), (0, 1), settings).replicas
        2
    """
    vae = settings.build(x.shape[1:], seeds, cls, **arguments)
    data = batches(
        x,
        batch_size=settings.batch_size,
        steps=settings.steps,
        seeds=seeds,
        rows=rows,
    )
    callbacks = list(callbacks or ())
    with progress.counted(settings.steps, "training") as done:
        if progress.is_listened():
            callbacks.append(_Steps(done, settings.steps))
        vae.fit(data, verbose=verbose, callbacks=callbacks, shuffle=False)
    return vae


class _Steps(keras.callbacks.Callback):
    """Counts training steps; `steps_per_execution` of them at once."""

    def __init__(self, done, steps):
        super().__init__()
        self._done, self._steps, self._seen = done, steps, 0

    def on_train_batch_end(self, batch, logs=None):
        seen = min(batch + 1, self._steps)  # the last execution may be a shorter one
        self._done(seen - self._seen)
        self._seen = seen


def fit_vae(x, y, kind, settings, seed, num_classes, schema=None, **how):
    """Trains a VAE on labelled and unlabelled rows of a table, or on images.

    Args:
        x: float32 array (N, ...), inputs of a table or images in [0, 1].
        y: int array (N,) of class indices, -1 = unlabelled: such rows are of use to
            "single" and "conditional" alone.
        kind: "single", "multi" or "conditional".
        settings: VAESettings.
        seed: int.
        num_classes: int K.
        schema: tuple of Attribute of a table, whose variances are then learned; None
            for images.
        **how: callbacks and verbose, as in `fit_vaes`.

    Returns:
        BetaVAE, MultiVAE or ConditionalVAE.

    Raises:
        ValueError: for "conditional" and images.

    Example:
        >>> x, y = np.eye(4, dtype="float32"), np.array([0, 0, 1, 1])
        >>> settings = VAESettings(1, 1.0, (4,), "bernoulli", batch_size=4, steps=2)
        >>> x = x.reshape(4, 2, 2, 1)
        >>> fit_vae(x, y, "multi", settings, seed=0, num_classes=2).replicas
        2
    """
    arguments = {} if schema is None else {"schema": schema, "learn_variance": True}
    if kind == "multi":
        seeds = class_seeds(seed, num_classes)
        arguments |= {"rows": class_rows(y, seeds, unlabelled=-1), "cls": MultiVAE}
        return fit_vaes(x, seeds, settings, **how, **arguments)
    if kind == "conditional":
        if schema is None:
            raise ValueError(
                "conditional=True expects a table. Received: images. Use vae='multi'."
            )
        x = _told(x, y, num_classes)
        arguments |= {"num_classes": num_classes, "cls": ConditionalVAE}
    return fit_vaes(x, seed, settings, **how, **arguments)


def fit_vae_parts(x, y, kind, settings, seeds, parts, num_classes, **arguments):
    """Trains a VAE on each of several parts of the rows, all as one stack.

    Args:
        x: float32 array (N, ...).
        y: int array (N,) of class indices, -1 = unlabelled.
        kind: as in `fit_vae`.
        settings: VAESettings.
        seeds: ints, one for each part.
        parts: int arrays of row numbers, which may overlap.
        num_classes: int K; for "multi" each part has rows of every class.
        **arguments: arguments of the class, such as schema and learn_variance.

    Returns:
        List of BetaVAE, MultiVAE or ConditionalVAE; each is what it would be alone.

    Example:
        >>> x, y = np.eye(4, dtype="float32"), np.array([0, 0, 1, 1])
        >>> settings = VAESettings(1, 1.0, (4,), "gaussian", batch_size=2, steps=2)
        >>> parts = [np.array([0, 1, 2]), np.array([1, 2, 3])]
        >>> len(fit_vae_parts(x, y, "single", settings, (0, 1), parts, num_classes=2))
        2
    """
    if kind == "multi":
        of_classes = [class_seeds(seed, num_classes) for seed in seeds]
        rows = [
            part[positions]
            for part, seeds_of_part in zip(parts, of_classes, strict=True)
            for positions in class_rows(y[part], seeds_of_part, unlabelled=-1)
        ]
        flat = [seed for seeds_of_part in of_classes for seed in seeds_of_part]
        stack = fit_vaes(x, flat, settings, rows=rows, cls=MultiVAE, **arguments)
        starts = range(0, len(flat), num_classes)
        return [take(stack, range(r, r + num_classes)) for r in starts]
    if kind == "conditional":
        x = _told(x, y, num_classes)
        arguments |= {"num_classes": num_classes, "cls": ConditionalVAE}
    stack = fit_vaes(x, list(seeds), settings, rows=parts, **arguments)
    return [take(stack, r) for r in range(len(seeds))]


def _told(x, y, num_classes):
    """Returns rows with their class behind them, one-hot; zeros where unlabelled."""
    one_hot = np.eye(num_classes + 1, dtype="float32")[y, :-1]
    return np.concatenate([x, one_hot], axis=1)


def class_seeds(seed, num_classes):
    """Returns a seed for the VAE of each class, which depends on no other class."""
    return tuple(random.derive(seed, "multi_vae", c) for c in range(num_classes))


def class_rows(y, seeds, mix_in=0.0, unlabelled=None):
    """Returns the training rows of each class's VAE.

    Args:
        y: array (N,), class indices 0 ... K - 1; missing labels are left out.
        seeds: K ints, from `class_seeds`.
        mix_in: float in [0, 1), the share of a class's training set that is drawn
            from the other classes (the deck's mix-in is 0.2).
        unlabelled: optional int, a label that means unlabelled too, such as -1.

    Returns:
        List of K int arrays of row numbers.

    Raises:
        ValueError: for a class without rows, or a mix_in outside [0, 1).

    Example:
        >>> class_rows(np.array([0, 0, 1]), seeds=(1, 2))
        [array([0, 1]), array([2])]
    """
    y = class_indices("class_rows", y, len(y), unlabelled)
    expect_at_least("mix_in", mix_in, 0)
    if mix_in >= 1:
        raise ValueError(f"mix_in expects a share below 1. Received: {mix_in}.")
    if y.max(initial=-1) >= len(seeds):
        raise ValueError(
            f"class_rows expects labels below {len(seeds)}, the number of seeds. "
            f"Received: {y.max()}."
        )
    rows = []
    for label, seed in enumerate(seeds):
        of_class = np.flatnonzero(y == label)
        others = np.flatnonzero((y >= 0) & (y != label))
        if len(of_class) == 0:
            raise ValueError(
                "A Multi-VAE expects rows of every class. "
                f"Class {label} of {len(seeds)} has none."
            )
        wanted = round(len(of_class) * mix_in / (1 - mix_in))
        mixed = random.generator(seed, "mix_in").permutation(others)[:wanted]
        rows.append(np.concatenate([of_class, mixed]))
    return rows


def class_batches(x, y, seeds, batch_size=32, steps=None, mix_in=0.0):
    """Returns batches (K, B, ...) in which replica c sees the rows of class c.

    Args:
        x: float array (N, ...).
        y: array (N,), class indices; missing labels are left out.
        seeds: K ints, from `class_seeds`, the same as the model's.
        batch_size: int B.
        steps: int, how many batches; by default one pass over the largest class.
        mix_in: float, as in `class_rows`.

    Returns:
        tf.data.Dataset of x.

    Raises:
        ValueError: as `class_rows` and `kvae.batches`.
    """
    rows = class_rows(y, seeds, mix_in)
    return batches(x, batch_size=batch_size, steps=steps, seeds=seeds, rows=rows)
