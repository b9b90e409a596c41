"""Sections about images: contact sheets of new ones, and labels that were found."""

import numpy as np

from kvae.report.page import Section
from kvae.report.parts import Gallery, Picture, Text, png_uri, sheet

COLUMNS = 12
MOST_CLASSES = 30
DOUBTED = 36  # images that are shown of those that are doubted
SIDE, MOST_SIDE = 44, 96  # pixels of an image on the page; of a large one, in the file


def classes_section(real, new, classes):
    """Some real and some new images of each class.

    Args:
        real: Rows of labelled images, y the position of the class.
        new: Rows of new images.
        classes: list of K str.
    """
    parts = [
        Text(
            "Each line is a class: three real images, then new ones. "
            + (
                f"The first {MOST_CLASSES} of {len(classes)} classes."
                if len(classes) > MOST_CLASSES
                else ""
            )
        )
    ]
    blank = np.ones_like(real.x[:1])
    lines = []
    for c in range(min(len(classes), MOST_CLASSES)):
        for rows, most in ((real, 3), (new, COLUMNS - 3)):
            some = rows.x[rows.y == c][:most]
            lines += [some, *[blank] * (most - len(some))]
    shown = classes[:MOST_CLASSES]
    whole = sheet(np.concatenate(lines), COLUMNS)
    # There is no room on the page for large images, which would make it large.
    scale = min(1, MOST_SIDE / max(real.x.shape[1:3]))
    parts.append(
        Picture(
            png_uri(whole, round(scale * max(whole.shape[:2]))),
            f"From the top: {', '.join(map(str, shown))}",
            f"Contact sheet of {len(shown)} classes, up to three real and nine new "
            "images each.",
            width=COLUMNS * max(SIDE, min(MOST_SIDE, real.x.shape[2])),
        )
    )
    return Section("New images", tuple(parts))


def doubted(images, labels, likely, what):
    """The most doubtful images, each with its label and how probable that is.

    Args:
        images: float array (N, H, W, C).
        labels: str array (N,).
        likely: float array (N,), how probable each label is.
        what: str, such as "new images".
    """
    order = np.argsort(likely, kind="stable")[:DOUBTED]
    pictures = tuple(
        (
            png_uri(images[i], MOST_SIDE),
            f"{labels[i]}: " + ("?" if np.isnan(likely[i]) else f"{likely[i]:.0%}"),
        )
        for i in order
    )
    caption = (
        f"The {len(order)} most doubtful of {len(images):,} {what}: label, and how "
        "probable it is"
    )
    return Gallery(pictures, caption)


def labels_section(images, labels, probability, of_rows):
    """Labels that were found for images without one.

    Args:
        images: float array (N, H, W, C), those without a label.
        labels: str array (N,), what was found.
        probability: float array (N,), of these labels.
        of_rows: int, how many images have no label.
    """
    sure = float((probability > 0.9).mean())
    text = (
        f"{of_rows:,} images had no label; {sure:.0%} of them got one with a "
        "probability above 0.9. Look at the doubtful ones, and label some by hand: a "
        "label there teaches most."
    )
    shown = doubted(images, labels, probability, "images without a label")
    return Section("Labels guessed for images without one", (Text(text), shown))
