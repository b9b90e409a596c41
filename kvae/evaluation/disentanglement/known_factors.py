"""What the scores take, checked: codes, and known factors as levels."""

import numpy as np
import pandas as pd

from kvae import random
from kvae.checks import expect_finite, expect_shape, missing_labels

# Numbers with more values than this are continuous.
MOST_LEVELS = 50
CUT_INTO = 10
DIVERGED = "A VAE with such codes has diverged: train it with a smaller learning rate."


def as_levels(who, factors):
    """Returns known factors as levels 0, 1, 2, ...

    The different values of a column are its levels. Numbers with more than 50 of them
    count as continuous: they are cut at their deciles into 10 levels of about equally
    many rows. To cut them otherwise, pass what pandas.cut makes of them.

    Args:
        who: str, the function that checks.
        factors: array or DataFrame (N, K), or (N,) for one factor; numbers, words or
            booleans.

    Returns:
        Int64 array (N, K).

    Raises:
        ValueError: where a value is missing or infinite, a factor is constant, or the
            shape is another. The message names the factor.

    Example:
        >>> as_levels("mig", np.array([["a", "x"], ["b", "x"], ["a", "y"]])).tolist()
        [[0, 0], [1, 0], [0, 1]]
        >>> np.bincount(as_levels("mig", np.arange(100.0))[:, 0]).tolist()
        [10, 10, 10, 10, 10, 10, 10, 10, 10, 10]
    """
    if not isinstance(factors, pd.DataFrame):
        factors = np.asarray(factors)
        factors = factors[:, None] if factors.ndim == 1 else factors
        expect_shape(f"{who} (factors)", "(N, K)", factors.shape, (None, None))
        factors = pd.DataFrame(factors).infer_objects()
    if factors.empty:
        raise ValueError(
            f"{who} expects at least one row and one known factor. Received: factors "
            f"of shape {factors.shape}."
        )
    columns = [
        _levels(who, name, factors.iloc[:, i]) for i, name in enumerate(factors.columns)
    ]
    return np.stack(columns, axis=1)


def codes_and_levels(who, codes, factors, latents=1):
    """Returns (codes, levels) of rows, checked.

    Args:
        who: str, the function that checks.
        codes: float array (N, d).
        factors: as in `as_levels`.
        latents: int, the smallest d that the score is defined for.

    Returns:
        Float64 array (N, d) and int64 array (N, K).

    Raises:
        ValueError: as `as_levels`; also where codes are not finite numbers, are of
            another shape or too few, or do not have a row for each row of factors.
    """
    codes = np.asarray(codes)
    expect_shape(f"{who} (codes)", "(N, d)", codes.shape, (None, None))
    expect_finite(f"{who} (codes)", codes, DIVERGED)
    if codes.shape[1] < latents:
        raise ValueError(
            f"{who} expects codes of at least {latents} latents. Received: shape="
            f"{codes.shape}."
        )
    levels = as_levels(who, factors)
    if len(levels) != len(codes):
        raise ValueError(
            f"{who} expects the known factors of each row. Received: {len(codes)} rows "
            f"of codes, {len(levels)} of factors."
        )
    return codes.astype("float64"), levels


def halves(who, num_rows, seed):
    """Returns two int arrays that part the rows: what is learned, and what is judged.

    Example:
        >>> [len(rows) for rows in halves("sap", 5, seed=0)]
        [2, 3]
    """
    if num_rows < 4:
        raise ValueError(
            f"{who} expects at least 4 rows: one half is learned from, the other one "
            f"judged. Received: {num_rows}."
        )
    order = random.generator(seed, "disentanglement", "halves").permutation(num_rows)
    return order[: num_rows // 2], order[num_rows // 2 :]


def _levels(who, name, column):
    missing = missing_labels(column)
    if missing.any():
        rows = ", ".join(map(str, np.flatnonzero(missing)[:5]))
        raise ValueError(
            f"{who} expects a value of factor {name!r} for every row. Received: "
            f"{missing.sum()} missing, in rows {rows}. Leave these rows out."
        )
    numeric = pd.api.types.is_numeric_dtype(column)
    if numeric:
        column = column.to_numpy("float64")
        expect_finite(f"{who} (factor {name!r})", column)
    levels, seen = pd.factorize(column, sort=numeric)
    if len(seen) < 2:
        only = seen[0].item() if isinstance(seen[0], np.generic) else seen[0]
        raise ValueError(
            f"{who} expects factors that vary. Received: factor {name!r}, which is "
            f"{only!r} in all {len(column)} rows. Leave it out."
        )
    if numeric and len(seen) > MOST_LEVELS:
        deciles = np.quantile(column, np.arange(1, CUT_INTO) / CUT_INTO)
        levels = np.searchsorted(deciles, column, side="right")
        # Deciles of a number that is mostly one value are one cut, or none.
        levels = np.unique(levels, return_inverse=True)[1]
    return levels.astype("int64")
