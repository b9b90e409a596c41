"""Images as PNG: one for the page, many as a sheet."""

import base64
import io

import numpy as np
from PIL import Image

SIDE = 168  # pixels that the longer side of a small image gets at least


def to_picture(image, side=SIDE):
    """Returns an image as Pillow has it, enlarged by a whole number to be seen.

    Args:
        image: float array (H, W, C) in [0, 1] with C = 1, 3 or 4; of any other number
            of channels their mean is shown.
        side: int, pixels of the longer side at least.

    Example:
        >>> to_picture(np.zeros((8, 6, 1)), side=20).size
        (18, 24)
    """
    image = np.asarray(image, "float64")
    if image.shape[-1] not in (1, 3, 4):
        image = image.mean(axis=-1, keepdims=True)
    grey = np.rint(np.clip(np.nan_to_num(image), 0, 1) * 255).astype("uint8")
    picture = Image.fromarray(grey[..., 0] if grey.shape[-1] == 1 else grey)
    times = max(1, -(-side // max(image.shape[:2])))
    size = image.shape[1] * times, image.shape[0] * times
    return picture.resize(size, Image.Resampling.NEAREST)


def to_png(image, side=SIDE):
    """Returns the bytes of an image's PNG; arguments as `to_picture`."""
    return _saved(to_picture(image, side))


def to_uri(image, side=SIDE):
    """Returns an image as a data URI, for <img src=...>; arguments as `to_picture`.

    Example:
        >>> to_uri(np.zeros((2, 2, 1)), side=2)[:22]
        'data:image/png;base64,'
    """
    return "data:image/png;base64," + base64.b64encode(to_png(image, side)).decode()


def sheet(images, columns=10, side=56, gap=4):
    """Returns the bytes of a PNG of many images in rows.

    Args:
        images: float array (N, H, W, C) in [0, 1], N >= 1.
        columns: int, images in a row.
        side: int, as in `to_picture`.
        gap: int, pixels between them.
    """
    pictures = [to_picture(image, side).convert("RGB") for image in images]
    width, height = (length + gap for length in pictures[0].size)
    columns = min(columns, len(pictures))
    size = columns * width + gap, -(-len(pictures) // columns) * height + gap
    whole = Image.new("RGB", size, "white")
    for i, picture in enumerate(pictures):
        place = gap + i % columns * width, gap + i // columns * height
        whole.paste(picture, place)
    return _saved(whole)


def _saved(picture):
    stream = io.BytesIO()
    picture.save(stream, "PNG")
    return stream.getvalue()
