"""Rows as a resampler receives them, as a VAE sees them, and as they are given back."""

import copy
import dataclasses

import numpy as np
import pandas as pd
from scipy import sparse
from sklearn.utils.validation import check_array, validate_data

from kvae import random
from kvae.checks import expect_finite, unit_remedy
from kvae.preprocessing.relations import disordered, in_order, ordered_pairs
from kvae.preprocessing.table import Table
from kvae.resampling.relation_notes import on_relations, on_row_numbers


class TableRows:
    """A table of any container, by the transform learned on it.

    Args:
        rows: DataFrame, array, sparse matrix or list (N, F).
        together: groups of columns, as in `Table`.
        ordered: as in `VAEOverSampler`: what is done where columns that are in order in
            all real rows (start and end) are not in new ones.

    Attributes:
        x: float32 array (N, inputs).
        notes: tuple of str, what `append` has seen that is odd in columns.
        table: Table.
        schema: tuple of Attribute.
        num_attributes: int, columns that vary.
    """

    is_image, notes, _orders, _ordered = False, (), (), None

    def __init__(self, rows, together=(), ordered=None):
        self._rows = rows
        frame = as_frame(rows)
        self.table = Table(frame, together)
        self._orders = ordered_pairs(frame)
        self._ordered = ordered
        if not self.table.width:
            raise ValueError(
                "VAEOverSampler expects a column that varies. Received: constant "
                f"columns alone, {[c.name for c in self.table.form.columns]}. Add one."
            )
        self.x, self.schema = self.table.transform(frame), self.table.schema
        self.num_attributes = sum(a.likelihood is not None for a in self.schema)

    def take(self, positions):
        """Returns the rows at these positions, by the same transform."""
        part = copy.copy(self)
        part._rows, part.x = as_frame(self._rows).iloc[positions], self.x[positions]
        return part

    def append(self, kept, x):
        """Returns the rows at these positions, then those behind inputs x (M, F)."""
        new = self._frame_of(x)
        real = as_frame(self._rows)
        self.notes = on_row_numbers(real) + on_relations(real, new, self._orders)
        return append(self._rows, kept, new)

    def new(self, x):
        """Returns the rows behind inputs x (M, F) alone."""
        return append(self._rows, np.zeros(0, int), self._frame_of(x))

    def _frame_of(self, x):
        new = self.table.inverse(x)
        return in_order(new, self._orders) if self._ordered == "repair" else new

    @property
    def rejects(self):
        """bool: whether new rows that are out of order are to be rejected."""
        return self._ordered == "reject" and bool(self._orders)

    def in_order(self, x):
        """Returns which of the rows behind inputs x (M, F) are in order, bool (M,)."""
        return ~disordered(self._frame_of(x), self._orders).to_numpy().any(axis=1)

    def forget(self):
        """Drops the rows as they were given; x stays."""
        self._rows = _none_of(self._rows)

    def with_holes(self, new, y, seed):
        """Returns new rows with holes where rows of the table have them.

        Args:
            new: Generated of M rows.
            y: int array (N,), classes of the table's rows.
            seed: int, for rows without a parent.
        """
        parent = new.provenance["parent"].fillna(-1).to_numpy("int64")
        like = rows_like(label=new.y, parent=parent, y=y, seed=seed)
        x, flags = np.array(new.x), [a.span[1] - 1 for a in self.schema if a.missing]
        x[:, flags] = self.x[like][:, flags]
        return dataclasses.replace(new, x=x)


class NumberRows:
    """Images, or numbers for a VAE that takes them as they are.

    Args:
        rows: images (N, H, W, C) in [0, 1] or of dtype uint8; or numbers (N, F) in any
            container.
    """

    table = schema = None
    notes, rejects = (), False

    def __init__(self, rows):
        self.is_image = np.ndim(rows) == 4
        self._rows = np.asarray(rows) if self.is_image else rows
        numbers = self._rows if self.is_image else as_frame(rows).to_numpy("float64")
        expect_finite("VAEOverSampler", numbers)
        self._scale = 255.0 if self.is_image and numbers.dtype == np.uint8 else 1.0
        self.x = (numbers / self._scale).astype("float32")
        if self.is_image and (self.x.min() < 0 or self.x.max() > 1):
            low, high = self.x.min(), self.x.max()
            raise ValueError(
                "VAEOverSampler expects images in [0, 1], or of dtype uint8. Received: "
                f"values from {low:g} to {high:g}. {unit_remedy(low, high)}"
            )
        self.num_attributes = int(np.prod(self.x.shape[1:]))

    def append(self, kept, x):
        """Returns the rows at these positions, then x (M, ...), in the rows' dtype."""
        if not self.is_image:
            dtypes = as_frame(self._rows).dtypes
            columns = [_as_dtype(x[:, i], dtype) for i, dtype in enumerate(dtypes)]
            new = pd.DataFrame(dict(enumerate(columns))).set_axis(dtypes.index, axis=1)
            return append(self._rows, kept, new)
        new = _as_dtype(np.asarray(x) * self._scale, self._rows.dtype)
        return np.concatenate([self._rows[kept], new])

    def new(self, x):
        """Returns x (M, ...) as rows."""
        return self.append(np.zeros(0, int), x)

    def forget(self):
        """Drops the rows as they were given; x stays."""
        self._rows = _none_of(self._rows)

    def with_holes(self, new, y, seed):
        """Returns the new rows: there are no holes."""
        return new


def _as_dtype(x, dtype):
    """Returns numbers in a dtype: whole ones rounded, answers those above 1/2."""
    if pd.api.types.is_bool_dtype(dtype):
        x = np.asarray(x) > 0.5
    elif pd.api.types.is_integer_dtype(dtype):
        x = np.rint(np.asarray(x, "float64"))
        if isinstance(dtype, np.dtype):  # a cast would turn -1 into the largest
            info = np.iinfo(dtype)
            most = np.nextafter(float(info.max), 0) if info.bits == 64 else info.max
            x = x.clip(info.min, most)
    return x.astype(dtype) if isinstance(dtype, np.dtype) else pd.array(x, dtype=dtype)


def _none_of(rows):
    return rows.iloc[:0] if isinstance(rows, pd.DataFrame) else rows[:0]


def open_rows(rows, vae, together=(), ordered=None):
    """Returns TableRows, or NumberRows for images and for VAEs of plain numbers.

    Args:
        rows: what a user has, (N, F) or (N, H, W, C); TableRows stay what they are.
        vae: "single", "multi" or a fitted BetaVAE.
        together: as in `TableRows`, for a table.
        ordered: as in `TableRows`, for a table.

    Raises:
        ValueError: where a fitted VAE was trained on another table.
    """
    if isinstance(rows, TableRows):
        return rows
    fitted = not isinstance(vae, str)
    if np.ndim(rows) == 4 or (fitted and vae.likelihood.schema is None):
        return NumberRows(rows)
    opened = TableRows(rows, together, ordered)
    if fitted and vae.schema != opened.schema:
        raise ValueError(
            "VAEOverSampler expects a VAE that was fitted to this table. Received: one "
            f"with attributes {[a.name for a in vae.schema or ()]}, or with other "
            "levels or holes. Fit one to this table, or pass vae='single'."
        )
    return opened


def rows_like(label, parent, y, seed):
    """Returns for each new row a real one: its parent, or else any of its class.

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
        real = np.flatnonzero(y == c)
        like[lost] = random.generator(seed, "holes", int(c)).choice(real, len(lost))
    return like


def as_frame(rows):
    """Returns a table (N, F) of any container as a DataFrame.

    Args:
        rows: DataFrame, array, sparse matrix or list.
    """
    if isinstance(rows, pd.DataFrame):
        return rows
    if isinstance(rows, list):
        # Not by way of an array: numbers beside words would become words.
        return pd.DataFrame(rows)
    rows = rows.toarray() if sparse.issparse(rows) else np.asarray(rows)
    return pd.DataFrame(rows).infer_objects()


def checked_rows(estimator, rows):
    """Returns rows that scikit-learn has checked; `estimator` gets their names.

    Args:
        estimator: scikit-learn estimator, for `n_features_in_` and messages.
        rows: DataFrame, array, sparse matrix or list (N, F); images (N, H, W, C).

    Raises:
        ValueError: for other shapes, no rows, complex or infinite numbers.
    """
    if isinstance(rows, list) and np.ndim(rows[:1]) == 2:
        validate_data(estimator, as_frame(rows), skip_check_array=True)
        return rows
    if not sparse.issparse(rows) and np.ndim(rows) == 3:
        raise ValueError(
            f"{type(estimator).__name__} expects images (N, H, W, C). Received: "
            f"shape={np.shape(rows)}. Add a channel axis: x[..., None]."
        )
    image = np.ndim(rows) == 4
    if not isinstance(rows, pd.DataFrame):
        rows = check_array(
            rows,
            accept_sparse=["csr", "csc"],
            dtype=None,
            ensure_all_finite="allow-nan",
            allow_nd=image,
            estimator=estimator,
        )
    if image:
        return rows
    return validate_data(estimator, rows, skip_check_array=True)


def append(rows, kept, new):
    """Returns some rows of a table, followed by new ones, in the same container.

    Args:
        rows: DataFrame, array, sparse matrix or list (N, F).
        kept: int array, positions of the rows to keep.
        new: DataFrame of new rows, with the columns of `as_frame(rows)`.

    Returns:
        The container that `rows` is, with the same dtypes; a frame has a new index.

    Example:
        >>> append([[1, 2], [3, 4]], [1], pd.DataFrame([[5, 6]]))
        [[3, 4], [5, 6]]
    """
    if isinstance(rows, pd.DataFrame):
        parts = [rows.iloc[kept], new] if len(new) else [rows.iloc[kept]]
        return pd.concat(parts, ignore_index=True)
    if sparse.issparse(rows):
        added = sparse.csr_matrix(new.to_numpy(rows.dtype))
        joined = sparse.vstack([rows.tocsr()[kept], added], format=rows.format)
        return joined.astype(rows.dtype)
    if isinstance(rows, list):
        return [rows[i] for i in kept] + new.astype(object).to_numpy().tolist()
    rows = np.asarray(rows)
    return np.concatenate([rows[kept], new.to_numpy().astype(rows.dtype)])
