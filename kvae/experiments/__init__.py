"""How results are measured: one protocol for every table and figure."""

from kvae.experiments.protocol import (
    Settings,
    default_settings,
    fit_multi_vaes,
    fit_single_vaes,
)
from kvae.experiments.results import Store
from kvae.experiments.runner import bundle_key, run

__all__ = [
    "Settings",
    "Store",
    "bundle_key",
    "default_settings",
    "fit_multi_vaes",
    "fit_single_vaes",
    "run",
]
