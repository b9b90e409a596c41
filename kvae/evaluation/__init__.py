"""Scores, and what can be concluded from them."""

from kvae.evaluation.scores import SCORES, score
from kvae.evaluation.statistics import (
    bootstrap_interval,
    compare,
    conclude,
    mean_interval,
    nadeau_bengio_interval,
)

__all__ = [
    "SCORES",
    "bootstrap_interval",
    "compare",
    "conclude",
    "mean_interval",
    "nadeau_bengio_interval",
    "score",
]
