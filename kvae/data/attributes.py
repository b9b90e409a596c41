"""Inputs of a network and the attributes behind them, in both directions."""

import numpy as np
import pandas as pd

from kvae.checks import expect_table
from kvae.schema import Attribute


def to_frame(x, schema):
    """Returns the attributes behind the inputs, as a user would write them.

    Numbers stay numbers, with NaN for holes; everything else becomes a category. Inputs
    that are not the code of any level, such as a decoder's, are read as the nearest.

    Args:
        x: float array (N, F).
        schema: tuple of Attribute.

    Returns:
        DataFrame (N rows, one column for each attribute).

    Raises:
        ValueError: where x and the schema differ in their number of columns.

    Example:
        >>> schema = (Attribute("age", "continuous", (0, 2), "flag"),)
        >>> to_frame(np.array([[30.0, 0.0], [0.0, 1.0]]), schema)
            age
        0  30.0
        1   NaN
    """
    x = np.asarray(x)
    width = schema[-1].span[1]
    if x.ndim != 2 or x.shape[1] != width:
        raise ValueError(
            f"to_frame expects inputs of shape (N, F) = (None, {width}), to fit its "
            f"schema. Received: shape={x.shape}."
        )
    return pd.DataFrame({a.name: _values(x[:, slice(*a.span)], a) for a in schema})


def _values(block, attribute):
    hole = np.zeros(len(block), bool)
    if attribute.missing == "flag":
        block, hole = block[:, :-1], block[:, -1] > 0.5
    elif attribute.missing == "zero":
        hole = block[:, 0] == 0
    if attribute.levels is None:
        return np.where(hole, np.nan, block[:, 0])
    distance = np.square(block[:, None] - attribute.codebook).sum(axis=-1)
    level = distance.argmin(axis=-1)
    hole |= level == len(attribute.levels)
    return pd.Categorical.from_codes(
        np.where(hole, -1, level),
        list(attribute.levels),
        ordered=attribute.kind == "ordinal",
    )


def from_frame(frame, schema):
    """Returns the inputs that hold these attributes; the inverse of `to_frame`.

    Args:
        frame: DataFrame with a column for each attribute.
        schema: tuple of Attribute.

    Returns:
        Float32 array (N, F).

    Raises:
        ValueError: names the column that is absent, holds a value that the schema does
            not know, or has a hole although the schema allows none.
    """
    absent = [a.name for a in schema if a.name not in frame]
    if absent:
        raise ValueError(
            f"from_frame expects the columns of its schema. Absent: {absent}."
        )
    x = np.zeros((len(frame), schema[-1].span[1]), "float32")
    for attribute in schema:
        x[:, slice(*attribute.span)] = _inputs(frame[attribute.name], attribute)
    return x


def _inputs(column, attribute):
    hole = column.isna().to_numpy()
    if hole.any() and attribute.missing is None:
        raise ValueError(
            f"Column {attribute.name!r} expects no holes, because the rows that its "
            f"encoding was made from had none. Received: {hole.sum()} hole(s). Fill or "
            "drop them first."
        )
    inputs = np.zeros((len(column), attribute.width), "float32")
    if attribute.missing == "flag":
        inputs[:, -1] = hole
    if attribute.levels is None:
        inputs[~hole, 0] = _numbers(column[~hole], attribute)
        return inputs
    level = pd.Index(attribute.levels).get_indexer(column)
    unknown = column[(level < 0) & ~hole]
    if len(unknown):
        raise ValueError(
            f"Column {attribute.name!r} expects one of the levels that its encoding "
            f"knows: {list(attribute.levels)}. Received: {unknown.iloc[0]!r}. Drop "
            "such rows, or mark the value as missing."
        )
    codebook = attribute.codebook
    inputs[~hole, : codebook.shape[1]] = codebook[level[~hole]]
    if attribute.missing == "level":
        inputs[hole] = codebook[-1]
    return inputs


def _numbers(column, attribute):
    try:
        numbers = column.to_numpy("float64")
    except (TypeError, ValueError) as error:
        raise ValueError(
            f"Column {attribute.name!r} expects numbers. Received: {error}."
        ) from error
    if not np.isfinite(numbers).all():
        raise ValueError(
            f"Column {attribute.name!r} expects finite numbers. Received: infinite "
            "values. Replace them, or mark them as missing."
        )
    return numbers


def infer(frame):
    """Returns the schema of a DataFrame: how each column becomes inputs.

    Numbers are continuous (binary where they are 0 and 1), ordered categories ordinal
    and evenly spaced in [0, 1], other columns nominal and one-hot, or binary where
    they have two values. Columns with holes get a flag, or a level of their own.

    Args:
        frame: DataFrame; the training rows alone.

    Returns:
        Tuple of Attribute.

    Raises:
        ValueError: names a column that holds no values, or dates.

    Example:
        >>> frame = pd.DataFrame({"n": [1.5, None], "colour": ["red", "blue"]})
        >>> [(a.name, a.kind, a.span, a.missing) for a in infer(frame)]
        [('n', 'continuous', (0, 2), 'flag'), ('colour', 'binary', (2, 3), None)]
    """
    expect_table(frame)
    schema, start = [], 0
    for name, column in frame.items():
        kind, levels, codes = _kind(name, column)
        one_hot = levels is not None and codes is None
        missing, width = None, len(levels) if one_hot else 1
        if column.hasnans:
            missing, width = "level" if one_hot else "flag", width + 1
        span = (start, start + width)
        schema.append(
            Attribute(name, kind, span, missing=missing, levels=levels, codes=codes)
        )
        start += width
    return tuple(schema)


def _kind(name, column):
    """Returns (kind, levels, codes) of a column."""
    dtype, known = column.dtype, column.dropna()
    if known.empty:
        raise ValueError(
            f"Column {name!r} expects at least one value. Received: only holes. "
            "Drop it."
        )
    if pd.api.types.is_datetime64_any_dtype(dtype):
        raise ValueError(
            f"Column {name!r} expects what a network can take as input. Received: "
            "dates. Turn them into numbers first, such as days since a date."
        )
    if pd.api.types.is_numeric_dtype(dtype) and not pd.api.types.is_bool_dtype(dtype):
        return "binary" if set(known) <= {0, 1} else "continuous", None, None
    if isinstance(dtype, pd.CategoricalDtype) and dtype.ordered:
        levels = tuple(dtype.categories)
        top = max(len(levels) - 1, 1)
        return "ordinal", levels, tuple((i / top,) for i in range(len(levels)))
    levels = tuple(sorted(known.unique(), key=str))
    codes = ((0.0,), (1.0,)) if len(levels) == 2 else None
    return "binary" if codes else "nominal", levels, codes
