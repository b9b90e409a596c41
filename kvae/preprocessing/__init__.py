"""Transforms of rows, fitted on training rows only."""

from kvae.preprocessing.encodings import Encoding
from kvae.preprocessing.frame import FrameFormat
from kvae.preprocessing.images import random_affine
from kvae.preprocessing.standardize import standardize
from kvae.preprocessing.table import Table
from kvae.preprocessing.tabular import FromInputs, ToInputs

__all__ = [
    "Encoding",
    "FrameFormat",
    "FromInputs",
    "Table",
    "ToInputs",
    "random_affine",
    "standardize",
]
