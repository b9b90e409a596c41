"""Scores, and what can be concluded from them."""

from kvae.evaluation import disentanglement
from kvae.evaluation.doubt import doubts
from kvae.evaluation.fidelity import (
    CopyCheck,
    association_difference,
    copy_check,
    detection_score,
    precision_recall,
    train_on_synthetic,
)
from kvae.evaluation.scores import SCORES, score
from kvae.evaluation.sharpness import sharpness
from kvae.evaluation.statistics import (
    bootstrap_interval,
    compare,
    conclude,
    mean_interval,
)
from kvae.evaluation.table_comparison import compare_tables

__all__ = [
    "SCORES",
    "CopyCheck",
    "association_difference",
    "bootstrap_interval",
    "compare",
    "compare_tables",
    "conclude",
    "copy_check",
    "detection_score",
    "disentanglement",
    "doubts",
    "mean_interval",
    "precision_recall",
    "score",
    "sharpness",
    "train_on_synthetic",
]
