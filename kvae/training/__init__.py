"""Training: VAEs, the classifiers that judge, generative classifiers."""

from kvae.training.budget import Budget
from kvae.training.generative_classifiers import (
    EarlyCheckpoint,
    early_reconstructions,
    fit_generative_classifier,
    fit_generative_classifiers,
    noisy_rows,
)
from kvae.training.vae_tensorboard import VAETensorBoard
from kvae.training.vaes import (
    VAESettings,
    class_batches,
    class_rows,
    class_seeds,
    fit_vaes,
)

__all__ = [
    "Budget",
    "EarlyCheckpoint",
    "VAESettings",
    "VAETensorBoard",
    "class_batches",
    "class_rows",
    "class_seeds",
    "early_reconstructions",
    "fit_generative_classifier",
    "fit_generative_classifiers",
    "fit_vaes",
    "noisy_rows",
]
