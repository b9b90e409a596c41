"""MIG: how much more the best latent knows of a factor than the second best."""

import numpy as np
from scipy.stats import entropy
from sklearn.metrics import mutual_info_score

from kvae.checks import expect_count
from kvae.evaluation.disentanglement.known_factors import codes_and_levels

BINS = 20


def mig(codes, factors, bins=None):
    """Returns the mutual information gap, from 0 to 1.

    MIG = mean over k of (I(z_best; v_k) - I(z_next; v_k)) / H(v_k), where best and next
    are the two latents that know most of factor v_k. A code that spreads a factor over
    two latents, or holds it twice, has no gap. By chance it is 0: no adjustment.

    Args:
        codes: float array (N, d), d >= 2.
        factors: known factors (N, K), see `as_levels`.
        bins: optional int, bins of equal width that the values of a latent are cut
            into; by default 20, as Locatello et al., or as many as the factor with most
            levels has, where these are more.

    Returns:
        Float.

    Raises:
        ValueError: for fewer than two latents, codes that are not finite, missing or
            constant factors, and shapes that do not fit.

    Example:
        >>> factors = np.random.default_rng(0).integers(4, size=(1000, 2))
        >>> round(mig(factors, factors), 2)  # each latent is a factor
        1.0
        >>> mig(np.repeat(factors, 2, axis=1), factors)  # each factor twice
        0.0

    Reference:
        Chen et al. 2018, Isolating Sources of Disentanglement in VAEs, equation 6;
        mutual information from histograms as in Locatello et al. 2019.
    """
    codes, levels = codes_and_levels("mig", codes, factors, latents=2)
    return float(gaps(known_share(codes, levels, bins)).mean())


def known_share(codes, levels, bins=None):
    """Returns how much each latent knows of each factor, I(z_j; v_k) / H(v_k).

    Args:
        codes: float array (N, d).
        levels: int array (N, K), levels >= 0.
        bins: as in `mig`.

    Returns:
        Float64 array (d, K), from 0 to 1.

    Example:
        >>> levels = np.array([[0], [0], [1], [1]])
        >>> known_share(np.array([[0.0, 1], [0, 2], [1, 1], [1, 2]]), levels).tolist()
        [[1.0], [0.0]]
    """
    entropies = np.array([entropy(np.bincount(column)) for column in levels.T])
    return mutual_information(codes, levels, bins) / entropies


def mutual_information(codes, levels, bins=None):
    """Returns the mutual information of each latent and each factor, in nats.

    Args:
        codes: float array (N, d).
        levels: int array (N, K), levels >= 0.
        bins: as in `mig`.

    Returns:
        Float64 array (d, K). With few rows it is too large, by about (bins - 1)
        (levels - 1) / (2 N) nats; a gap is so only by what differs between latents.

    Example:
        >>> levels = np.array([[0], [0], [1], [1]])
        >>> codes = np.array([[0.0, 1.0], [0.0, 2.0], [1.0, 1.0], [1.0, 2.0]])
        >>> mutual_information(codes, levels).round(3).tolist()  # log 2, and nothing
        [[0.693], [0.0]]
    """
    most = int(levels.max()) + 1
    bins = max(BINS, most) if bins is None else bins
    expect_count("bins", bins, 2)
    low, high = codes.min(axis=0), codes.max(axis=0)
    width = np.where(high > low, high - low, 1.0)
    binned = np.minimum((codes - low) / width * bins, bins - 1).astype("int64")
    tables = (
        np.bincount(latent * most + factor, minlength=bins * most).reshape(bins, most)
        for latent in binned.T
        for factor in levels.T
    )
    found = [mutual_info_score(None, None, contingency=table) for table in tables]
    return np.reshape(found, (codes.shape[1], levels.shape[1]))


def gaps(scores):
    """Returns the best score of each factor minus the next, (K,), of scores (d, K)."""
    ordered = np.sort(scores, axis=0)
    return ordered[-1] - ordered[-2]
