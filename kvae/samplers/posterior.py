"""Draws from the posteriors of rows."""

import dataclasses

import keras
import numpy as np

from kvae.samplers.sampler import (
    RequestParameter,
    Sampler,
    expect_parents,
    positions,
)


@keras.saving.register_keras_serializable(package="kvae")
class Posterior(Sampler):
    """z ~ q(z | x_i) = N(mu(x_i), sigma(x_i)^2): noise of the size the VAE learned.

    Reference:
        Kingma and Welling 2013, Auto-Encoding Variational Bayes.
    """

    name = "posterior"
    step_inputs = ("sigma", "noise")
    request_parameter = RequestParameter(0.0, 10.0, example=1.0)

    @staticmethod
    def step(z, share, sigma, noise):
        """Returns z + share sigma noise; a share of 1 is the posterior."""
        return z + share * sigma * noise

    def move(self, draws, codes, generator):
        """Adds the parent's posterior noise to the draws."""
        expect_parents(self.name, draws)
        sigma = np.exp(0.5 * codes.z_log_var[positions(codes, draws.parent)])
        noise = generator.standard_normal(draws.z.shape).astype(draws.z.dtype)
        z = self.step(draws.z, 1.0, sigma=sigma, noise=noise)
        return self._record(dataclasses.replace(draws, z=z))

    def get_config(self):
        """Returns the arguments."""
        return {}
