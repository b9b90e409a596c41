"""Latents as controls: which of them do something, how far they reach, paths."""

import numpy as np

from kvae.checks import expect_count
from kvae.models.beta_vae import ACTIVE_VARIANCE

MOST_SLIDERS = 8
REACH = 3.0  # standard deviations of the prior that a slider covers at least


def by_activity(z):
    """Returns the latents in the order of how much they vary over rows.

    Args:
        z: float array (N, d), latent means.

    Returns:
        (int array (d,), the most active first; int, how many are active).

    Example:
        >>> by_activity(np.array([[0.0, -2.0, 0.5], [0.0, 2.0, -0.5]]))
        (array([1, 2, 0]), 2)
    """
    variance = np.asarray(z, "float64").var(axis=0)
    order = np.argsort(-variance, kind="stable")
    return order, int((variance > ACTIVE_VARIANCE).sum())


def reach(z):
    """Returns (low, high), whole numbers that hold all codes and most of the prior.

    Example:
        >>> reach(np.array([[0.0, 4.2]]))
        (-5, 5)
    """
    furthest = max(REACH, float(np.abs(z).max(initial=0)))
    end = int(np.ceil(min(furthest, 100.0)))
    return -end, end


def between(start, end, steps):
    """Returns points on the line from a code to another, both included, (steps, d).

    Args:
        start: float array (d,).
        end: float array (d,).
        steps: int >= 2.

    Example:
        >>> between([0.0, 0.0], [2.0, 4.0], 3).tolist()
        [[0.0, 0.0], [1.0, 2.0], [2.0, 4.0]]
    """
    expect_count("steps of between", steps, 2)
    return np.linspace(start, end, steps)
