"""How results are measured: one protocol for every table and figure."""

from kvae.experiments.protocol import (
    Settings,
    default_settings,
    fit_multi_vaes,
    fit_single_vaes,
)
from kvae.experiments.results import Store
from kvae.experiments.runner import Bundle, missing_cells, run

__all__ = [
    "Bundle",
    "Settings",
    "Store",
    "default_settings",
    "fit_multi_vaes",
    "fit_single_vaes",
    "missing_cells",
    "run",
]
