"""Checks at the border: who, what was expected, what was received, the remedy."""

import numpy as np
import pandas as pd
from pandas.api import types


def expect_one_of(what, value, allowed):
    """Raises ValueError unless `value` is one of `allowed`.

    Example:
        >>> expect_one_of("sampler", "nois", ["noise", "normal"])
        Traceback (most recent call last):
        ValueError: sampler expects one of 'noise', 'normal'. Received: 'nois'.
    """
    if value not in allowed:
        choices = ", ".join(repr(_plain(choice)) for choice in sorted(allowed))
        raise ValueError(
            f"{what} expects one of {choices}. Received: {_plain(value)!r}."
        )


def expect_at_least(what, value, minimum):
    """Raises ValueError unless `value` is a finite number >= `minimum`."""
    number = isinstance(value, int | float | np.number) and not isinstance(value, bool)
    if not number or not np.isfinite(value) or value < minimum:
        raise ValueError(
            f"{what} expects a finite number >= {minimum}. Received: {_plain(value)!r}."
        )


def expect_count(what, value, minimum=0):
    """Raises ValueError unless `value` is a whole number >= `minimum`."""
    whole = isinstance(value, int | np.integer) and not isinstance(value, bool)
    if not whole or value < minimum:
        raise ValueError(
            f"{what} expects a whole number >= {minimum}. Received: {_plain(value)!r}."
        )


def expect_confidence(who, value):
    """Raises ValueError unless `value` is a number between 0 and 1."""
    number = isinstance(value, int | float | np.number)
    if not number or not 0 < value < 1:
        raise ValueError(
            f"confidence of {who} expects a number between 0 and 1, such as 0.95 for "
            f"95 %. Received: {_plain(value)!r}."
        )


def unit_remedy(low, high):
    """Returns how images between two numbers are brought into [0, 1], a sentence.

    Example:
        >>> unit_remedy(-1, 1), unit_remedy(0, 255)
        ('Pass (x + 1) / 2.', 'Divide them by the largest.')
    """
    if low >= 0:
        return "Divide them by the largest."
    if low >= -1 and high <= 1:
        return "Pass (x + 1) / 2."
    return "Pass (x - x.min()) / (x.max() - x.min())."


def expect_shape(who, axes, shape, expected, remedy=""):
    """Raises ValueError unless `shape` matches `expected` (None matches any length).

    Args:
        who: str, the layer, model or function that checks.
        axes: str, the axes in words, such as "(R, B, F)".
        shape: the shape received.
        expected: tuple of int or None.
        remedy: str, a sentence on what to do.
    """
    shape, expected = tuple(shape), tuple(expected)
    fits = len(shape) == len(expected) and all(
        want is None or have is None or have == want
        for have, want in zip(shape, expected, strict=True)
    )
    if not fits:
        raise ValueError(
            f"{who} expects an input of shape {axes} = {expected}. "
            f"Received: shape={shape}. {remedy}".rstrip()
        )


def expect_finite(who, x, remedy="Fill or drop these values first."):
    """Raises ValueError where `x` holds NaN or infinite values, and says where."""
    x = np.asarray(x)
    if not np.issubdtype(x.dtype, np.number) and x.dtype != bool:
        raise ValueError(f"{who} expects numbers. Received: dtype={x.dtype}.")
    bad = ~np.isfinite(x)
    if bad.any():
        rows = np.unique(np.nonzero(bad)[0]) if x.ndim else np.array([0])
        shown = ", ".join(str(row) for row in rows[:5])
        shown += ", ..." if len(rows) > 5 else ""
        raise ValueError(
            f"{who} expects finite numbers. Received: {int(bad.sum())} NaN or infinite "
            f"value(s) in {len(rows)} row(s): {shown}. {remedy}"
        )


def expect_table(frame):
    """Raises ValueError unless a DataFrame has rows, and columns of different names."""
    if frame.empty:
        raise ValueError(
            "A table expects at least one row and one column besides the labels. "
            f"Received: shape={frame.shape}."
        )
    if not frame.columns.is_unique:
        repeated = frame.columns[frame.columns.duplicated()].unique().tolist()
        raise ValueError(
            "A table expects a different name for each column. Received: several "
            f"columns named {repeated}. Rename or drop some of them."
        )


def as_labels(y):
    """Returns labels of any container as an array; missing ones stay missing.

    Raises:
        ValueError: for labels of bytes, such as tfds and HDF5 files have.

    Example:
        >>> as_labels(["yes", float("nan")]).tolist()
        ['yes', nan]
    """
    labels = np.array(y, dtype=object) if isinstance(y, list | tuple) else np.asarray(y)
    if types.infer_dtype(labels.ravel(), skipna=True) == "bytes":
        shown = next(label for label in labels.flat if isinstance(label, bytes))
        raise ValueError(
            f"Labels expect words or numbers. Received: bytes, such as {bytes(shown)!r}"
            ". Decode them: [label.decode() for label in y]."
        )
    if isinstance(y, list | tuple) and not pd.isna(labels).any():
        return np.asarray(y)  # with a hole among words it would be the word "nan"
    return labels


def missing_labels(y, unlabelled=None):
    """Returns which labels are missing; every other function asks this one.

    Args:
        y: labels (N,) of any kind. NaN, None, NaT, pd.NA and "" are missing.
        unlabelled: optional, a label that means unlabelled, too. -1 does so only if it
            is named here: {-1, +1} is a common pair of classes.

    Returns:
        Bool array (N,).

    Example:
        >>> missing_labels(["a", "", None, "b"]).tolist()
        [False, True, True, False]
        >>> missing_labels([-1, 1], unlabelled=-1).tolist()
        [True, False]
    """
    labels = pd.Series(as_labels(y).ravel())
    missing = labels.isna() | (labels == "")
    if unlabelled is not None:
        missing |= labels == unlabelled
    return missing.to_numpy(bool)


def class_indices(who, y, num_rows, unlabelled=None):
    """Returns labels as int64 (N,), -1 = unlabelled.

    Args:
        who: str, the function that checks.
        y: array (N,) of class indices >= 0, or missing (see `missing_labels`).
        num_rows: int N.
        unlabelled: optional int, a label that means unlabelled, too.

    Raises:
        ValueError: where y has another shape or holds anything else.

    Example:
        >>> class_indices("f", [0, None, 2], 3)
        array([ 0, -1,  2])
    """
    y = as_labels(y)
    if y.shape != (num_rows,):
        raise ValueError(
            f"{who} expects one label per row, shape (N,) = ({num_rows},). "
            f"Received: shape={y.shape}."
        )
    missing = missing_labels(y, unlabelled)
    try:
        known = y[~missing].astype("float64")
    except (TypeError, ValueError):
        known = np.array([np.nan])
    if not (known == np.round(known)).all() or (known < 0).any():
        odd = [value for value in y[~missing].tolist() if not _is_index(value)]
        remedy = "Encode them first, for example with np.unique(y, return_inverse=True)"
        if -1 in odd:
            remedy += "; pass unlabelled=-1 if -1 marks unlabelled rows"
        raise ValueError(
            f"{who} expects class indices 0, 1, 2, ... as labels, NaN or None for "
            f"unlabelled rows. Received: {odd[0]!r} (dtype {y.dtype}). {remedy}."
        )
    indices = np.full(num_rows, -1, "int64")
    indices[~missing] = known.astype("int64")
    return indices


def _is_index(value):
    return isinstance(value, int | float) and value >= 0 and value == round(value)


def _plain(value):
    """Returns a number of NumPy as one of Python, which is shown without its type."""
    return value.item() if isinstance(value, np.generic) else value
