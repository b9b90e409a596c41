"""Draws from the prior."""

import dataclasses

import keras
import numpy as np

from kvae import random
from kvae.checks import expect_at_least
from kvae.latent.codes import Draws
from kvae.samplers.sampler import Sampler


@keras.saving.register_keras_serializable(package="kvae")
class Normal(Sampler):
    """z ~ N(0, alpha I), independent of any row.

    With a Multi-VAE the label is the class whose VAE the draw is for. A Single-VAE's
    prior knows no classes: a generative classifier names them afterwards.

    Args:
        alpha: float >= 0, the variance.

    Raises:
        ValueError: for alpha < 0; when drawing from the codes of a Single-VAE.

    Reference:
        Iser 2023, "Sampling Methoden".
    """

    name = "normal"
    step_inputs = ("noise",)

    def __init__(self, alpha=1.0):
        expect_at_least("alpha of sampler 'normal'", alpha, 0)
        self.alpha = alpha

    @staticmethod
    def step(z, alpha, noise):
        """Returns sqrt(alpha) noise, wherever z is."""
        return alpha**0.5 * noise

    def move(self, draws, codes, generator):
        """Replaces the draws by draws from the prior."""
        if codes.replica is None:
            raise ValueError(
                "sampler 'normal' expects the codes of a MultiVAE, where every class "
                "has a latent space of its own. Received: codes of one VAE, whose "
                "prior knows no labels. Use a MultiVAE, pass a generative_classifier "
                "to generate (with 'normal' alone, not in a chain), or draw around "
                "labelled rows, for example by 'noise'."
            )
        return self._from_prior(draws, generator)

    def draw_unlabelled(self, n, latent_dim, seed):
        """Returns Draws (n,) with label -1, for a generative classifier to name."""
        nobody, empty = np.full(n, -1), np.full(n, "", dtype=object)
        z = np.zeros((n, latent_dim), "float32")
        draws = Draws(
            z=z,
            label=nobody,
            parent=nobody,
            partner=nobody,
            replica=None,
            params=empty,
        )
        return self._from_prior(draws, random.generator(seed, "draw", self.name))

    def _from_prior(self, draws, generator):
        noise = generator.standard_normal(draws.z.shape)
        z = self.step(draws.z, self.alpha, noise=noise)
        nobody = np.full(len(draws), -1)
        moved = dataclasses.replace(
            draws, z=z.astype(draws.z.dtype), parent=nobody, partner=nobody
        )
        return self._record(moved)

    def get_config(self):
        """Returns the arguments."""
        return {"alpha": self.alpha}
