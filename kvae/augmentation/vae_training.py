"""A VAE's settings, and the training of many as one stack."""

import dataclasses

import keras

from kvae.data.batches import batches
from kvae.models.beta_vae import BetaVAE
from kvae.models.dense import DenseDecoder, DenseEncoder


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
