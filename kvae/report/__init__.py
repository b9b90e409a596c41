"""One self-contained HTML page from what a run has found; it computes nothing.

    scores = Section("Scores", (Grid.of(table),))
    page = Page("Does it help?", "Yes.", sections=(scores,))
    page.write("report.html")
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
