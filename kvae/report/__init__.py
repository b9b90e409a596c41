"""One self-contained HTML page from what a run has found; it computes nothing.

Example:
    >>> scores = Section("Scores", (Notes(("0.8 on real rows",)),))
    >>> page = Page("Does it help?", "Yes.", sections=(scores,))
    >>> page.write("report.html")  # doctest: +SKIP
"""

from kvae.report.page import Page, Section
from kvae.report.parts import (
    Beside,
    Chart,
    Command,
    Fold,
    Gallery,
    Grid,
    Notes,
    Picture,
    Text,
)

__all__ = [
    "Beside",
    "Chart",
    "Command",
    "Fold",
    "Gallery",
    "Grid",
    "Notes",
    "Page",
    "Picture",
    "Section",
    "Text",
]
