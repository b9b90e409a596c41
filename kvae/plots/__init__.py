"""Plots: data and an Axes in, the Axes out; nothing is computed here."""

from kvae.plots.differences import plot_differences
from kvae.plots.image_grid import plot_image_grid
from kvae.plots.images import plot_images
from kvae.plots.latent import plot_latent
from kvae.plots.scores import plot_scores
from kvae.plots.trials import plot_trials

__all__ = [
    "plot_differences",
    "plot_image_grid",
    "plot_images",
    "plot_latent",
    "plot_scores",
    "plot_trials",
]
