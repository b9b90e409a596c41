"""Rows of images, such as what a latent changes."""

import numpy as np


def plot_image_grid(images, ax, row_labels=(), column_labels=(), dark=True):
    """Draws rows of images as one picture, with a thin line between neighbours.

    Args:
        images: array (J, P, H, W, C) with values in [0, 1], C = 1 or 3.
        ax: matplotlib Axes.
        row_labels: J strings, written to the left.
        column_labels: P strings, written below; "" leaves one out.
        dark: bool, whether a grey value of 0 is black, as in photographs; digits and
            other drawings on a black ground are drawn dark on white with False.

    Returns:
        The Axes.
    """
    images = np.asarray(images)
    rows, columns, height, width, channels = images.shape
    grid = np.full(
        (rows * (height + 1) - 1, columns * (width + 1) - 1, channels),
        0.5,
    )
    for (j, p), image in zip(
        np.ndindex(rows, columns), images.reshape(-1, *images.shape[2:]), strict=True
    ):
        top, left = j * (height + 1), p * (width + 1)
        grid[top : top + height, left : left + width] = image
    if channels == 1:
        ax.imshow(grid[..., 0], cmap="gray" if dark else "gray_r", vmin=0, vmax=1)
    else:
        ax.imshow(np.clip(grid, 0, 1))
    ax.set_yticks(_middles(height, len(row_labels)), row_labels)
    shown = [p for p, label in enumerate(column_labels) if label]
    places = _middles(width, len(column_labels))
    ax.set_xticks([places[p] for p in shown], [column_labels[p] for p in shown])
    ax.tick_params(length=0)
    for spine in ax.spines.values():
        spine.set_visible(False)
    return ax


def _middles(size, count):
    """Returns where the middles of so many images are, in pixels of the picture."""
    return [i * (size + 1) + (size - 1) / 2 for i in range(count)]
