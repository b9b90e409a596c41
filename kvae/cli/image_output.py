"""New images as files: PNGs in a folder for each class, and a sheet of some of them."""

import shutil
from pathlib import Path

import numpy as np

PARTIAL = ".partial"  # such a folder is not finished
MOST_CLASSES, REAL, NEW = 30, 3, 9  # of a sheet


def write_images(folder, images, labels):
    """Writes images as PNG, in a folder for each class.

    They are written beside the folder first: what is there is finished. Of an older
    folder only images that this function has written are replaced.

    Args:
        folder: Path.
        images: float array (N, H, W, C) in [0, 1], C = 1 or 3.
        labels: array (N,) of str.

    Raises:
        ValueError: for a label that is no name of a folder.
    """
    from PIL import Image

    folder, partial = Path(folder), Path(f"{folder}{PARTIAL}")
    if partial.exists():
        shutil.rmtree(partial)
    pixels = np.rint(np.clip(images, 0, 1) * 255).astype("uint8")
    pixels = pixels[..., 0] if pixels.shape[3] == 1 else pixels
    for label in np.unique(labels):
        name = str(label)
        if name != Path(name).name or name in ("", ".", ".."):
            raise ValueError(
                f"A folder for each class needs names of folders. Received: {name!r}."
            )
        (partial / name).mkdir(parents=True)
        for number, image in enumerate(pixels[labels == label], start=1):
            Image.fromarray(image).save(partial / name / f"generated-{number:05}.png")
    for old in folder.glob("*/generated-[0-9][0-9][0-9][0-9][0-9].png"):
        old.unlink()
    for path in sorted(partial.glob("*/*.png")):
        target = folder / path.relative_to(partial)
        target.parent.mkdir(parents=True, exist_ok=True)
        path.replace(target)
    shutil.rmtree(partial)


def write_sheet(path, real, new, classes):
    """Writes a PNG with a few real and a few new images of each class.

    Args:
        path: of the file.
        real: Rows of labelled images, y the position of the class.
        new: Rows of new images.
        classes: list of K str. Of more than 30 the first 30 are shown.

    Raises:
        ImportError: without matplotlib.
    """
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    from kvae.plots import plot_image_grid

    shown = classes[:MOST_CLASSES]
    blank = np.ones((1, *real.x.shape[1:]))

    def some(rows, c, most):
        images = rows.x[rows.y == c][:most]
        return np.concatenate([images, *[blank] * (most - len(images))])

    grids = [
        np.stack([some(rows, c, most) for c in range(len(shown))])
        for rows, most in ((real, REAL), (new, NEW))
    ]
    height, width = real.x.shape[1:3]
    tall = max(2.0, 0.6 * len(shown) * height / width + 0.5)
    # The layout aligns the two only if their axes are as wide as they have columns.
    figure, axes = plt.subplots(
        1,
        2,
        figsize=(0.6 * (REAL + NEW) + 1.8, tall),
        width_ratios=(REAL, NEW),
        layout="constrained",
    )
    for ax, grid, title in zip(axes, grids, ("real", "new"), strict=True):
        names = shown if title == "real" else ()
        plot_image_grid(grid, ax, row_labels=names)
        ax.set_xticks([])
        ax.set_title(title)
    figure.savefig(path, dpi=120)
    plt.close(figure)
