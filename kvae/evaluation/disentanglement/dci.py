"""DCI: disentanglement, completeness, informativeness, by what a forest looks at."""

from typing import NamedTuple

import numpy as np
from scipy.stats import entropy
from sklearn.ensemble import ExtraTreesClassifier

from kvae import random
from kvae.evaluation.disentanglement.chance import mean_recall
from kvae.evaluation.disentanglement.known_factors import codes_and_levels, halves


class DCI(NamedTuple):
    """Disentanglement, completeness, informativeness: floats, 1 is best."""

    disentanglement: float
    completeness: float
    informativeness: float


def dci(codes, factors, adjusted=True, trees=50, seed=0):
    """Returns how latents and factors belong together, by what a forest looks at.

    A forest tells the levels of factor k from the codes; R_jk is how much latent j
    counts there. With P_j = R_j. / sum_k R_jk, and Q_k = R_.k / sum_j R_jk:

    - disentanglement D = sum_j rho_j (1 - H_K(P_j)): does a latent count for one factor
      alone; rho_j is its share of all importance;
    - completeness C = mean over k of 1 - H_d(Q_k): does one latent alone count for a
      factor;
    - informativeness I: the mean over levels, then factors, of the share of rows told
      right among those that the forest has not seen.

    H_b is the entropy to base b. Of a code that holds each factor in two equal latents,
    C is 1 - log 2 / log d.

    Args:
        codes: float array (N, d), d >= 2.
        factors: known factors (N, K), K >= 2, see `as_levels`.
        adjusted: bool, whether I is 0 by chance; in the published form it is about 1 /
            levels. D and C are 0 by chance in both.
        trees: int, of each forest. Half of the rows are learned from.
        seed: int, of halves and forests.

    Returns:
        DCI, three floats.

    Raises:
        ValueError: for fewer than two latents, two factors or four rows, codes that are
            not finite, missing or constant factors, and shapes that do not fit.

    Example:
        >>> factors = np.random.default_rng(0).integers(3, size=(200, 2))
        >>> dci(factors, factors)
        DCI(disentanglement=1.0, completeness=1.0, informativeness=1.0)

    Reference:
        Eastwood and Williams 2018, A Framework for the Quantitative Evaluation of
        Disentangled Representations, section 2. Their forests are random forests;
        these are extremely randomised trees (Geurts et al. 2006), for speed. They
        report I as an error; this is the accuracy, as in Locatello et al. 2019.
    """
    codes, levels = codes_and_levels("dci", codes, factors, latents=2)
    if levels.shape[1] < 2:
        raise ValueError(
            "dci expects at least two known factors: it asks whether a latent tells of "
            "one alone. Received: one."
        )
    learned, judged = halves("dci", len(codes), seed)
    importance, told = [], []
    for k, factor in enumerate(levels.T):
        forest = ExtraTreesClassifier(
            trees,
            max_features=None,  # or latents would count where a better one was not seen
            min_samples_leaf=5,  # smaller leaves are told apart by noise
            bootstrap=True,
            random_state=random.derive(seed, "dci", k),
        )
        forest.fit(codes[learned], factor[learned])
        importance.append(forest.feature_importances_)
        predicted = forest.predict(codes[judged])
        told.append(mean_recall(factor[judged], predicted, adjusted=adjusted))
    importance = np.stack(importance, axis=1)
    return DCI(
        disentanglement(importance), completeness(importance), float(np.mean(told))
    )


def disentanglement(importance):
    """Returns D of importances (d, K); 0 where no latent counts for anything.

    Example:
        >>> disentanglement(np.array([[1, 0], [0, 1], [0, 1]]))
        1.0
        >>> disentanglement(np.array([[1, 1], [0, 0]]))
        0.0
    """
    importance = np.asarray(importance, float)
    total = importance.sum()
    if total == 0:
        return 0.0
    counts = importance.sum(axis=1)
    shares = importance[counts > 0]
    pure = 1 - entropy(shares, base=importance.shape[1], axis=1)
    return float(pure @ counts[counts > 0] / total)


def completeness(importance):
    """Returns C of importances (d, K); a factor for which no latent counts has 0.

    Example:
        >>> completeness(np.array([[1, 1], [0, 0]]))
        1.0
        >>> completeness(np.array([[1, 0], [1, 0], [0, 1], [0, 1]]))
        0.5
    """
    importance = np.asarray(importance, float)
    told = importance[:, importance.sum(axis=0) > 0]
    alone = 1 - entropy(told, base=len(importance), axis=0)
    return float(alone.sum() / importance.shape[1])
