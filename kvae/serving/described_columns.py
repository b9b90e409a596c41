"""The columns of a table as JSON, and answers of a server as rows of that table."""

import re

import numpy as np
import pandas as pd

from kvae.preprocessing.columns import Column, numpy_date
from kvae.preprocessing.frame import as_series

_NAMED = ("binary", "nominal", "ordinal")  # kinds whose levels are words


def describe(table, rows):
    """Returns what a client needs to know of the columns of a table, for JSON.

    Args:
        table: `kvae.preprocessing.Table`.
        rows: TableRows, in whose forms its dates are served.

    Returns:
        List of dicts, one for each column in their order: name, kind, levels, holes
        (bool), dtype and, where there is something to say, decimals, the ends of large
        numbers, the values that words stand for, categories, and the form of dates.
    """
    pairs = zip(table.form.columns, table.schema, strict=True)
    return [_described(column, attribute, rows) for column, attribute in pairs]


def as_frame(answer, described):
    """Returns the rows that a server answered with, as the table has them.

    Args:
        answer: dict {column: array (N,)}; texts as str or bytes.
        described: list of dicts, from `describe`.

    Returns:
        DataFrame with the order, names and dtypes of the table's columns; what else is
        in the answer follows them, by name. A dtype that pandas does not know here
        leaves its column as it came.

    Example:
        >>> column = {"name": "n", "kind": "integer", "dtype": "Int64", "decimals": 0}
        >>> as_frame({"n": np.array([1.0, np.nan])}, [column])["n"].tolist()
        [1, <NA>]
    """
    known = {each["name"]: each for each in described}
    others = sorted(set(answer) - set(known))
    columns = {}
    for key in [*(key for key in known if key in answer), *others]:
        values = np.asarray(answer[key])
        if values.dtype.kind in "OSU":
            texts = [v.decode() if isinstance(v, bytes) else v for v in values]
            values = np.empty(len(texts), object)
            values[:] = texts
        columns[key] = _series(values, known[key]) if key in known else values
    frame = pd.DataFrame(columns)
    return frame.rename(columns={k: each.get("label", k) for k, each in known.items()})


def read_dates(texts, described):
    """Returns served texts as dates.

    Args:
        texts: object array (N,) of str, "" for holes, in the form of `DateTexts`.
        described: dict of a column, from `describe`.

    Returns:
        Series (N,) with the dtype of the table's column.
    """
    form, dtype = described["dates"], pd.api.types.pandas_dtype(described["dtype"])
    texts = pd.Series(texts, dtype=object).replace("", None)
    form = re.sub("%[-1-9]", "%", form).replace("%P", "%p")
    if pd.api.types.is_timedelta64_dtype(dtype):
        if form.startswith("%H:%M"):  # of which there may be more than 24
            return pd.to_timedelta(texts + ":00" * ("%S" not in form)).astype(dtype)
        times = pd.to_datetime(texts, format=form)
        return (times - times.dt.normalize()).astype(dtype)
    plain = numpy_date(dtype)
    zone = plain.tz if isinstance(plain, pd.DatetimeTZDtype) else None
    dates = pd.to_datetime(texts, format=form, utc="%z" in form)
    if zone is None:
        return dates.astype(dtype)
    if "%z" not in form:  # in the zone itself, whose name is part of the form
        dates = dates.dt.tz_localize(None).dt.tz_localize(zone)
    return dates.dt.tz_convert(zone).astype(dtype)


def _described(column, attribute, rows):
    levels = attribute.levels and list(attribute.levels)
    if levels and attribute.kind in _NAMED:
        levels = [str(level) for level in levels]
    described = {
        "name": attribute.name,
        "kind": attribute.kind,
        "levels": levels,  # numbers, of a number that has no others
        "holes": attribute.missing is not None,
        "dtype": str(column.dtype),
    }
    if isinstance(column.name, int | float) and not isinstance(column.name, bool):
        described["label"] = column.name
    if column.decimals is not None:
        described["decimals"] = column.decimals
    if column.bounds is not None:
        described["ends"] = list(column.bounds)
    if isinstance(column.hole, float):
        described["hole"] = "nan"
    if attribute.name in rows.dates:
        described["dates"] = rows.dates[attribute.name].form
    if column.spellings is not None:
        plain = all(isinstance(v, str | int | float) for v in column.levels)
        if plain and column.spellings != column.levels:
            described["values"] = list(column.levels)
            described["texts"] = list(column.spellings)
        if isinstance(column.dtype, pd.CategoricalDtype):
            categories = column.dtype.categories.tolist()
            if not plain or not all(
                isinstance(c, str | int | float) for c in categories
            ):
                categories = list(column.spellings)
            described["categories"] = categories
            described["ordered"] = bool(column.dtype.ordered)
        elif not plain:  # words stand for what JSON does not know
            described["dtype"] = "object"
    return described


def _series(values, described):
    try:
        dtype = pd.api.types.pandas_dtype(described["dtype"])
    except (ImportError, TypeError):  # of a package, or a version, that is not here
        return pd.Series(values)
    if "categories" in described:
        dtype = pd.CategoricalDtype(described["categories"], described["ordered"])
    if "dates" in described:
        return read_dates(values, described)
    fields = {"hole": np.nan if described.get("hole") == "nan" else None}
    if values.dtype == object:
        texts = described.get("texts")
        if texts is None:
            texts = list(dict.fromkeys(text for text in values if text))
        levels = described.get("values", texts)
        fields |= {"levels": tuple(levels), "spellings": tuple(texts)}
    else:
        ends = described.get("ends")
        fields |= {
            "decimals": described.get("decimals"),
            "bounds": ends and tuple(ends),
        }
    name, kind = described["name"], described["kind"]
    return as_series(values, Column(name, name, kind, dtype, **fields))
