"""Transforms of rows, fitted on training rows only."""

from kvae.preprocessing.images import random_affine
from kvae.preprocessing.standardize import standardize

__all__ = ["random_affine", "standardize"]
