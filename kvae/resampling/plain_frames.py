"""Frames of pandas, their dtypes and scalars as JSON and arrays, and back.

The functions that write get a `Writer` of `plain_values`, those that read its `Reader`.
"""

import base64

import numpy as np
import pandas as pd
from pandas.api.extensions import ExtensionArray, ExtensionDtype


def zone_name(zone):
    """Returns the name of a time zone by which pandas finds it again; None of none.

    Raises:
        TypeError: for a zone without such a name.
    """
    if zone is None:
        return None
    try:
        pd.DatetimeTZDtype("ns", str(zone))
    except (TypeError, KeyError, ValueError) as error:
        raise TypeError(f"the time zone {zone!r}") from error
    return str(zone)


def zone(name):
    """Returns the time zone of a name."""
    return None if name is None else pd.DatetimeTZDtype("ns", name).tz


def _timestamp(_, value):
    moment = value.to_datetime64()
    unit, _ = np.datetime_data(moment.dtype)
    return [int(moment.astype("int64")), unit, zone_name(value.tzinfo)]


def _read_timestamp(_, content):
    count, unit, name = content
    moment = pd.Timestamp(np.datetime64(count, unit))
    return moment if name is None else moment.tz_localize("UTC").tz_convert(zone(name))


def _timedelta(_, value):
    length = value.to_timedelta64()
    return [int(length.astype("int64")), np.datetime_data(length.dtype)[0]]


def _read_timedelta(_, content):
    return pd.Timedelta(np.timedelta64(*content))


def _interval(writer, value):
    return [writer.plain(value.left), writer.plain(value.right), value.closed]


def _read_interval(reader, content):
    left, right, closed = content
    return pd.Interval(reader.value(left), reader.value(right), closed)


def _dtype(writer, dtype):
    """Returns [kind, what makes it]; a name alone where pandas knows it by its name."""
    if isinstance(dtype, pd.CategoricalDtype):
        return ["category", writer.plain(dtype.categories), dtype.ordered]
    if isinstance(dtype, pd.SparseDtype):
        return ["sparse", _dtype(writer, dtype.subtype), writer.plain(dtype.fill_value)]
    if isinstance(dtype, pd.ArrowDtype):
        import pyarrow  # an ArrowDtype proves that it is installed

        schema = pyarrow.schema([("", dtype.pyarrow_dtype)]).serialize().to_pybytes()
        return ["arrow", base64.b64encode(schema).decode()]
    if isinstance(dtype, np.dtype):
        return ["numpy", dtype.str]
    if type(dtype).__module__.partition(".")[0] == "pandas":
        try:
            if pd.api.types.pandas_dtype(str(dtype)) == dtype:
                return ["pandas", str(dtype)]
        except TypeError:
            pass
    if isinstance(dtype, pd.StringDtype):
        return ["text", dtype.storage, writer.plain(dtype.na_value)]
    raise TypeError(f"the dtype {dtype!r}")


def _read_dtype(reader, content):
    kind, *parts = content
    if kind == "category":
        categories, ordered = parts
        return pd.CategoricalDtype(reader.value(categories), ordered)
    if kind == "sparse":
        subtype, fill = parts
        return pd.SparseDtype(_read_dtype(reader, subtype), reader.value(fill))
    if kind == "arrow":
        try:
            import pyarrow
        except ImportError as error:
            raise ImportError(
                "A column of a dtype of Arrow expects pyarrow: pip install pyarrow."
            ) from error
        schema = pyarrow.py_buffer(base64.b64decode(parts[0]))
        return pd.ArrowDtype(pyarrow.ipc.read_schema(schema).field(0).type)
    if kind == "text":
        storage, na_value = parts
        return pd.StringDtype(storage, reader.value(na_value))
    return {"numpy": np.dtype, "pandas": pd.api.types.pandas_dtype}[kind](*parts)


def _column(writer, values):
    """Returns [dtype, values] of an array of pandas, or of its Series or Index."""
    dtype = _dtype(writer, values.dtype)
    if isinstance(values.dtype, np.dtype):
        return [dtype, writer.plain(np.asarray(values))]
    if isinstance(values.dtype, pd.CategoricalDtype):
        return [dtype, writer.plain(np.asarray(pd.Categorical(values).codes))]
    # What stands for a hole is the dtype's.
    found = np.asarray(values, dtype=object)
    found = [
        None if hole else v for hole, v in zip(pd.isna(values), found, strict=True)
    ]
    return [dtype, [writer.plain(each) for each in found]]


def _read_column(reader, content):
    dtype, values = _read_dtype(reader, content[0]), reader.value(content[1])
    if isinstance(dtype, np.dtype):
        return values
    if isinstance(dtype, pd.CategoricalDtype):
        return pd.Categorical.from_codes(values, dtype=dtype)
    return pd.array(np.fromiter(values, object, len(values)), dtype=dtype)


def _index(writer, index):
    """Returns [kind, names, what makes it]."""
    names = writer.plain(list(index.names))
    if isinstance(index, pd.RangeIndex):
        return ["range", names, [index.start, index.stop, index.step]]
    if isinstance(index, pd.MultiIndex):
        levels = [index.get_level_values(i) for i in range(index.nlevels)]
        return ["several", names, [_column(writer, level) for level in levels]]
    return ["one", names, _column(writer, index)]


def _read_index(reader, content):
    kind, names, parts = content
    names = reader.value(names)
    if kind == "range":
        return pd.RangeIndex(*parts, name=names[0])
    if kind == "several":
        levels = [_read_column(reader, part) for part in parts]
        return pd.MultiIndex.from_arrays(levels, names=names)
    values = _read_column(reader, parts)
    return pd.Index(values, dtype=values.dtype, name=names[0])


def _series(writer, series):
    index, name = _index(writer, series.index), writer.plain(series.name)
    return [_column(writer, series), index, name]


def _read_series(reader, content):
    column, index, name = content
    values, index = _read_column(reader, column), _read_index(reader, index)
    # The dtype is said: texts among objects would become "str".
    return pd.Series(values, index, values.dtype, name=reader.value(name))


def _frame(writer, frame):
    columns = [_column(writer, frame.iloc[:, i]) for i in range(frame.shape[1])]
    return [columns, _index(writer, frame.index), _index(writer, frame.columns)]


def _read_frame(reader, content):
    columns, index, names = content
    index = _read_index(reader, index)
    columns = [_read_column(reader, column) for column in columns]
    series = {i: pd.Series(v, index, v.dtype) for i, v in enumerate(columns)}
    frame = pd.DataFrame(series, index=index)
    return frame.set_axis(_read_index(reader, names), axis=1)


# What the tables of `plain_values` have of pandas.
EXACT = {
    type(pd.NA): ("NA", lambda *_: None),
    type(pd.NaT): ("NaT", lambda *_: None),
    pd.Timestamp: ("timestamp", _timestamp),
    pd.Timedelta: ("timedelta", _timedelta),
    pd.Period: ("period", lambda _, value: [value.ordinal, value.freqstr]),
    pd.Interval: ("interval", _interval),
}
KINDS = (
    ((np.dtype, ExtensionDtype), "dtype", _dtype),
    (pd.DataFrame, "frame", _frame),
    (pd.Series, "series", _series),
    (pd.Index, "index", _index),
    (ExtensionArray, "column", _column),
)
READ = {
    "NA": lambda *_: pd.NA,
    "NaT": lambda *_: pd.NaT,
    "timestamp": _read_timestamp,
    "timedelta": _read_timedelta,
    "period": lambda _, content: pd.Period(ordinal=content[0], freq=content[1]),
    "interval": _read_interval,
    "dtype": _read_dtype,
    "frame": _read_frame,
    "series": _read_series,
    "index": _read_index,
    "column": _read_column,
}
