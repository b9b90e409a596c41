"""Noise around the codes of rows."""

import dataclasses

import keras

from kvae.checks import expect_at_least
from kvae.samplers.sampler import RequestParameter, Sampler


@keras.saving.register_keras_serializable(package="kvae")
class Noise(Sampler):
    """z = mu(x_i) + eps, eps ~ N(0, alpha I).

    Args:
        alpha: float >= 0, the variance of the noise.

    Raises:
        ValueError: for alpha < 0.

    Reference:
        Iser 2023, "Sampling Methoden".
    """

    name = "noise"
    step_inputs = ("noise",)
    request_parameter = RequestParameter(0.0, 100.0, example=0.1)

    def __init__(self, alpha=0.25):
        expect_at_least("alpha of sampler 'noise'", alpha, 0)
        self.alpha = alpha

    @staticmethod
    def step(z, alpha, noise):
        """Returns z + sqrt(alpha) noise."""
        return z + alpha**0.5 * noise

    def move(self, draws, codes, generator):
        """Adds noise to the draws."""
        noise = generator.standard_normal(draws.z.shape).astype(draws.z.dtype)
        z = self.step(draws.z, self.alpha, noise=noise)
        return self._record(dataclasses.replace(draws, z=z))

    def get_config(self):
        """Returns the arguments."""
        return {"alpha": self.alpha}
