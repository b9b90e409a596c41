"""Labels as imbalanced-learn takes them, and missing ones besides."""

import numbers
from collections import OrderedDict

import numpy as np
import pandas as pd
from imblearn.utils import check_sampling_strategy, check_target_type
from sklearn.preprocessing import label_binarize
from sklearn.utils.multiclass import check_classification_targets

from kvae.checks import as_labels, missing_labels


class Targets:
    """The labels of N rows, and how to give labels back in the same form.

    Args:
        y: array, list, Series or DataFrame (N,) or (N, 1) of labels of any kind, some
            of them missing (NaN, None, ""); or (N, K) zeros and ones, one-vs-all.
        unlabelled: optional label that means unlabelled, too, such as -1.

    Attributes:
        name: the name of y, if it is a Series or a DataFrame of one column; else None.
        classes: array (K,) of the labels that occur, sorted.
        index: int array (N,), positions in `classes`; -1 = unlabelled.
        known: array, the labels of the labelled rows.

    Raises:
        ValueError: for numbers that are not classes (0.5), or several labels in a row.

    Example:
        >>> targets = Targets(["no", None, "yes"])
        >>> targets.classes.tolist(), targets.index
        (['no', 'yes'], array([ 0, -1,  1]))
    """

    def __init__(self, y, unlabelled=None):
        if y is None:
            raise ValueError(
                "VAEOverSampler requires y to be passed, but the target y is None."
            )
        self._given = y
        self.name = _name(y)
        values = as_labels(y)
        self._one_vs_all = False
        if values.ndim == 2 and values.shape[1] > 1:
            check_classification_targets(values)
            values, self._one_vs_all = check_target_type(values, True)
        values = values.ravel()
        missing = missing_labels(values, unlabelled)
        self.known = values[~missing]
        self._missing = values[missing][0] if missing.any() else None
        if not len(self.known):
            raise ValueError(
                "VAEOverSampler expects labels of at least two classes. Received: none "
                f"of {len(values)} rows has a label. Label some rows of each class."
            )
        if self.known.dtype == object and not isinstance(self.known[0], str):
            self.known = np.array(self.known.tolist())  # numbers beside None
        check_classification_targets(self.known)
        self.classes, places = np.unique(self.known, return_inverse=True)
        self.index = np.full(len(values), -1, "int64")
        self.index[~missing] = places

    def __len__(self):
        return len(self.index)

    def wanted(self, strategy, kind):
        """Returns (strategy {label: new rows}, {class index: new rows}).

        Args:
            strategy: as in imbalanced-learn, or int >= 1, new rows for each class.
            kind: str, the kind of resampler, "over-sampling".
        """
        if len(self.classes) > 1 and isinstance(strategy, numbers.Integral):
            strategy = OrderedDict.fromkeys(self.classes, int(strategy))
        else:
            strategy = check_sampling_strategy(strategy, self.known, kind)
        places = {label: i for i, label in enumerate(self.classes.tolist())}
        return strategy, {places[c]: int(n) for c, n in strategy.items()}

    def like(self, index):
        """Returns the labels of class indices (M,) in the form of y; -1 is no label."""
        if self._one_vs_all:
            return label_binarize(index, classes=np.arange(len(self.classes)))
        values, y = self.classes[index], self._given
        if (index < 0).any():
            values = values.astype(object)
            values[index < 0] = self._missing
        if isinstance(y, pd.DataFrame):
            frame = pd.DataFrame({0: values})
            frame.columns = y.columns
            return frame.astype(dict.fromkeys(y.columns, y.dtypes.iloc[0]))
        if isinstance(y, pd.Series):
            return pd.Series(values, name=y.name).astype(y.dtype)
        if isinstance(y, list):
            return values.tolist()
        return values.astype(np.asarray(y).dtype)


def _name(y):
    if isinstance(y, pd.Series):
        return y.name
    if isinstance(y, pd.DataFrame) and y.shape[1] == 1:
        return y.columns[0]
    return None
