"""From labelled rows to more labelled rows."""

from kvae.augmentation.generate import PROVENANCE, Generated, generate
from kvae.augmentation.methods import (
    Candidate,
    image_candidates,
    table_candidates,
)
from kvae.augmentation.pipeline import augment
from kvae.augmentation.refinement import refined_codes

__all__ = [
    "PROVENANCE",
    "Candidate",
    "Generated",
    "augment",
    "generate",
    "image_candidates",
    "refined_codes",
    "table_candidates",
]
