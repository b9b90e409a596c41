"""Transforms of rows, fitted on training rows only."""

import importlib

from kvae.preprocessing.encodings import Encoding
from kvae.preprocessing.frame import FrameFormat
from kvae.preprocessing.standardize import standardize

# Those that need Keras are looked up on first use: the command line reads a file, and
# says what is wrong with it, before TensorFlow is imported.
_LATER = {
    "FromInputs": "kvae.preprocessing.tabular",
    "Table": "kvae.preprocessing.table",
    "ToInputs": "kvae.preprocessing.tabular",
    "random_affine": "kvae.preprocessing.images",
}

__all__ = ["Encoding", "FrameFormat", "standardize", *_LATER]


def __getattr__(name):
    if name in _LATER:
        value = getattr(importlib.import_module(_LATER[name]), name)
        globals()[name] = value
        return value
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
