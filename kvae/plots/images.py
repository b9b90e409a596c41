"""A strip of images."""

import numpy as np


def plot_images(images, ax, title=None):
    """Draws images side by side.

    Args:
        images: array (N, H, W, C) with values in [0, 1], C = 1 or 3.
        ax: matplotlib Axes.
        title: str, written to the left of the strip.

    Returns:
        The Axes.
    """
    n, height, width, channels = np.shape(images)
    # One light column between neighbours.
    strip = np.full((height, n * (width + 1) - 1, channels), 0.5)
    for i, image in enumerate(images):
        strip[:, i * (width + 1) : i * (width + 1) + width] = image
    if channels == 1:
        ax.imshow(strip[..., 0], cmap="gray_r", vmin=0, vmax=1)
    else:
        ax.imshow(np.clip(strip, 0, 1))
    ax.set_xticks([])
    ax.set_yticks([])
    if title:
        ax.set_ylabel(title, rotation=0, ha="right", va="center")
    return ax
