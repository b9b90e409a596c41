"""A VAE's settings, and the training of many as one stack."""

import dataclasses

import keras
import numpy as np

from kvae import random
from kvae.checks import class_indices, expect_at_least
from kvae.data.batches import batches
from kvae.models.beta_vae import BetaVAE
from kvae.models.conditional_vae import ConditionalVAE
from kvae.models.dense import DenseDecoder, DenseEncoder
from kvae.models.multi_vae import MultiVAE


@dataclasses.dataclass(frozen=True)
class VAESettings:
    """A VAE and its training.

    Args:
        latent_dim: int d.
        beta: float.
        hidden_units: ints of the encoder; the decoder's are the same, reversed.
        reconstruction: "bernoulli", "gaussian" or "mixed".
        batch_size: int.
        steps: int, gradient steps.
        learning_rate: float, Adam's.
        normalize_beta: bool, whether the KL counts beta * d / N instead of beta.
    """

    latent_dim: int
    beta: float
    hidden_units: tuple[int, ...]
    reconstruction: str
    batch_size: int
    steps: int
    learning_rate: float = 1e-3
    normalize_beta: bool = False

    def build(self, element_shape, seeds, cls=BetaVAE, num_attributes=None, **more):
        """Returns a built, compiled BetaVAE (or MultiVAE), a replica for each seed."""
        vae = cls(
            DenseEncoder(self.latent_dim, self.hidden_units, seeds=seeds),
            DenseDecoder(element_shape, self.hidden_units[::-1], seeds=seeds),
            beta=self.beta,
            reconstruction=self.reconstruction,
            normalize_beta=self.normalize_beta,
            num_attributes=num_attributes,
            **more,
        )
        vae.compile(keras.optimizers.Adam(self.learning_rate), steps_per_execution=50)
        # Variables that a training step would have to make cost a second tracing of it.
        vae.build((len(seeds), None, *element_shape))
        vae.optimizer.build(vae.trainable_variables)
        return vae


def fit_vaes(
    x,
    seeds,
    settings,
    rows=None,
    cls=BetaVAE,
    num_attributes=None,
    callbacks=None,
    **more,
):
    """Trains a VAE for each seed on its own rows of x, all as one stack.

    Args:
        x: float array (N, ...).
        seeds: R ints.
        settings: VAESettings.
        rows: optional list of R int arrays, row numbers in x; by default all rows.
        cls: BetaVAE, or MultiVAE where replicas belong to classes.
        num_attributes: int, for `normalize_beta`.
        callbacks: list of Keras callbacks.
        **more: arguments of the class, such as schema.

    Returns:
        Model of that class with R replicas.
    """
    vae = settings.build(x.shape[1:], seeds, cls, num_attributes, **more)
    data = batches(
        x,
        batch_size=settings.batch_size,
        steps=settings.steps,
        seeds=seeds,
        rows=rows,
    )
    vae.fit(data, verbose=0, callbacks=callbacks, shuffle=False)
    return vae


def fit_vae(x, y, kind, plan, seed, num_classes, schema=None, beta=1.0, verbose=0):
    """Trains a VAE on rows of a table or on images.

    Args:
        x: float32 array (N, ...), inputs of a table or images in [0, 1].
        y: int array (N,) of class indices, -1 = unlabelled: such rows are of use to
            "single" and "conditional" alone.
        kind: "single", "multi" or "conditional".
        plan: Plan.
        seed: int.
        num_classes: int K.
        schema: tuple of Attribute of a table; None for images.
        beta: float.
        verbose: as in Keras' fit.

    Returns:
        BetaVAE, MultiVAE or ConditionalVAE.

    Raises:
        ValueError: for "conditional" and images.

    Example:
        >>> from kvae.training.plan import Plan
        >>> x, y = np.eye(4, dtype="float32"), np.array([0, 0, 1, 1])
        >>> plan = Plan(latent_dim=1, hidden_units=(4,), batch_size=4, steps=2)
        >>> fit_vae(x.reshape(4, 2, 2, 1), y, "multi", plan, 0, 2).replicas
        2
    """
    seeds = class_seeds(seed, num_classes) if kind == "multi" else seed
    rows = class_rows(y, seeds, unlabelled=-1) if kind == "multi" else None
    cls = {"multi": MultiVAE, "conditional": ConditionalVAE}.get(kind, BetaVAE)
    arguments = {"beta": beta}
    if schema is not None:
        arguments |= {
            "reconstruction": "mixed",
            "schema": schema,
            "learn_variance": True,
        }
    shape = x.shape[1:]
    if kind == "conditional":
        if schema is None:
            raise ValueError(
                "conditional=True expects a table. Received: images. Use vae='multi'."
            )
        arguments["num_classes"] = num_classes
        shape = (shape[0] + num_classes,)
    vae = cls(
        DenseEncoder(plan.latent_dim, plan.hidden_units, seeds=seeds),
        DenseDecoder(shape, plan.hidden_units[::-1], seeds=seeds),
        **arguments,
    )
    vae.compile(keras.optimizers.Adam(1e-3), steps_per_execution=min(100, plan.steps))
    # Variables that a training step would have to make cost a second tracing of it.
    vae.build((len(seeds), None, *shape) if kind == "multi" else (None, *shape))
    vae.optimizer.build(vae.trainable_variables)
    if kind == "conditional":
        x = vae.with_class(x, y)
    data = batches(x, None, plan.batch_size, plan.steps, seeds, rows)
    vae.fit(data, verbose=verbose, shuffle=False)
    return vae


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
        own, others = (
            np.flatnonzero(y == label),
            np.flatnonzero((y >= 0) & (y != label)),
        )
        if len(own) == 0:
            raise ValueError(
                "A Multi-VAE expects rows of every class. "
                f"Class {label} of {len(seeds)} has none."
            )
        wanted = round(len(own) * mix_in / (1 - mix_in))
        mixed = random.generator(seed, "mix_in").permutation(others)[:wanted]
        rows.append(np.concatenate([own, mixed]))
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
