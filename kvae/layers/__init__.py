"""Leaf layers: sampling from q(z | x), and dense layers side by side."""

from kvae.layers.gaussian import GaussianSampling
from kvae.layers.replicated import ReplicatedDense

__all__ = ["GaussianSampling", "ReplicatedDense"]
