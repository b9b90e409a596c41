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
from kvae.experiments.training import (
    predict_convnet,
    predict_mlps,
    train_convnets,
    train_logistic_regression,
    train_mlps,
)

__all__ = [
    "IMAGE_METHODS",
    "TABLE_METHODS",
    "Settings",
    "default_settings",
    "fit_multi_vaes",
    "fit_single_vaes",
    "generate_for",
    "predict_convnet",
    "predict_mlps",
    "train_convnets",
    "train_logistic_regression",
    "train_mlps",
]
