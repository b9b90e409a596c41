"""Points for TensorBoard's projector, in the files that it reads.

The projector looks into the folder of a run for `projector_config.pbtxt`, which names
the others. They are text and one PNG: nothing here needs TensorBoard.
"""

import math
from pathlib import Path

import numpy as np

from kvae.checks import expect_shape

MOST_PIXELS = 8192  # of a side of the sprite; browsers draw no larger texture


def write_projector(folder, points, metadata, images=None):
    """Writes points, what is known of each, and a thumbnail of each.

    Args:
        folder: path; it is made where it does not exist.
        points: float array (N, d).
        metadata: DataFrame of N rows; a point is coloured, and called, by a column.
        images: optional float array (N, H, W, C) in [0, 1], C = 1 or 3.

    Raises:
        ValueError: where the numbers of rows differ.

    Example:
        >>> import tempfile
        >>> import pandas as pd
        >>> folder = Path(tempfile.mkdtemp())
        >>> write_projector(folder, np.eye(2), pd.DataFrame({"label": ["a", "b"]}))
        >>> print((folder / "metadata.tsv").read_text())
        a
        b
        <BLANKLINE>
    """
    folder, points = Path(folder), np.asarray(points)
    expect_shape("write_projector", "(N, d)", points.shape, (len(metadata), None))
    folder.mkdir(parents=True, exist_ok=True)
    np.savetxt(folder / "points.tsv", points, fmt="%.7g", delimiter="\t")
    lines = ["\t".join(map(_cell, row)) for row in metadata.to_numpy(object)]
    if metadata.shape[1] > 1:  # a single column is read without a name
        lines.insert(0, "\t".join(map(_cell, metadata.columns)))
    text = "".join(f"{line}\n" for line in lines)
    (folder / "metadata.tsv").write_text(text, encoding="utf-8")
    sprite = ""
    if images is not None:
        expected = (len(points), None, None, None)
        expect_shape("write_projector", "(N, H, W, C)", images.shape, expected)
        height, width = _write_sprite(folder / "sprite.png", images)
        sprite = (
            '  sprite {\n    image_path: "sprite.png"\n'
            f"    single_image_dim: {width}\n    single_image_dim: {height}\n  }}\n"
        )
    (folder / "projector_config.pbtxt").write_text(
        'embeddings {\n  tensor_name: "codes"\n  tensor_path: "points.tsv"\n'
        f'  metadata_path: "metadata.tsv"\n{sprite}}}\n'
    )


def tiled(images, columns):
    """Returns images side by side as one, row after row; free places are 0.

    Args:
        images: array (N, H, W, C).
        columns: int, images in a row.

    Returns:
        Array (ceil(N / columns) * H, columns * W, C).

    Example:
        >>> tiled(np.arange(1, 4).reshape(3, 1, 1, 1), columns=2)[..., 0]
        array([[1, 2],
               [3, 0]])
    """
    images = np.asarray(images)
    n, height, width, channels = images.shape
    rows = -(-n // columns)
    places = np.zeros((rows * columns, height, width, channels), images.dtype)
    places[:n] = images
    places = places.reshape(rows, columns, height, width, channels)
    return places.swapaxes(1, 2).reshape(rows * height, columns * width, channels)


def _write_sprite(path, images):
    """Writes the thumbnails of all points, in a square; returns their height, width."""
    from PIL import Image

    columns = math.ceil(len(images) ** 0.5)
    step = math.ceil(columns * max(images.shape[1:3]) / MOST_PIXELS)
    images = images[:, ::step, ::step]
    pixels = np.rint(255 * np.clip(tiled(images, columns), 0, 1)).astype("uint8")
    Image.fromarray(pixels[..., 0] if pixels.shape[-1] == 1 else pixels).save(path)
    return images.shape[1:3]


def _cell(value):
    return " ".join(str(value).split())  # a tab would begin another column
