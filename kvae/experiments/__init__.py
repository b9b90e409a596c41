"""How results are measured: one protocol for every table and figure."""

from kvae.experiments.protocol import (
    IMAGE_METHODS,
    TABLE_METHODS,
    Settings,
    default_settings,
    fit_multi_vaes,
    fit_single_vaes,
    generate_for,
)
from kvae.experiments.training import train_and_predict

__all__ = [
    "IMAGE_METHODS",
    "TABLE_METHODS",
    "Settings",
    "default_settings",
    "fit_multi_vaes",
    "fit_single_vaes",
    "generate_for",
    "train_and_predict",
]
