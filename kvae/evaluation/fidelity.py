"""How good generated rows are, and whether they are copies of training rows.

Rows are inputs (N, F), such as `Table.transform` gives; distances are Euclidean.
"""

import dataclasses

import numpy as np
import pandas as pd
from scipy import stats
from scipy.spatial import distance
from sklearn.ensemble import RandomForestClassifier
from sklearn.metrics import f1_score, roc_auc_score
from sklearn.model_selection import StratifiedKFold, cross_val_predict
from sklearn.neighbors import NearestNeighbors

from kvae import random
from kvae.checks import expect_count, expect_finite, expect_shape
from kvae.preprocessing.columns import is_date

# A row this much nearer to a training row than training rows are to each other.
NEAR = 0.1
# Without copying half of the rows are nearer to training than to held-out rows; rows
# drawn around training rows are a little more often.
SUSPICIOUS_SHARE = 0.6
MOST_PAIRS = 10**6  # of levels of two columns
WEIGHTED = {"average": "weighted", "zero_division": 0}


def train_on_synthetic(real, synthetic, test, seed=0):
    """Scores a classifier trained on generated rows beside one trained on real ones.

    Args:
        real: (x, y): float array (N, F) and labels (N,).
        synthetic: (x, y), generated rows.
        test: (x, y), real rows that neither classifier saw.
        seed: int.

    Returns:
        Dict: "real" and "synthetic", weighted F1 of a random forest on the test rows,
        and "ratio", the second over the first.

    Example:
        >>> x, y = np.arange(20.0)[:, None], np.arange(20) // 10
        >>> train_on_synthetic((x, y), (x, y), (x, y))["ratio"]
        1.0
    """
    scores = {}
    who = "train_on_synthetic"
    synthetic, test = ((_aligned(who, real[0], x), y) for x, y in (synthetic, test))
    for name, (x, y) in (("real", real), ("synthetic", synthetic)):
        expect_finite(who, x)
        predicted = _forest(seed).fit(x, y).predict(test[0])
        scores[name] = float(f1_score(test[1], predicted, **WEIGHTED))
    return {**scores, "ratio": scores["synthetic"] / max(scores["real"], 1e-12)}


def detection_score(real, synthetic, seed=0):
    """How well a random forest tells generated rows from real ones.

    Args:
        real: float array (N, F), at least 5 rows.
        synthetic: float array (M, F), at least 5 rows; as many as real ones are used,
            or the other way round.
        seed: int.

    Returns:
        float: area under the ROC curve, out of fold. 0.5: it cannot; 1: always.
    """
    real, synthetic = _pair("detection_score", real, synthetic, least=5)
    size = min(len(real), len(synthetic))
    stream = random.generator(seed, "detection")
    real, synthetic = (
        rows[stream.choice(len(rows), size, replace=False)]
        for rows in (real, synthetic)
    )
    x, y = np.concatenate([real, synthetic]), np.repeat([0, 1], size)
    folds = StratifiedKFold(5, shuffle=True, random_state=0)
    score = cross_val_predict(_forest(seed), x, y, cv=folds, method="predict_proba")
    return float(roc_auc_score(y, score[:, 1]))


def precision_recall(real, synthetic, k=5):
    """Precision, recall, density and coverage of generated rows.

    The balls around real rows reach to their k-th nearest real row. Precision: the
    share of generated rows in a ball; density: in how many balls they are, over k;
    coverage: the share of balls with a generated row; recall: precision the other way
    round.

    Args:
        real: float array (N, F), N > k.
        synthetic: float array (M, F), M > k.
        k: int >= 1.

    Returns:
        Dict of four floats; all are about 1 where both have one distribution.

    Reference:
        Kynkaanniemi et al. 2019, Improved Precision and Recall Metric for Assessing
        Generative Models; Naeem et al. 2020, Reliable Fidelity and Diversity Metrics
        for Generative Models.
    """
    expect_count("k of precision_recall", k, 1)
    real, synthetic = _pair("precision_recall", real, synthetic, least=k + 1)
    radius = {}
    for name, rows in (("real", real), ("synthetic", synthetic)):
        search = NearestNeighbors(n_neighbors=k).fit(rows)
        radius[name] = search.kneighbors()[0][:, -1]
    precision, balls = 0.0, 0.0
    covered, recalled = np.zeros(len(real), bool), np.zeros(len(real), bool)
    for start in range(0, len(synthetic), 500):
        rows = synthetic[start : start + 500]
        away = distance.cdist(rows, real)
        inside = away <= radius["real"]
        precision += inside.any(axis=1).sum()
        balls += inside.sum()
        covered |= inside.any(axis=0)
        recalled |= (away <= radius["synthetic"][start : start + 500, None]).any(0)
    return {
        "precision": float(precision / len(synthetic)),
        "recall": float(recalled.mean()),
        "density": float(balls / (k * len(synthetic))),
        "coverage": float(covered.mean()),
    }


def association_difference(real, synthetic):
    """How much the associations of all pairs of columns differ.

    Two columns of numbers: Pearson's r; two of levels: Cramer's V; one of each: the
    correlation ratio. Only rows that have both values count.

    Args:
        real: DataFrame (N, columns).
        synthetic: DataFrame (M, columns) with the same columns.

    Returns:
        (float, DataFrame): the mean absolute difference over pairs, and the
        differences (columns, columns), generated less real; NaN where a column is
        constant, or two have more than a million pairs of levels.

    Example:
        >>> frame = pd.DataFrame({"a": [1.0, 2, 3], "b": [1.0, 2, 2.5]})
        >>> association_difference(frame, frame)[0]
        0.0
    """
    synthetic = _aligned("association_difference", real, synthetic)
    difference = associations(synthetic) - associations(real)
    pairs = np.abs(difference.to_numpy()[np.triu_indices(len(difference), 1)])
    pairs = pairs[~np.isnan(pairs)]
    return (float(pairs.mean()) if len(pairs) else 0.0), difference


@dataclasses.dataclass(frozen=True)
class CopyCheck:
    """What `copy_check` found.

    Args:
        share: float, the share of generated rows that are nearer to a training row
            than to any held-out row; about 1/2 without copying.
        low: float, the lower end of its 95 % interval.
        copied: bool, whether `low` is above 0.6: the model knows rows by heart.
        duplicates: DataFrame, a line for each near duplicate: generated row, training
            row, distance.
        held_out_duplicates: int, how many held-out rows are as near to a training row.
        sentence: str.
    """

    share: float
    low: float
    copied: bool
    duplicates: pd.DataFrame
    held_out_duplicates: int
    sentence: str


def copy_check(synthetic, train, held_out, seed=0):
    """Checks whether generated rows are copies of training rows.

    A generated row is as likely nearest to a training as to a held-out row, where there
    are as many of both (of the larger part some are drawn), unless the model has
    learned training rows by heart. Blurred rows are not taken for copies.

    Args:
        synthetic: float array (M, F).
        train: float array (N, F), the rows the model was trained on.
        held_out: float array (H, F), rows of the same kind that it has not seen.
        seed: int.

    Returns:
        CopyCheck.

    Reference:
        Meehan, Chaudhuri and Dasgupta 2020, A Non-Parametric Test to Detect
        Data-Copying in Generative Models.
    """
    synthetic, train = _pair("copy_check", synthetic, train, least=2)
    held_out, _ = _pair("copy_check", held_out, train, least=2)
    size = min(len(train), len(held_out))
    stream = random.generator(seed, "copy_check")
    near, far = (
        _nearest(rows[stream.choice(len(rows), size, replace=False)], synthetic)[0]
        for rows in (train, held_out)
    )
    nearer = float(np.mean((near < far) + 0.5 * (near == far)))
    test = stats.binomtest(round(nearer * len(synthetic)), len(synthetic))
    low = float(test.proportion_ci(0.95).low)
    limit = NEAR * np.median(_nearest(train, None)[0])
    away, parent = _nearest(train, synthetic)
    rows = np.flatnonzero(away <= limit)
    duplicates = pd.DataFrame(
        {"row": rows, "training_row": parent[rows], "distance": away[rows]}
    )
    held_out_duplicates = int((_nearest(train, held_out)[0] <= limit).sum())
    copied = low > SUSPICIOUS_SHARE
    sentence = (
        f"{nearer:.0%} of the generated rows are nearer to a training row than to any "
        f"held-out row (50 % is what chance gives): "
        + ("the model copies its training rows. " if copied else "no sign of copying. ")
        + f"{len(rows)} of {len(synthetic)} are near duplicates of a training row; so "
        f"are {held_out_duplicates} of {len(held_out)} held-out rows."
    )
    return CopyCheck(
        share=nearer,
        low=low,
        copied=copied,
        duplicates=duplicates,
        held_out_duplicates=held_out_duplicates,
        sentence=sentence,
    )


def _forest(seed):
    seed = random.derive(seed, "forest") % 2**31
    return RandomForestClassifier(200, min_samples_leaf=2, random_state=seed)


def _nearest(among, rows):
    """Returns (distance (N,), row number (N,)) of the row nearest to each.

    With None as rows it is the nearest other one of `among`.
    """
    search = NearestNeighbors(n_neighbors=1).fit(among)
    away, row = search.kneighbors(rows)
    return away[:, 0], row[:, 0]


def _aligned(who, frame, other):
    """Returns the other frame with its columns in the order of the first."""
    if not (isinstance(frame, pd.DataFrame) and isinstance(other, pd.DataFrame)):
        return other
    if unshared := sorted(map(str, {*frame.columns} ^ {*other.columns})):
        raise ValueError(
            f"{who} expects tables of the same columns. Received: {unshared} in only "
            "one of them."
        )
    return other[frame.columns]


def _pair(who, first, second, least):
    second = _aligned(who, first, second)
    first, second = np.asarray(first), np.asarray(second)
    if object in (first.dtype, second.dtype):
        raise ValueError(
            f"{who} expects numbers. Received: dtype=object. Transform tables first: "
            "kvae.preprocessing.Table(frame).transform(frame)."
        )
    expect_finite(who, first)
    expect_finite(who, second)
    expect_shape(who, "(N, F)", first.shape, (None, second.shape[-1]))
    if min(len(first), len(second)) < least:
        raise ValueError(
            f"{who} expects at least {least} rows of each kind. Received: "
            f"{len(first)} and {len(second)}."
        )
    return first, second


def associations(frame):
    """Returns how closely each two columns of a table go together.

    Two columns of numbers: Pearson's r; two of levels: Cramer's V; one of each: the
    correlation ratio. Only rows that have both values count.

    Args:
        frame: DataFrame (N, columns).

    Returns:
        DataFrame (columns, columns); NaN on the diagonal, where a column is constant,
        or two have more than a million pairs of levels.

    Example:
        >>> frame = pd.DataFrame({"a": [1.0, 2, 3], "b": [2.0, 4, 6]})
        >>> float(associations(frame).loc["a", "b"].round(6))
        1.0
    """
    columns = {name: _numbers_or_objects(column) for name, column in frame.items()}
    table = pd.DataFrame(np.nan, index=frame.columns, columns=frame.columns)
    names = list(columns)
    for i, first in enumerate(names):
        for second in names[:i]:
            value = _association(columns[first], columns[second])
            table.loc[first, second] = table.loc[second, first] = value
    return table


def _numbers_or_objects(column):
    if is_date(column.dtype):
        return (column - column.min()) / pd.Timedelta(days=1)
    if pd.api.types.is_numeric_dtype(column.dtype) and column.dtype != bool:
        return column.astype("float64")
    # As numbers of levels: 1 and "1" are two, and cannot be sorted.
    level, _ = pd.factorize(column.astype("object"))
    return pd.Series(level, index=column.index).where(level >= 0).astype("object")


def _association(first, second):
    both_known = first.notna() & second.notna()
    first, second = first[both_known], second[both_known]
    if first.nunique() < 2 or second.nunique() < 2:
        return np.nan
    numbers = [column.dtype == "float64" for column in (first, second)]
    if all(numbers):
        return np.corrcoef(first, second)[0, 1]
    if not any(numbers):
        if first.nunique() * second.nunique() > MOST_PAIRS:
            return np.nan  # names or row numbers: of no use, and too many
        return stats.contingency.association(pd.crosstab(first, second).to_numpy())
    number, level = (first, second) if numbers[0] else (second, first)
    means = number.groupby(level.to_numpy()).transform("mean")
    return (means.var() / number.var()) ** 0.5
