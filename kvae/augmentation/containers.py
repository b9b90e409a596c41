"""Rows in the container they came in: frames, arrays, sparse matrices, lists."""

import numpy as np
import pandas as pd
from scipy import sparse
from sklearn.utils.validation import check_array, validate_data


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
