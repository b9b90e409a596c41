"""What the page explores, wherever the model comes from."""

import dataclasses

import numpy as np
import pandas as pd

from kvae.latent.spreading import Spread

MOST_ON_THE_MAP = 3_000  # a browser draws more of them too slowly


@dataclasses.dataclass(frozen=True)
class Drawn:
    """Rows that a sampler drew.

    Args:
        rows: images (M, H, W, C) in [0, 1], or a DataFrame of M rows.
        label: list of M strings, "" where the model knows no class.
        accepted: bool array (M,), by the generative classifier; None without one.
        score: float array (M,), the classifier's; None without one.
        lineage: DataFrame of M rows, where they come from; may have no columns.
    """

    rows: np.ndarray | pd.DataFrame
    label: list
    accepted: np.ndarray | None
    score: np.ndarray | None
    lineage: pd.DataFrame

    def __len__(self):
        return len(self.label)

    def table(self, target):
        """Returns a line for each row: columns, label, score, accepted, lineage.

        Args:
            target: str, what the label is called.
        """
        images = isinstance(self.rows, np.ndarray)
        table = pd.DataFrame(index=range(len(self))) if images else self.rows.copy()
        table = table.reset_index(drop=True)
        table[target] = self.label
        for name, column in (("score", self.score), ("accepted", self.accepted)):
            if column is not None:
                table[f"kvae_{name}"] = column
        lineage = self.lineage.reset_index(drop=True).add_prefix("kvae_")
        return pd.concat([table, lineage], axis=1)


@dataclasses.dataclass(frozen=True)
class Look:
    """What a place in latent space decodes to.

    Args:
        rows: one row, as in `Drawn`.
        real: a real row to compare with, the same; None where there are none.
        position: int, position of that row; -1 where there are none.
    """

    rows: np.ndarray | pd.DataFrame
    real: np.ndarray | pd.DataFrame | None = None
    position: int = -1


class World:
    """A model to explore. Subclasses set the attributes and define the methods.

    Attributes:
        name: str, of the model.
        notes: tuple of str, what has to be said of it.
        target: str, what labels are called.
        classes: tuple of str, names of classes; may be empty.
        by_class: bool, whether every class has a latent space of its own.
        is_image: bool, whether rows are images; else they are those of a table.
        is_real: bool, whether the codes are of real rows; else draws from the prior.
        z: float array (N, d), codes.
        label: int array (N,), class indices, -1 = none. In a latent space by class the
            codes of a class are those with its label.
        row_id: int array (N,), positions of the rows in the data they come from.
        samplers: dict {name: (least alpha, default alpha) or None where it takes none}.
        has_judge: bool, whether draws are accepted or not.
        no_labels: str, why labels cannot be painted; "" where they can.
    """

    name, notes, target, classes = "", (), "label", ()
    by_class = is_image = is_real = has_judge = False
    z = label = row_id = None
    samplers: dict = {}
    no_labels = ""

    @property
    def noun(self):
        """What a mark of the map is called."""
        return "row" if self.is_real else "draw"

    def look(self, z, space, beside=-1):
        """Returns the Look at a code (d,) of a class's space (or of the only one).

        Args:
            z: float array (d,).
            space: int, class; without spaces by class it is not looked at.
            beside: int, position of the real row to compare with; -1 for the nearest.
        """
        raise NotImplementedError

    def decode(self, z, space):
        """Returns the rows at codes (M, d), images or a DataFrame."""
        raise NotImplementedError

    def rows(self, positions):
        """Returns the rows behind codes of the map, images or a DataFrame."""
        raise NotImplementedError

    def draw(self, sampler, alpha, n, seed, label):
        """Returns Drawn.

        Args:
            sampler: str, one of `samplers`.
            alpha: float, or None for the sampler's default.
            n: int, rows.
            seed: int.
            label: int, class that is drawn; without classes it is not looked at.
        """
        raise NotImplementedError

    def spread(self, labels) -> Spread:
        """Returns the Spread of labels (N,) over the codes.

        Args:
            labels: int array (N,) of class indices, -1 = unlabelled; at least one is
                labelled.
        """
        raise NotImplementedError

    def of_space(self, space):
        """Returns the positions of codes in a class's latent space, or of all."""
        if not self.by_class:
            return np.arange(len(self.z))
        return np.flatnonzero(self.label == space)
