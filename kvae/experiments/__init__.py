"""How results are measured: one protocol for every table and figure."""

from kvae.experiments.results import Store
from kvae.experiments.runner import Bundle, missing_cells, run

# Looked up on first use: the store and the runner do not wait for TensorFlow.
_PROTOCOL = ("Settings", "default_settings", "fit_multi_vaes", "fit_single_vaes")

__all__ = ["Bundle", "Store", "missing_cells", "run", *_PROTOCOL]


def __getattr__(name):
    if name in _PROTOCOL:
        from kvae.experiments import protocol

        return getattr(protocol, name)
    raise AttributeError(f"module 'kvae.experiments' has no attribute {name!r}")


def __dir__():
    return sorted([*globals(), *_PROTOCOL])
