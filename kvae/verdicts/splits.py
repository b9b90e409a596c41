"""The splits of a repeated cross-validation, and what may be spent on them."""

import dataclasses

import numpy as np
from sklearn.model_selection import StratifiedKFold
from sklearn.preprocessing import StandardScaler

from kvae import random
from kvae.checks import as_labels, missing_labels
from kvae.data.guarded import Rows
from kvae.data.labels import stratified_folds


@dataclasses.dataclass(frozen=True)
class Split:
    """One part held out; the rows of tables in units of the other parts.

    `features` are those of labelled and unlabelled rows, in this order.
    """

    seed: int
    repeat: int
    held_out: np.ndarray
    test: np.ndarray
    labelled: Rows
    unlabelled: np.ndarray
    features: np.ndarray | None = None


def make_splits(x, y, seed, budget, scaled, features=None):
    """Returns a Split for each part of each repeat; arguments as in `make_split`."""
    labels = np.flatnonzero(y >= 0)
    counts = np.bincount(y[labels])
    if counts.max(initial=0) < 2:
        raise ValueError(
            "Cross-validation expects a class with at least two rows. Received: "
            f"classes of {counts.tolist()} rows. Label more rows."
        )
    folds = int(min(budget.folds, counts[counts > 1].min()))
    splits = []
    for repeat in range(budget.repeats):
        repeat_seed = random.derive(seed, "repeat", repeat)
        fold = stratified_folds(y[labels], folds, repeat_seed)
        for part in range(folds):
            seed_of_part = random.derive(repeat_seed, "part", part)
            held_out = labels[fold == part]
            splits.append(
                make_split(
                    x,
                    y,
                    held_out,
                    seed=seed_of_part,
                    repeat=repeat,
                    scaled=scaled,
                    features=features,
                )
            )
    return splits


def make_split(x, y, held_out, seed, repeat=0, scaled=True, features=None):
    """Returns the Split in which these rows are held out.

    Args:
        x: float array (N, ...).
        y: int array (N,), -1 = unlabelled.
        held_out: int array of row numbers; the other labelled rows are trained on.
        seed: int.
        repeat: int, which repeat it belongs to.
        scaled: bool, whether tables are put in units of the rows not held out.
        features: optional float array (N, D), for the graph that labels spread in.
    """
    kept = np.setdiff1d(np.flatnonzero(y >= 0), held_out)
    parts = x[held_out], x[kept], x[y < 0]
    if scaled and x.ndim == 2:
        parts = _in_units(*parts)
    test, known, unlabelled = (rows.astype("float32") for rows in parts)
    return Split(
        seed=seed,
        repeat=repeat,
        held_out=held_out,
        test=test,
        labelled=Rows(known, y[kept]),
        unlabelled=unlabelled,
        features=None if features is None else features[_training(y, kept)],
    )


def _training(y, kept):
    return np.concatenate([kept, np.flatnonzero(y < 0)])


def _in_units(test, labelled, unlabelled):
    """Standard units of the rows that are not held out."""
    scaler = StandardScaler().fit(np.concatenate([labelled, unlabelled]))
    parts = (test, labelled, unlabelled)
    return [scaler.transform(rows) if len(rows) else rows for rows in parts]


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
