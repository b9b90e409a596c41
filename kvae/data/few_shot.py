"""Few labelled rows per class, drawn by seed; the rest of the rows is unlabelled."""

import dataclasses

import numpy as np

from kvae import random
from kvae.checks import expect_count
from kvae.data.source import Source


@dataclasses.dataclass(frozen=True)
class FewShot:
    """A few-shot draw.

    Args:
        source: Source it was drawn from.
        labelled: int array (K * shots,), positions in source.train, by class.
        unlabelled: int array, all other positions, in order.
    """

    source: Source = dataclasses.field(repr=False)
    labelled: np.ndarray
    unlabelled: np.ndarray

    @property
    def rows(self):
        """Rows: the labelled rows."""
        return self.source.train.take(self.labelled)


def few_shot(source, shots, seed):
    """Draws `shots` labelled rows of every class; draws of one seed are nested.

    The 5-shot rows of a seed are among its 10-shot rows, and the draw of a class does
    not depend on the other classes.

    Args:
        source: Source.
        shots: int >= 1, labelled rows per class.
        seed: int.

    Returns:
        FewShot.

    Raises:
        ValueError: where a class has fewer rows; says which, how many it has and how
            many were asked for.

    Example:
        >>> from kvae.data import load
        >>> draw = few_shot(load("digits"), shots=5, seed=0)
        >>> len(draw.labelled), len(draw.unlabelled)
        (50, 1387)
    """
    expect_count("shots", shots, 1)
    drawn = []
    for label, class_name in enumerate(source.class_names):
        rows = np.flatnonzero(source.train.y == label)
        if len(rows) < shots:
            raise ValueError(
                f"few_shot expects at least {shots} training rows of each class of "
                f"{source.name!r}. Class {class_name!r} (index {label}) has "
                f"{len(rows)}. Ask for at most {len(rows)} shots."
            )
        order = random.generator(seed, "few_shot", label).permutation(rows)
        drawn.append(order[:shots])
    labelled = np.concatenate(drawn)
    unlabelled = np.setdiff1d(np.arange(len(source.train.y)), labelled)
    return FewShot(source, labelled, unlabelled)
