"""Sections about the VAE: its latent space, and how it was trained."""

from kvae.plots.palette import BRIGHT
from kvae.report import charts
from kvae.report.page import Section
from kvae.report.parts import Notes, Text, png_uri
from kvae.templates.cells import cell_text

BY_CLASS = (
    "The VAE is told the class, so each class has a latent space of its own: points of "
    "two classes that are near each other need not be alike."
)
COLORS_REPEAT = (
    "There are more classes than colours: several classes share one, and the pointer "
    "tells which it is."
)
MOST_CELLS = 8  # columns of a row that are named when the pointer is on its point


def latent_section(points, share, of_rows, images=False, by_class=False):
    """The latent space as a map.

    Args:
        points: DataFrame as `charts.latent_map` takes.
        share: float, of the codes' variance that is seen.
        of_rows: int, rows that there are.
        images: bool.
        by_class: bool, whether each class has a latent space of its own.
    """
    few = len(points) < of_rows
    texts = [
        "Each point is the latent mean of a row, in the plane in which these vary most "
        f"({share:.0%} of the variance). Hold the pointer over a point to see its row.",
        *([f"{len(points):,} of {of_rows:,} rows are shown."] if few else []),
        *([BY_CLASS] if by_class else []),
        *([COLORS_REPEAT] if points["label"].nunique() > len(BRIGHT) else []),
    ]
    chart = charts.latent_map(points, "Latent space", images=images)
    return Section("Latent space", (*map(Text, texts), chart))


def names_of_rows(frame):
    """Returns a line for each row: name = value of the first columns.

    Example:
        >>> import pandas as pd
        >>> names_of_rows(pd.DataFrame({"n": [1.5], "c": ["a"]}))
        ['n = 1.5, c = a']
    """
    columns = list(frame.columns[:MOST_CELLS])
    cells = [
        [f"{name} = {cell_text(value)}" for value in frame[name]] for name in columns
    ]
    more = ", …" if frame.shape[1] > len(columns) else ""
    return [", ".join(row) + more for row in zip(*cells, strict=True)]


def thumbnails(images):
    """Returns the data URI of each image (N, H, W, C)."""
    return [png_uri(image) for image in images]


def training_section(curve, notes):
    """How the VAE was trained.

    Args:
        curve: DataFrame from `TrainingCurve.table`; None of a VAE that was given.
        notes: sequence of str, what was chosen and why.
    """
    notes = tuple(dict.fromkeys(notes))
    parts = [Notes(notes)] if notes else []
    if curve is not None and len(curve):
        parts.append(
            charts.training(
                curve,
                "The loss, and what it is made of: the reconstruction of rows and the "
                "KL divergence from the prior (not weighed by beta). A loss that still "
                "falls at the end asks for more --steps.",
            )
        )
    return Section("Training", tuple(parts))
