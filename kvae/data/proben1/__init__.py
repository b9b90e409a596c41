"""PROBEN1: .dt files, the tfds builder, and its problems as `Source` objects.

Importing `Builder` registers "proben1/card1" ... "proben1/thyroid3" with
tensorflow_datasets; it is imported on first use, because that takes seconds.
"""

from kvae.data.proben1.dt import DtFile, read_dt
from kvae.data.proben1.loader import proben1
from kvae.data.proben1.problems import NAMES, PROBLEMS, schema

__all__ = ["NAMES", "PROBLEMS", "Builder", "DtFile", "proben1", "read_dt", "schema"]


def __getattr__(name):
    if name == "Builder":
        from kvae.data.proben1.proben1_dataset_builder import Builder

        return Builder
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
