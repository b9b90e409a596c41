"""From labelled rows to more labelled rows."""

from kvae.augmentation.candidates import (
    Candidate,
    image_candidates,
    table_candidates,
)
from kvae.augmentation.cross_fitting import (
    EarlyCheckpoint,
    early_reconstructions,
    fit_generative_classifier,
    fit_generative_classifiers,
    noisy_rows,
)
from kvae.augmentation.cross_validation import (
    Budget,
    cross_validate,
    cross_validate_all,
)
from kvae.augmentation.folds import LabelledFolds
from kvae.augmentation.generate import PROVENANCE, Generated, counts_like, generate
from kvae.augmentation.multi_vae import class_batches, class_rows, class_seeds
from kvae.augmentation.pipeline import augment
from kvae.augmentation.refine import (
    combine,
    doubt,
    refine,
    refine_in_rounds,
    relabel,
)
from kvae.augmentation.refined import refined_codes
from kvae.augmentation.resampler import VAEOverSampler
from kvae.augmentation.selection import Selection, select
from kvae.augmentation.table_verdict import table_verdict
from kvae.augmentation.vae_training import VAESettings, fit_vaes
from kvae.augmentation.verdict import Verdict, verdict
from kvae.augmentation.verdict_from_rows import verdict_from_rows

__all__ = [
    "PROVENANCE",
    "Budget",
    "Candidate",
    "EarlyCheckpoint",
    "Generated",
    "LabelledFolds",
    "Selection",
    "VAEOverSampler",
    "VAESettings",
    "Verdict",
    "augment",
    "class_batches",
    "class_rows",
    "class_seeds",
    "combine",
    "counts_like",
    "cross_validate",
    "cross_validate_all",
    "doubt",
    "early_reconstructions",
    "fit_generative_classifier",
    "fit_generative_classifiers",
    "fit_vaes",
    "generate",
    "image_candidates",
    "noisy_rows",
    "refine",
    "refine_in_rounds",
    "refined_codes",
    "relabel",
    "select",
    "table_candidates",
    "table_verdict",
    "verdict",
    "verdict_from_rows",
]
