"""What a resampler does to rows before a VAE sees them, and to what it gives back."""

import numpy as np
import pandas as pd

from kvae import random
from kvae.augmentation.containers import append, as_frame
from kvae.checks import expect_finite
from kvae.preprocessing.table import Table


class TableRows:
    """A table of any container, by the transform learned on it.

    Args:
        rows: DataFrame, array, sparse matrix or list (N, F).

    Attributes:
        x: float32 array (N, inputs).
        table: Table.
        schema: tuple of Attribute.
        num_attributes: int, columns that vary.
    """

    is_image = False

    def __init__(self, rows):
        self._rows = rows
        frame = as_frame(rows)
        self.table = Table(frame)
        if not self.table.width:
            raise ValueError(
                "VAEOverSampler expects a column that varies. Received: constant "
                f"columns alone, {[c.name for c in self.table.form.columns]}."
            )
        self.x, self.schema = self.table.transform(frame), self.table.schema
        self.num_attributes = sum(a.likelihood is not None for a in self.schema)

    def append(self, kept, x):
        """Returns the rows at these positions, then those behind inputs x (M, F)."""
        return append(self._rows, kept, self.table.inverse(x))

    def new(self, x):
        """Returns the rows behind inputs x (M, F) alone."""
        return self.append(np.zeros(0, int), x)

    def forget(self):
        """Lets go of the rows as they were given; x stays."""
        self._rows = _none_of(self._rows)

    def with_holes(self, x, like):
        """Returns new inputs with holes where rows of the table have them.

        Args:
            x: float array (M, F).
            like: int array (M,), for each the position of a row of the table.
        """
        x = np.array(x)
        flags = [a.span[1] - 1 for a in self.schema if a.missing]
        x[:, flags] = self.x[like][:, flags]
        return x


class NumberRows:
    """Images, or numbers for a VAE that takes them as they are.

    Args:
        rows: images (N, H, W, C) in [0, 1] or of dtype uint8; or numbers (N, F) in any
            container.
    """

    table = schema = None

    def __init__(self, rows):
        self.is_image = np.ndim(rows) == 4
        self._rows = np.asarray(rows) if self.is_image else rows
        numbers = self._rows if self.is_image else as_frame(rows).to_numpy("float64")
        expect_finite("VAEOverSampler", numbers)
        self._scale = 255.0 if self.is_image and numbers.dtype == np.uint8 else 1.0
        self.x = (numbers / self._scale).astype("float32")
        if self.is_image and (self.x.min() < 0 or self.x.max() > 1):
            raise ValueError(
                "VAEOverSampler expects images in [0, 1], or of dtype uint8. Received: "
                f"values from {self.x.min():g} to {self.x.max():g}. Divide them by the "
                "largest."
            )
        self.num_attributes = int(np.prod(self.x.shape[1:]))

    def append(self, kept, x):
        """Returns the rows at these positions, then x (M, ...), in the rows' dtype."""
        if not self.is_image:
            dtypes = as_frame(self._rows).dtypes
            new = pd.DataFrame(np.asarray(x, "float64"), columns=dtypes.index)
            whole = dtypes.index[[pd.api.types.is_integer_dtype(d) for d in dtypes]]
            new[whole] = new[whole].round()
            return append(self._rows, kept, new.astype(dtypes))
        x, dtype = x * self._scale, self._rows.dtype
        x = np.rint(x) if np.issubdtype(dtype, np.integer) else x
        return np.concatenate([self._rows[kept], x.astype(dtype)])

    def new(self, x):
        """Returns x (M, ...) as rows."""
        return self.append(np.zeros(0, int), x)

    def forget(self):
        """Lets go of the rows as they were given; x stays."""
        self._rows = _none_of(self._rows)

    def with_holes(self, x, like):
        """Returns x: there are no holes."""
        return x


def _none_of(rows):
    return rows.iloc[:0] if hasattr(rows, "iloc") else rows[:0]


def open_rows(rows, vae):
    """Returns TableRows, or NumberRows for images and for VAEs of plain numbers.

    Args:
        rows: what a user has, (N, F) or (N, H, W, C).
        vae: "single", "multi" or a fitted BetaVAE.

    Raises:
        ValueError: where a fitted VAE was trained on another table.
    """
    fitted = not isinstance(vae, str)
    if np.ndim(rows) == 4 or (fitted and vae.reconstruction != "mixed"):
        return NumberRows(rows)
    opened = TableRows(rows)
    if fitted and vae.schema != opened.schema:
        raise ValueError(
            "VAEOverSampler expects a VAE that was fitted to this table. Received: one "
            f"with attributes {[a.name for a in vae.schema or ()]}, or others of their "
            "levels or holes."
        )
    return opened


def rows_like(label, parent, y, seed):
    """Returns for each new row a real one: its parent, or any of its class.

    Args:
        label: int array (M,), classes of new rows.
        parent: int array (M,), positions of parents; -1 = none.
        y: int array (N,), classes of the real rows.
        seed: int.

    Example:
        >>> rows_like(np.array([0, 1]), np.array([2, -1]), np.array([1, 0, 0]), 0)
        array([2, 0])
    """
    like = np.array(parent)
    for c in np.unique(label[parent < 0]):
        lost = np.flatnonzero((parent < 0) & (label == c))
        own = np.flatnonzero(y == c)
        like[lost] = random.generator(seed, "holes", int(c)).choice(own, len(lost))
    return like
