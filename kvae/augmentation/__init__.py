"""From labelled rows to more labelled rows."""

from kvae.augmentation.cross_fitting import (
    EarlyCheckpoint,
    early_reconstructions,
    fit_generative_classifier,
    fit_generative_classifiers,
    noisy_rows,
)
from kvae.augmentation.generate import PROVENANCE, Generated, counts_like, generate
from kvae.augmentation.multi_vae import class_batches, class_rows, class_seeds
from kvae.augmentation.pipeline import augment
from kvae.augmentation.refine import refine, relabel
from kvae.augmentation.verdict import Verdict, verdict

__all__ = [
    "PROVENANCE",
    "EarlyCheckpoint",
    "Generated",
    "Verdict",
    "augment",
    "class_batches",
    "class_rows",
    "class_seeds",
    "counts_like",
    "early_reconstructions",
    "fit_generative_classifier",
    "fit_generative_classifiers",
    "generate",
    "noisy_rows",
    "refine",
    "relabel",
    "verdict",
]
