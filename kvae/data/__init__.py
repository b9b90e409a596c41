"""Data sets as `Source` objects, few-shot draws, and batches with a replica axis."""

from kvae.data.batches import batches
from kvae.data.catalog import NAMES, load
from kvae.data.few_shot import FewShot, few_shot
from kvae.data.guarded import Rows
from kvae.data.image_folder import read_images
from kvae.data.source import Source

__all__ = [
    "NAMES",
    "FewShot",
    "Rows",
    "Source",
    "batches",
    "few_shot",
    "load",
    "read_images",
]
