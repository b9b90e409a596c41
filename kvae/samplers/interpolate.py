"""Towards, or away from, a near row of the same class."""

import dataclasses

import keras
import numpy as np
from sklearn.neighbors import NearestNeighbors

from kvae.checks import expect_at_least, expect_count
from kvae.samplers.noise import Noise
from kvae.samplers.sampler import (
    RequestParameter,
    Sampler,
    expect_parents,
    positions,
)


@keras.saving.register_keras_serializable(package="kvae")
class Interpolate(Sampler):
    """z = alpha [mu(x_k) - mu(x_i)] + mu(x_i), x_k one of the k nearest of the class.

    x_k is drawn uniformly among the k labelled rows of the same class whose latent
    means are nearest to that of x_i, x_i excluded. k is clipped to the class's size
    less one. A class of one row has no neighbour: its draws get noise instead. Both
    are recorded. Later in a chain, the current point stands for mu(x_i).

    Args:
        alpha: float >= 0, how far to go; 1 arrives at the neighbour.
        k: int >= 1, neighbours to choose from.
        uniform: bool, whether each draw goes a distance from U(0, alpha), as SMOTE
            does, instead of alpha.

    Raises:
        ValueError: for alpha < 0 or k < 1.

    Reference:
        Iser 2023, "Sampling Methoden"; DeVries and Taylor 2017, Dataset Augmentation
        in Feature Space, equations 2 and 3.
    """

    name = "interpolate"
    step_inputs = ("partner",)
    request_parameter = RequestParameter(-10.0, 10.0, example=0.5)
    _sign = 1

    def __init__(self, alpha=0.5, k=3, uniform=False):
        expect_at_least(f"alpha of sampler {self.name!r}", alpha, 0)
        expect_count(f"k of sampler {self.name!r}", k, 1)
        self.alpha, self.k, self.uniform = alpha, k, uniform

    @staticmethod
    def step(z, alpha, partner):
        """Returns z + alpha (partner - z); an alpha below 0 leads away from it."""
        return z + alpha * (partner - z)

    def move(self, draws, codes, generator):
        """Moves the draws along the line to a neighbour of their parents."""
        expect_parents(self.name, draws)
        k = min(self.k, len(codes) - 1)
        if k == 0:
            noise = Noise()
            draws = self._record(draws, fallback=noise.name, k=0)
            return noise.move(draws, codes, generator)
        search = NearestNeighbors(n_neighbors=k).fit(codes.z_mean)
        neighbours = search.kneighbors(return_distance=False)  # itself excluded
        choice = generator.integers(k, size=len(draws))
        partner = neighbours[positions(codes, draws.parent), choice]
        way = np.full((len(draws), 1), self.alpha, draws.z.dtype)
        if self.uniform:
            way *= generator.random(way.shape).astype(way.dtype)
        z = self.step(draws.z, self._sign * way, partner=codes.z_mean[partner])
        moved = dataclasses.replace(draws, z=z, partner=codes.row_id[partner])
        return self._record(moved, k=k)

    def get_config(self):
        """Returns the arguments."""
        return {"alpha": self.alpha, "k": self.k, "uniform": self.uniform}


@keras.saving.register_keras_serializable(package="kvae")
class Extrapolate(Interpolate):
    """z = -alpha [mu(x_k) - mu(x_i)] + mu(x_i): away from the neighbour.

    Arguments, errors and source are those of `Interpolate`.
    """

    name = "extrapolate"
    request_parameter = None  # of a server it is an interpolation below 0
    _sign = -1
