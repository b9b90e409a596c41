"""What a page is made of: sentences, notes, tables, charts, pictures, commands."""

import base64
import dataclasses
import io

import numpy as np

from kvae.templates.cells import grid


@dataclasses.dataclass(frozen=True)
class Text:
    """A paragraph.

    Args:
        text: str.
    """

    text: str
    template = "text"


@dataclasses.dataclass(frozen=True)
class Notes:
    """A list of notes.

    Args:
        notes: tuple of str.
    """

    notes: tuple[str, ...]
    template = "notes"


@dataclasses.dataclass(frozen=True)
class Command:
    """A line for a terminal.

    Args:
        text: str.
        before: str, what it does.
    """

    text: str
    before: str = ""
    template = "command"


@dataclasses.dataclass(frozen=True)
class Grid:
    """A table.

    Args:
        header: list of str.
        rows: list of lists of str.
        caption: str.
        named: bool, whether the first column names the rows.
        browsable: bool, whether people sort, search and page it.
        order: optional (column, "asc" or "desc") of a browsable one.
    """

    header: list
    rows: list
    caption: str = ""
    named: bool = False
    browsable: bool = False
    order: tuple | None = None
    template = "grid"

    @classmethod
    def of(cls, frame, caption="", index="", **arguments):
        """Returns the grid of a DataFrame; its index, if named, is the first column.

        Args:
            frame: DataFrame.
            caption: str.
            index: str, heading of the index; None leaves the index out.
            **arguments: others of a Grid.

        Example:
            >>> import pandas as pd
            >>> frame = pd.DataFrame({"mean": [0.7512, None]}, index=["VAE", "SMOTE"])
            >>> Grid.of(frame).rows
            [['VAE', '0.7512'], ['SMOTE', '']]
        """
        return cls(**grid(frame, caption, index), **arguments)


@dataclasses.dataclass(frozen=True)
class Chart:
    """A chart that is drawn when the page is opened.

    Args:
        spec: dict, of Vega-Lite.
        caption: str.
        text: str, what it shows, for those who do not see it.
    """

    spec: dict
    caption: str
    text: str
    template = "chart"


@dataclasses.dataclass(frozen=True)
class Picture:
    """A picture.

    Args:
        uri: str, a data URI.
        caption: str.
        text: str, what it shows, for those who do not see it.
        pixelated: bool, whether its pixels stay sharp when it is enlarged.
        width: optional int, at most so many pixels wide; by default as wide as it is.
    """

    uri: str
    caption: str
    text: str
    pixelated: bool = True
    width: int | None = None
    template = "picture"


@dataclasses.dataclass(frozen=True)
class Gallery:
    """Small pictures, each with a line below.

    Args:
        pictures: tuple of (data URI, line).
        caption: str.
    """

    pictures: tuple
    caption: str
    template = "gallery"


@dataclasses.dataclass(frozen=True)
class Fold:
    """Parts that are shown when asked for.

    Args:
        title: str.
        parts: tuple of parts.
    """

    title: str
    parts: tuple
    template = "fold"


@dataclasses.dataclass(frozen=True)
class Beside:
    """Parts side by side, where there is room.

    Args:
        parts: tuple of parts.
    """

    parts: tuple
    template = "beside"


def png_uri(image, most=None):
    """Returns the data URI of an image as PNG.

    Args:
        image: float array (H, W), (H, W, 1) or (H, W, 3) in [0, 1], or uint8.
        most: optional int, a larger image is scaled down to so many pixels.

    Example:
        >>> png_uri(np.zeros((2, 2)))[:22]
        'data:image/png;base64,'
    """
    from PIL import Image

    image = np.asarray(image)
    if image.dtype != np.uint8:
        image = np.rint(np.clip(image, 0, 1) * 255).astype("uint8")
    if image.ndim == 3 and image.shape[2] == 1:
        image = image[..., 0]
    written, picture = io.BytesIO(), Image.fromarray(image)
    if most is not None:
        picture.thumbnail((most, most))
    picture.save(written, "PNG", optimize=True)
    return f"data:image/png;base64,{base64.b64encode(written.getvalue()).decode()}"


def sheet(images, columns=12, gap=2):
    """Returns images as one, row by row, with white lines between.

    Args:
        images: float array (N, H, W, C) in [0, 1], C = 1 or 3.
        columns: int.
        gap: int, pixels between images.

    Returns:
        Float array (height, width, C).

    Example:
        >>> sheet(np.zeros((3, 8, 8, 1)), columns=2).shape
        (18, 18, 1)
    """
    images = np.asarray(images, "float32")
    n, height, width, channels = images.shape
    columns = max(1, min(columns, n))
    lines = -(-n // columns)
    shape = (lines * (height + gap) - gap, columns * (width + gap) - gap, channels)
    whole = np.ones(shape, "float32")
    for i, image in enumerate(images):
        top, left = (i // columns) * (height + gap), (i % columns) * (width + gap)
        whole[top : top + height, left : left + width] = image
    return whole
