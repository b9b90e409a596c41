"""Shards as TFRecord: a tf.train.Example for each row."""

import numpy as np
import pandas as pd
from pandas.api import types


class TFRecordShards:
    """TFRecord files.

    Whole numbers and answers are int64 features, other numbers float (which has 24
    bits), words, dates and images bytes. A hole is a feature that is not there.

    Args:
        example: DataFrame, rows that show which values each column has.
    """

    ending = ".tfrecord"

    def __init__(self, example):
        self._kinds = {name: _kind(column) for name, column in example.items()}

    def write(self, frame, path):
        """Writes a DataFrame of the example's columns to a Path.

        Raises:
            OSError: where TensorFlow cannot write it.
        """
        import tensorflow as tf

        lists = {"int64": tf.train.Int64List, "float": tf.train.FloatList}
        features = {}
        for name, kind in self._kinds.items():
            of = lists.get(kind, tf.train.BytesList)
            features[name] = [
                None
                if value is None
                else tf.train.Feature(**{f"{kind}_list": of(value=[value])})
                for value in _values(frame[name], kind)
            ]
        try:
            with tf.io.TFRecordWriter(str(path)) as file:
                for row in zip(*features.values(), strict=True):
                    pairs = zip(features, row, strict=True)
                    known = {name: value for name, value in pairs if value is not None}
                    known = tf.train.Features(feature=known)
                    example = tf.train.Example(features=known)
                    # Python's dicts, and protobuf's, have orders of their own.
                    file.write(example.SerializeToString(deterministic=True))
        except tf.errors.OpError as error:
            raise OSError(error.message) from error

    def described(self):
        """Returns {feature: type}, for people."""
        return dict(self._kinds)


def _kind(column):
    dtype = column.dtype
    if types.is_object_dtype(dtype):
        inferred = types.infer_dtype(column, skipna=True)
        if inferred in ("integer", "boolean"):
            return "int64"
        return "float" if inferred in ("floating", "mixed-integer-float") else "bytes"
    if types.is_bool_dtype(dtype) or types.is_integer_dtype(dtype):
        return "int64"
    return "float" if types.is_numeric_dtype(dtype) else "bytes"


def _values(column, kind):
    """Returns a list of the value of each row, None for a hole."""
    of = {"int64": int, "float": float, "bytes": _as_bytes}[kind]
    pairs = zip(column.astype(object), column.notna(), strict=True)
    return [of(value) if known else None for value, known in pairs]


def _as_bytes(value):
    if isinstance(value, bytes):
        return value
    if isinstance(value, pd.Timestamp | np.datetime64):
        return pd.Timestamp(value).isoformat().encode()
    return str(value).encode()
