"""Shards as Parquet, every one with the same types, whatever rows it holds."""

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from pandas.api import types

from kvae.bulk.row_sources import LINEAGE


class ParquetShards:
    """Parquet files: numbers, dates, categories and holes as the table has them.

    Args:
        example: DataFrame, rows that show which values each column has.

    Attributes:
        schema: pyarrow.Schema.
    """

    ending = ".parquet"

    def __init__(self, example):
        self.schema = pa.schema(
            [pa.field(name, _type_of(column, name)) for name, column in example.items()]
        )

    def write(self, frame, path):
        """Writes a DataFrame of the example's columns to a Path."""
        columns = {
            name: _as_texts(frame[name])
            if kind == pa.string() and not _is_words(frame[name])
            else _dense(frame[name])
            for name, kind in zip(self.schema.names, self.schema.types, strict=True)
        }
        frame = pd.DataFrame(columns, copy=False)
        table = pa.Table.from_pandas(
            frame, schema=self.schema, preserve_index=False, nthreads=1
        )
        pq.write_table(table, path)

    def described(self):
        """Returns {column: type}, for people."""
        return {field.name: str(field.type) for field in self.schema}


def _type_of(column, name):
    if name.startswith(LINEAGE) and not types.is_numeric_dtype(column.dtype):
        return pa.string()
    column = _dense(column)
    if not types.is_object_dtype(column.dtype):
        try:
            return pa.Array.from_pandas(column.iloc[:0]).type
        except pa.ArrowException:  # categories of several types
            return pa.string()
    try:
        kind = pa.array(column.dropna().tolist()).type
    except pa.ArrowException:  # words beside numbers
        return pa.string()
    return pa.string() if pa.types.is_null(kind) else kind


def _dense(column):
    if isinstance(column.dtype, pd.SparseDtype):
        return column.sparse.to_dense()
    return column


def _is_words(column):
    return types.infer_dtype(column, skipna=True) in ("string", "empty")


def _as_texts(column):
    """Returns values of any type as words; holes stay holes."""
    texts = np.array([str(value) for value in column], object)
    return pd.Series(texts, index=column.index).mask(column.isna(), None)
