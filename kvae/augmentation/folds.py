"""Cross-validation where only some rows have a label."""

import numpy as np
import pandas as pd
from sklearn.model_selection import StratifiedKFold


class LabelledFolds(StratifiedKFold):
    """Stratified folds of the labelled rows; the others belong to every training part.

    For `cv=` of scikit-learn's functions, around a pipeline with a VAEOverSampler.

    Args:
        n_splits: int.
        shuffle: bool.
        random_state: as in scikit-learn.
        unlabelled: optional label that means unlabelled, besides NaN, None and "".

    Example:
        >>> y = np.array([0, 1, 0, 1, np.nan])
        >>> for train, test in LabelledFolds(n_splits=2).split(np.zeros((5, 1)), y):
        ...     print(train, test)
        [2 3 4] [0 1]
        [0 1 4] [2 3]
    """

    def __init__(
        self, n_splits=5, *, shuffle=False, random_state=None, unlabelled=None
    ):
        super().__init__(n_splits, shuffle=shuffle, random_state=random_state)
        self.unlabelled = unlabelled

    def split(self, X, y, groups=None):  # noqa: N803  scikit-learn's names
        """Yields (train, test), int arrays of row numbers.

        Args:
            X: rows (N, ...).
            y: labels (N,), some of them missing.
            groups: not used.
        """
        y = as_labels(y)
        missing = missing_labels(y, self.unlabelled)
        labelled, others = np.flatnonzero(~missing), np.flatnonzero(missing)
        known = y[labelled]
        known = known.astype(str) if known.dtype == object else known
        for train, test in super().split(np.zeros(len(known)), known):
            yield np.sort(np.append(labelled[train], others)), labelled[test]


def as_labels(y):
    """Returns labels of any container as an array; holes in a list stay holes.

    Example:
        >>> as_labels(["yes", float("nan")]).tolist()
        ['yes', nan]
    """
    if isinstance(y, list):
        objects = np.array(y, dtype=object)
        if pd.isna(objects).any():  # as an array of words it would be the word "nan"
            return objects
    return np.asarray(y)


def missing_labels(y, unlabelled=None):
    """Returns where labels are missing (NaN, None, "" or `unlabelled`), bool (N,).

    Example:
        >>> missing_labels(["a", "", None, "b"]).tolist()
        [False, True, True, False]
    """
    y = pd.Series(as_labels(y).ravel())
    missing = y.isna() | (y == "")
    if unlabelled is not None:
        missing |= y == unlabelled
    return missing.to_numpy()
