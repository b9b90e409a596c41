"""From labelled rows to more labelled rows."""

from kvae.augmentation.generate import PROVENANCE, Generated, generate
from kvae.augmentation.methods import (
    METHODS,
    Method,
    TrainingRows,
    image_methods,
    learning_methods,
    table_methods,
)
from kvae.augmentation.pipeline import augment
from kvae.augmentation.refinement import refined_codes

__all__ = [
    "METHODS",
    "PROVENANCE",
    "Generated",
    "Method",
    "TrainingRows",
    "augment",
    "generate",
    "image_methods",
    "learning_methods",
    "refined_codes",
    "table_methods",
]
