"""How far each latent stands for one factor of the data: published scores, on arrays.

    scores = mig(codes, factors), dci(codes, factors).disentanglement

`codes` (N, d) are latent means, `factors` (N, K) what the rows are known to vary in, or
attributes of a table as numbers. A factor of more than 20 different values is cut into
20 bins of equal width, as codes are wherever a score counts. Scores lie between 0, as
good as chance, and 1.

Reference: Locatello et al. 2019, Challenging Common Assumptions in the Unsupervised
Learning of Disentangled Representations, appendix C.
"""

from typing import NamedTuple

import numpy as np
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import mutual_info_score

from kvae import random
from kvae.checks import expect_count, expect_finite, expect_shape
from kvae.models.beta_vae import ACTIVE_VARIANCE

BINS = 20
POINTS = 1000  # of the two scores that draw rows; as many to learn from as to judge by


class DCI(NamedTuple):
    """Disentanglement, completeness and informativeness, each from 0 to 1."""

    disentanglement: float
    completeness: float
    informativeness: float


def mig(codes, factors):
    """Returns the mutual information gap.

    For each factor, the mutual information of the code that shares most with it, minus
    that of the second, over the factor's entropy; the mean over factors.

    Args:
        codes: float array (N, d).
        factors: array (N, K) of numbers, or (N,) of one factor.

    Raises:
        ValueError: for NaN or infinite values, other lengths, or a constant factor.

    Example:
        >>> factors = np.array([[0, 0], [0, 1], [1, 0], [1, 1]])
        >>> mig(factors, factors)
        1.0

    Reference:
        Chen, Li, Grosse and Duvenaud 2018, Isolating Sources of Disentanglement in
        Variational Autoencoders, equation 6.
    """
    codes, factors = _checked("mig", codes, factors)
    shared = _mutual_information(codes, factors)
    shared = np.sort(np.vstack([np.zeros_like(shared[:1]), shared]), axis=0)
    entropy = [mutual_info_score(factor, factor) for factor in factors.T]
    return float(np.mean((shared[-1] - shared[-2]) / entropy))


def sap(codes, factors):
    """Returns the separated attribute predictability, of factors as numbers.

    For each factor, the squared correlation of the code that predicts it best, minus
    that of the second; the mean over factors. Order counts: number the values of a
    factor as they follow each other.

    Args and errors as `mig`.

    Example:
        >>> factors = np.array([[0, 0], [0, 1], [1, 0], [1, 1]])
        >>> round(sap(factors, factors), 6)
        1.0

    Reference:
        Kumar, Sattigeri and Balakrishnan 2018, Variational Inference of Disentangled
        Latent Concepts from Unlabeled Observations, section 3.
    """
    codes, factors = _checked("sap", codes, factors)
    squared = np.square(_standard(codes).T @ _standard(factors) / len(codes))
    squared = np.sort(np.vstack([np.zeros_like(squared[:1]), squared]), axis=0)
    return float(np.mean(squared[-1] - squared[-2]))


def dci(codes, factors, seed=0):
    """Returns disentanglement, completeness and informativeness.

    A random forest predicts each factor from the codes, three quarters of the rows to
    learn from; what it uses of each code are the importances that `dci_of_importance`
    scores. Informativeness is how much of the way from guessing the commonest value to
    certainty it goes on the other rows.

    Args:
        codes: float array (N, d).
        factors: array (N, K) of numbers, or (N,) of one factor.
        seed: int.

    Returns:
        DCI.

    Raises:
        ValueError: as `mig`.

    Example:
        >>> factors = np.random.default_rng(0).integers(0, 3, (200, 2))
        >>> dci(factors, factors).disentanglement > 0.95
        True

    Reference:
        Eastwood and Williams 2018, A Framework for the Quantitative Evaluation of
        Disentangled Representations, section 2.
    """
    codes, factors = _checked("dci", codes, factors)
    order = random.generator(seed, "dci").permutation(len(codes))
    learned, judged = np.split(order, [3 * len(order) // 4])
    importance, informed = [], []
    for k, factor in enumerate(factors.T):
        # All codes at each split: of some alone it would have to use idle ones.
        forest = RandomForestClassifier(
            max_features=None, random_state=random.derive(seed, "dci", k) % 2**31
        )
        forest.fit(codes[learned], factor[learned])
        importance.append(forest.feature_importances_)
        right = forest.score(codes[judged], factor[judged])
        chance = np.bincount(factor[judged]).max() / len(judged)
        informed.append(_above(right, chance))
    disentanglement, completeness = dci_of_importance(np.transpose(importance))
    return DCI(disentanglement, completeness, float(np.mean(informed)))


def dci_of_importance(importance):
    """Returns (disentanglement, completeness) of importances (d, K), each >= 0.

    A code is disentangled as far as it is of use for one factor: 1 minus the entropy of
    its row to the base K; codes count by what they are used. A factor is complete as
    far as one code tells it: 1 minus the entropy of its column to the base d.

    Example:
        >>> dci_of_importance(np.array([[1.0, 0.0], [0.0, 1.0]]))
        (1.0, 1.0)
    """
    importance = np.asarray(importance, "float64")
    expect_finite("dci_of_importance", importance)
    if not importance.any():
        return 0.0, 0.0  # no code is of any use
    used = importance.sum(axis=1) / importance.sum()
    of_codes = _concentration(importance)
    of_factors = _concentration(importance.T)
    return float(np.sum(used * of_codes)), float(of_factors.mean())


def factor_vae_score(codes, factors, seed=0, points=POINTS, rows=64):
    """Returns how well the code that varies least names the factor that is fixed.

    A point are 64 rows that share the value of one factor, drawn at random; its vote is
    the code of the smallest variance, in units of its variance over all rows. A
    majority of the votes names the factor, and is judged on as many other points.

    Args:
        codes: float array (N, d).
        factors: array (N, K) of numbers.
        seed: int.
        points: int, to learn from, and to judge by.
        rows: int, of a point.

    Returns:
        Float: accuracy above chance, (accuracy - 1 / K) / (1 - 1 / K). The published
        score is the accuracy, which is 1 / K for codes that know nothing.

    Raises:
        ValueError: for fewer than two factors, and as `mig`.

    Reference:
        Kim and Mnih 2018, Disentangling by Factorising, section 4.
    """
    codes, factors = _checked("factor_vae_score", codes, factors, least=2)
    varies = codes.std(axis=0) > 0
    if not varies.any():
        return 0.0
    codes = _standard(codes[:, varies])
    num_factors = factors.shape[1]
    fixed, drawn = _alike(factors, 2 * points, rows, seed, "factor_vae_score")
    vote = codes[drawn].var(axis=1).argmin(axis=1)
    counts = np.zeros((codes.shape[1], num_factors))
    np.add.at(counts, (vote[:points], fixed[:points]), 1)
    named = counts.argmax(axis=1)[vote[points:]]
    return _above(np.mean(named == fixed[points:]), 1 / num_factors)


def beta_vae_score(codes, factors, seed=0, points=POINTS, pairs=64):
    """Returns how well differences of codes name the factor that pairs of rows share.

    A point is the mean over 64 pairs of rows of |z - z'|, each pair alike in one factor
    and the same one for all; a logistic regression names the factor.

    Args:
        codes: float array (N, d).
        factors: array (N, K) of numbers.
        seed: int.
        points: int, to learn from, and to judge by.
        pairs: int, of a point.

    Returns:
        Float: accuracy above chance, as in `factor_vae_score`.

    Raises:
        ValueError: as `factor_vae_score`.

    Reference:
        Higgins et al. 2017, beta-VAE, section 3.
    """
    codes, factors = _checked("beta_vae_score", codes, factors, least=2)
    codes, num_factors = _standard(codes), factors.shape[1]
    name = "beta_vae_score"
    fixed = random.generator(seed, name).integers(num_factors, size=2 * points)
    each = np.repeat(fixed, pairs)
    _, drawn = _alike(factors, len(each), 2, seed, name, fixed=each)
    apart = np.abs(codes[drawn[:, 0]] - codes[drawn[:, 1]])
    apart = apart.reshape(2 * points, pairs, -1).mean(axis=1)
    model = LogisticRegression(max_iter=1000, C=100.0)
    model.fit(_standard(apart)[:points], fixed[:points])
    right = model.score(_standard(apart)[points:], fixed[points:])
    return _above(right, 1 / num_factors)


def active_units(z_mean):
    """Returns how many latents tell rows apart: variance of the mean above 0.01.

    Args:
        z_mean: float array (N, d), not standardized.

    Example:
        >>> active_units(np.array([[0.0, 1.0], [0.01, -1.0]]))
        1

    Reference:
        Burda, Grosse and Salakhutdinov 2016, Importance Weighted Autoencoders, 4.2.
    """
    z_mean = np.asarray(z_mean)
    expect_shape("active_units", "(N, d)", z_mean.shape, (None, None))
    expect_finite("active_units", z_mean)
    return int(np.sum(z_mean.var(axis=0) > ACTIVE_VARIANCE))


def _alike(factors, points, rows, seed, name, fixed=None):
    """Returns (factor (P,), rows (P, n) that share a value of it), drawn at random."""
    generator = random.generator(seed, name, "rows")
    if fixed is None:
        fixed = generator.integers(factors.shape[1], size=points)
    first = generator.integers(len(factors), size=points)
    places = generator.random((points, rows))
    drawn = np.empty((points, rows), "int64")
    for k, factor in enumerate(factors.T):
        of_factor = np.flatnonzero(fixed == k)
        order = np.argsort(factor, kind="stable")
        counts = np.bincount(factor)
        starts = np.cumsum(counts) - counts
        value = factor[first[of_factor]][:, None]
        offset = (places[of_factor] * counts[value]).astype("int64")
        drawn[of_factor] = order[starts[value] + offset]
    return fixed, drawn


def _mutual_information(codes, factors):
    """Returns the mutual information (d, K) of binned codes and factors, in nats."""
    binned = [_binned(code) for code in codes.T]
    return np.array(
        [[mutual_info_score(f, code) for f in factors.T] for code in binned]
    )


def _concentration(weights):
    """Returns 1 - entropy of each row (n, m), to the base m; 0 for rows of zeros."""
    total = weights.sum(axis=1, keepdims=True)
    share = np.divide(weights, total, out=np.zeros_like(weights), where=total > 0)
    logarithm = np.log(np.where(share > 0, share, 1))
    entropy = -np.sum(share * logarithm, axis=1)
    even = np.log(max(weights.shape[1], 2))
    return np.where(total[:, 0] > 0, 1 - entropy / even, 0.0)


def _above(right, chance):
    return float(max(0.0, (right - chance) / (1 - chance))) if chance < 1 else 0.0


def _standard(x):
    """Returns columns of mean 0 and variance 1; of zeros where they are constant."""
    deviation = x.std(axis=0)
    return (x - x.mean(axis=0)) / np.where(deviation > 0, deviation, 1)


def _binned(x):
    """Returns which of 20 bins of equal width each number is in."""
    return np.digitize(x, np.histogram_bin_edges(x, BINS)[1:-1])


def _checked(who, codes, factors, least=1):
    """Returns (codes as floats (N, d), factors as indices (N, K))."""
    codes, factors = np.asarray(codes), np.asarray(factors)
    factors = factors[:, None] if factors.ndim == 1 else factors
    expect_shape(who, "codes (N, d)", codes.shape, (None, None))
    expect_shape(who, "factors (N, K)", factors.shape, (len(codes), None))
    expect_finite(f"codes of {who}", codes)
    expect_finite(
        f"factors of {who}", factors, "Number words by np.unique(return_inverse=True)."
    )
    expect_count(f"Number of factors of {who}", factors.shape[1], least)
    found = np.empty(factors.shape, "int64")
    for k, factor in enumerate(factors.T):
        values, index = np.unique(factor, return_inverse=True)
        if len(values) < 2:
            raise ValueError(
                f"{who} expects factors that vary. Received: factor {k}, which is "
                f"{values.tolist()} in every row. Leave it out."
            )
        found[:, k] = index if len(values) <= BINS else _binned(factor)
    return codes.astype("float64"), found
