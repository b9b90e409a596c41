"""From few labelled rows to a label for each: labels spread over a graph."""

import dataclasses

import numpy as np
from scipy import sparse

from kvae.checks import (
    class_indices,
    expect_at_least,
    expect_count,
    expect_finite,
    expect_shape,
)

TOLERANCE = 1e-8
LARGEST = 1e200
FAINT = 1e-7  # rows of F below it are too inaccurate at that tolerance
SMALLEST_WEIGHT = 1e-6  # a row far from all its neighbours still hears from them


@dataclasses.dataclass(frozen=True)
class Spread:
    """What spreading says about N rows.

    Args:
        probability: float array (N, K); rows sum to 1.
        label: int array (N,), the likeliest class; -1 where no label arrives: such
            rows are connected to no labelled row, their probability is the prior.
        uncertainty: float array (N,), entropy of the probabilities over log K, from 0
            to 1; 0 for labelled rows that keep their label, 1 where label is -1.
    """

    probability: np.ndarray
    label: np.ndarray
    uncertainty: np.ndarray


def spread(
    indices,
    distances,
    label,
    num_classes,
    alpha=0.99,
    prior="balanced",
    trust=1.0,
    sharpness=4.0,
):
    """Spreads labels over the graph of nearest neighbours.

    F = alpha S F + (1 - alpha) Y, solved; S = D^(-1/2) W D^(-1/2), W = V + V^T,
    v_ij = exp(-sharpness d_ij^2 / (s_i s_j)), s_i the distance to the k-th neighbour.
    The rows of F become probabilities; class-mass normalisation then weighs the classes
    so that their shares in all rows are those of the prior.

    Args:
        indices: int array (N, k), from `neighbours`.
        distances: float array (N, k), from `neighbours`.
        label: array (N,) of class indices; -1, NaN and None mean unlabelled.
        num_classes: int K.
        alpha: float in [0, 1), trust in neighbours: how far labels spread.
        prior: "balanced", K floats >= 0 (the classes' shares), or None for no
            class-mass normalisation. A class without labelled rows gets none.
        trust: float or array (N,), in [0, 1], in the labelled rows. With 1 a row keeps
            its label; with less it counts as that share of a labelled row, and its
            label comes out like any other's. Values of unlabelled rows are ignored.
        sharpness: float >= 0, how much near neighbours count more than far ones; 0
            for all the same.

    Returns:
        Spread.

    Raises:
        ValueError: where shapes differ, no row is labelled, a label is no class, or
            alpha, prior, trust or sharpness is out of range.

    Example:
        >>> from kvae.latent.neighbours import neighbours
        >>> graph = neighbours([[0.0], [1.0], [2.0], [7.0], [8.0], [9.0]], k=2)
        >>> spread(*graph, [0, -1, -1, -1, -1, 1], num_classes=2).label
        array([0, 0, 0, 1, 1, 1])

    Reference:
        Zhou et al. 2004, Learning with Local and Global Consistency; Zhu, Ghahramani
        and Lafferty 2003, section 4 (class-mass normalisation); Zelnik-Manor and
        Perona 2004 (local scale); Golub and Varga 1961 (the solver).
    """
    indices, distances = np.asarray(indices), np.asarray(distances)
    expect_shape("spread", "(N, k)", indices.shape, (None, None))
    expect_shape("spread", "(N, k)", distances.shape, indices.shape)
    expect_finite("spread", distances, "Call neighbours again, with finite codes.")
    num_rows = len(indices)
    label = _expect_labels(label, num_rows, num_classes)
    trust = _expect_trust(trust, label)
    shares = _expect_prior(prior, num_classes)
    expect_at_least("alpha of spread", alpha, 0)
    if alpha >= 1:
        raise ValueError(
            f"alpha of spread expects a number below 1. Received: {alpha!r}. At 1 rows "
            "forget the labels; try 0.99."
        )
    expect_at_least("sharpness of spread", sharpness, 0)
    labelled = np.flatnonzero(label >= 0)
    one_hot = np.zeros((num_rows, num_classes))
    one_hot[labelled, label[labelled]] = trust[labelled]
    affinity = alpha * _affinity(indices, distances, sharpness)
    smooth = _solve(affinity, (1 - alpha) * one_hot, alpha)
    kept = labelled[trust[labelled] == 1]
    probability, reached = _probabilities(smooth, shares, weigh=prior is not None)
    probability[kept] = one_hot[kept]
    reached[kept] = True
    logarithm = np.log(np.where(probability > 0, probability, 1))
    entropy = -np.sum(probability * logarithm, axis=1) / np.log(max(num_classes, 2))
    return Spread(
        probability,
        np.where(reached, np.argmax(probability, axis=1), -1),
        np.where(reached, np.clip(entropy, 0, 1), 1.0),
    )


def _affinity(indices, distances, sharpness):
    """Returns S, sparse (N, N)."""
    num_rows, k = indices.shape
    scale = np.maximum(distances.max(axis=1, initial=0), np.finfo("float32").tiny)
    scale = scale.astype("float64")
    ratio = distances / scale[:, None] * (distances / scale[indices])
    weights = np.maximum(np.exp(-sharpness * ratio), SMALLEST_WEIGHT)
    starts = np.arange(0, num_rows * k + 1, k) if k else np.zeros(num_rows + 1, int)
    directed = sparse.csr_array(
        (weights.ravel(), indices.ravel(), starts), (num_rows, num_rows)
    )
    both = (directed + directed.T).tocoo()
    root = np.sqrt(both.sum(axis=1))
    both.data /= root[both.row] * root[both.col]
    return both.tocsr()


def _solve(affinity, source, alpha):
    """Returns F (N, K) = affinity F + source, each row up to a factor.

    Rows far from all labels drown in the error that the others leave. They are solved
    after these, with what flows in from them as the source, and so on outwards; each
    time in units of the largest inflow, as F itself soon underflows.
    """
    smooth = _iterate(affinity, source, alpha)
    faint = np.flatnonzero(smooth.sum(axis=1) < FAINT)
    smooth[faint] = 0
    nearer = smooth.copy()
    while len(faint):
        inflow = affinity[faint] @ nearer
        largest = inflow.sum(axis=1).max()
        if largest == 0:
            break  # what is left is connected to no labelled row
        found = _iterate(affinity[faint][:, faint], inflow / largest, alpha)
        reached = found.sum(axis=1) >= FAINT
        smooth[faint[reached]] = found[reached]
        # Rows so much larger than these have no neighbour that is not solved.
        nearer = np.minimum(nearer / largest, LARGEST)
        nearer[faint[reached]] = found[reached]
        faint = faint[~reached]
    return smooth


def _iterate(affinity, source, alpha):
    """Returns F (N, K): Zhou's iteration, accelerated by Chebyshev polynomials.

    The eigenvalues of the affinity, alpha S, lie in [-alpha, alpha]. A step shrinks the
    error by `rate`, one of the plain iteration by alpha: 135 steps instead of 1,902 at
    0.99.
    """
    rate = alpha / (1 + np.sqrt(1 - alpha**2))
    steps = int(np.ceil(np.log(TOLERANCE / 2) / np.log(rate))) if rate else 0
    previous, current, omega = np.zeros_like(source), source, 2.0
    for _ in range(steps):
        omega = 1 / (1 - omega * alpha**2 / 4)
        following = affinity @ current
        following += source
        following -= previous
        following *= omega
        following += previous
        previous, current = current, following
    return np.maximum(current, 0)


def _probabilities(smooth, shares, weigh):
    """Returns the probabilities (N, K) and where any label arrived (N,)."""
    reached = smooth.sum(axis=1) > 0
    known = smooth[reached] / smooth[reached].sum(axis=1, keepdims=True)
    if weigh:
        mass = known.sum(axis=0)
        weighed = known * np.where(mass > 0, shares / np.where(mass > 0, mass, 1), 0)
        total = weighed.sum(axis=1, keepdims=True)
        # Some rows are reached by classes of share 0 alone: these stay as they are.
        known = np.where(total > 0, weighed / np.where(total > 0, total, 1), known)
    probability = np.tile(shares, (len(smooth), 1))
    probability[reached] = known
    return probability, reached


def _expect_labels(label, num_rows, num_classes):
    expect_count("num_classes of spread", num_classes, 1)
    label = class_indices("spread", label, num_rows, unlabelled=-1)
    if label.max(initial=-1) >= num_classes:
        raise ValueError(
            f"spread expects labels from 0 to {num_classes - 1}, and -1 for unlabelled "
            f"rows. Received: {label.max()}. Raise num_classes, or set such labels to "
            "-1."
        )
    if (label < 0).all():
        raise ValueError(
            f"spread expects at least one labelled row. Received: {num_rows} rows, all "
            "unlabelled. Label at least one row of each class."
        )
    return label


def _expect_trust(trust, label):
    trust = np.asarray(trust, "float64")
    if trust.shape not in ((), label.shape):
        raise ValueError(
            f"trust of spread expects a number, or one for each row, shape (N,) = "
            f"({len(label)},). Received: shape={trust.shape}."
        )
    trust = np.broadcast_to(trust, label.shape)
    outside = trust[(label >= 0) & ~((trust >= 0) & (trust <= 1))]
    if len(outside):
        raise ValueError(
            f"trust of spread expects numbers from 0 to 1 for labelled rows. "
            f"Received: {outside[0]}. Divide them by the largest."
        )
    return trust


def _expect_prior(prior, num_classes):
    """Returns the classes' shares (K,)."""
    if prior is None or (isinstance(prior, str) and prior == "balanced"):
        return np.full(num_classes, 1 / num_classes)
    fits = not isinstance(prior, str) and np.shape(prior) == (num_classes,)
    shares = np.asarray(prior, "float64") if fits else np.array([np.nan])
    if not (np.isfinite(shares).all() and (shares >= 0).all() and shares.sum() > 0):
        raise ValueError(
            f"prior of spread expects 'balanced', None, or {num_classes} shares >= 0, "
            f"not all 0. Received: {prior!r}."
        )
    return shares / shares.sum()
