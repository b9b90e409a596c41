"""Inputs of a request as arrays of the dtypes they travel with, without TensorFlow."""

import numpy as np

# Every other array of numbers is a table's column and travels as float64; every other
# single number is the amount of a sampler and travels as float32.
_DTYPES = {
    **dict.fromkeys(("x", "z", "interpolate", "noise", "posterior"), "float32"),
    **{"n": "int32", "seed": "int64", "seeds": "int64"},
}


def typed(inputs):
    """Returns the inputs that are not None as arrays of the dtypes they travel with.

    Args:
        inputs: dict of numbers, texts and arrays.

    Example:
        >>> arrays = typed({"n": 5, "z": [[0]]})
        >>> arrays["n"].dtype.name, arrays["z"].dtype.name
        ('int32', 'float32')
    """
    arrays = {}
    for name, value in inputs.items():
        if value is None:
            continue
        value = np.asarray(value)
        if name == "class" or value.dtype.kind in "SU":
            arrays[name] = _texts(value)
        elif value.dtype.kind == "O":
            arrays[name] = value
        else:
            otherwise = "float64" if value.ndim else "float32"
            arrays[name] = value.astype(_DTYPES.get(name, otherwise))
    return arrays


def typed_column(column):
    """Returns a column of a frame: float64 with NaN for holes, or text with "".

    Dates are texts as ISO 8601 has them, lengths of time hours, minutes and seconds.

    Args:
        column: Series (N,).

    Example:
        >>> import pandas as pd
        >>> typed_column(pd.Series(pd.to_datetime(["2019-02-28", None]))).tolist()
        ['2019-02-28T00:00:00', '']
    """
    values, hole = column.to_numpy(object), column.isna().to_numpy()
    if column.dtype.kind in "mM":
        write = _length if column.dtype.kind == "m" else _date
        dates = ["" if lost else write(v) for v, lost in zip(column, hole, strict=True)]
        return _texts(np.array(dates, object))
    known = values[~hole]
    kinds = (int, float, np.number)
    numbers = all(isinstance(v, kinds) and not isinstance(v, bool) for v in known)
    if numbers and column.dtype.name != "category":
        return np.where(hole, np.nan, values).astype("float64")
    return _texts(np.where(hole, "", values))


def _date(value):
    return value.isoformat()


def _length(value):
    """Returns a length of time as hours, minutes and seconds, which pandas reads."""
    total = value.as_unit("ns").value
    seconds, nanoseconds = divmod(abs(total), 10**9)
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    sign = "-" if total < 0 else ""
    return f"{sign}{hours:02d}:{minutes:02d}:{seconds:02d}.{nanoseconds:09d}"


def _texts(values):
    """Returns an object array of str, or of the bytes that are there."""
    texts = np.empty(values.shape, object)
    for place, value in np.ndenumerate(values):
        texts[place] = value if isinstance(value, bytes) else str(value)
    return texts
