"""The PROBEN1 problems that the deck uses: classes, attributes, where files are."""

import functools
import os
from pathlib import Path

import pandas as pd

from kvae.schema import Attribute

# Names as in the UCI repository, in the order of the outputs. Gene: exon to intron,
# intron to exon, neither. Thyroid's classes have numbers only.
CLASS_NAMES = {
    "card": ("+", "-"),
    "diabetes": ("positive", "negative"),
    "gene": ("EI", "IE", "N"),
    "glass": (
        "building_windows_float",
        "building_windows_other",
        "vehicle_windows",
        "containers",
        "tableware",
        "headlamps",
    ),
    "horse": ("lived", "died", "euthanized"),
    "thyroid": ("1", "2", "3"),
}
PROBLEMS = tuple(CLASS_NAMES)
NAMES = tuple(f"{problem}{i}" for problem in PROBLEMS for i in (1, 2, 3))
CITATION = (
    "Prechelt 1994, PROBEN1: a set of neural network benchmark problems and "
    "benchmarking rules, report 21/94, University of Karlsruhe."
)
MANUAL_DIR = "KVAE_PROBEN1_DIR"


@functools.cache
def schema(problem):
    """Returns the attributes behind the inputs of a problem, a tuple of Attribute.

    Card: 13 holes of A14 cannot be told from its zeros, as the files do not mark them.

    Example:
        >>> schema("gene")[0].levels
        ('C', 'A', 'G', 'T')
    """
    table = pd.read_csv(
        Path(__file__).with_name("attributes.csv"), dtype=str, keep_default_na=False
    )
    return tuple(
        Attribute(
            row.name,
            row.kind,
            span=(int(row.start), int(row.stop)),
            missing=row.missing or None,
            levels=tuple(row.levels.split()) or None,
            codes=_codes(row.codes),
        )
        for row in table[table.problem == problem].itertuples(index=False)
    )


def _codes(text):
    """Returns the codes written as "1 0;0 1", None for the default."""
    if not text:
        return None
    return tuple(tuple(map(float, code.split())) for code in text.split(";"))


def manual_file(name, manual_dir=None):
    """Returns the path of a .dt file in the manual directory, None if it is not there.

    Args:
        name: str, such as "card1".
        manual_dir: folder with card1.dt or card/card1.dt; by default the environment
            variable KVAE_PROBEN1_DIR.
    """
    folder = manual_dir or os.environ.get(MANUAL_DIR)
    if not folder:
        return None
    folder = Path(folder).expanduser()
    places = folder / f"{name}.dt", folder / name[:-1] / f"{name}.dt"
    return next((path for path in places if path.is_file()), None)
