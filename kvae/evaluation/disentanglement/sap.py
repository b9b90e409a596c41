"""SAP: how much better one latent tells the levels of a factor than the next."""

import numpy as np
from sklearn.tree import DecisionTreeClassifier

from kvae.evaluation.disentanglement.chance import mean_recall
from kvae.evaluation.disentanglement.known_factors import codes_and_levels, halves
from kvae.evaluation.disentanglement.mig import gaps


def sap(codes, factors, adjusted=True, seed=0):
    """Returns the separated attribute predictability, from 0 to 1.

    SAP = mean over k of S_best,k - S_next,k, where S_jk says how well latent z_j alone
    tells the levels of factor v_k: thresholds on z_j, as many as tell all levels apart,
    are learned from half of the rows, and S_jk is the mean over levels of the share
    told right among the other half.

    Args:
        codes: float array (N, d), d >= 2.
        factors: known factors (N, K), see `as_levels`.
        adjusted: bool. In the published form S is 1 / levels by chance, so that a
            perfect code has a gap of 1 - 1 / levels: 0.5 for two levels. Adjusted, S
            goes from 0 by chance to 1. A random code has no gap in either.
        seed: int, of the halves.

    Returns:
        Float.

    Raises:
        ValueError: for fewer than two latents or four rows, codes that are not finite,
            missing or constant factors, and shapes that do not fit.

    Example:
        >>> factors = np.tile([[0, 0], [0, 1], [1, 0], [1, 1]], (500, 1))
        >>> [round(sap(factors, factors, adjusted), 1) for adjusted in (True, False)]
        [1.0, 0.5]

    Reference:
        Kumar, Sattigeri and Balakrishnan 2018, Variational Inference of Disentangled
        Latent Concepts from Unlabeled Observations, section 3. (Locatello et al. 2019
        tell levels by a linear SVM instead, which cannot tell those in the middle.)
    """
    codes, levels = codes_and_levels("sap", codes, factors, latents=2)
    learned, judged = halves("sap", len(codes), seed)
    scores = np.zeros((codes.shape[1], levels.shape[1]))
    for k, factor in enumerate(levels.T):
        leaves = max(2, len(np.unique(factor[learned])))
        for j in range(codes.shape[1]):
            tree = DecisionTreeClassifier(
                max_leaf_nodes=leaves, class_weight="balanced", random_state=0
            )
            told = tree.fit(codes[learned, j : j + 1], factor[learned]).predict(
                codes[judged, j : j + 1]
            )
            scores[j, k] = mean_recall(factor[judged], told, adjusted=adjusted)
    return float(gaps(scores).mean())
