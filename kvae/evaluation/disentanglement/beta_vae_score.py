"""The beta-VAE score: do differences of pairs tell which factor they share?"""

import numpy as np
from sklearn.linear_model import LogisticRegression

from kvae import random
from kvae.checks import expect_count
from kvae.evaluation.disentanglement.chance import above_chance
from kvae.evaluation.disentanglement.fixed_factor import scaled, shared_rows
from kvae.evaluation.disentanglement.known_factors import codes_and_levels, halves


def beta_vae_score(codes, factors, adjusted=True, sets=1000, pairs=64, seed=0):
    """Returns how well a linear classifier names the factor that pairs share.

    A set of pairs shares factor k within each pair, its value differs from pair to
    pair. The mean over the pairs of |z_1 - z_2| is one input of logistic regression, k
    its class; the score is the share of further sets, from rows that were not used
    before, that it names right.

    Args:
        codes: float array (N, d); each latent is divided by its standard deviation, so
            that its unit does not matter.
        factors: known factors (N, K), K >= 2, see `as_levels`.
        adjusted: bool, whether the score is 0 by chance; in the published form chance
            gives 1 / K.
        sets: int, sets to learn from, and as many to judge.
        pairs: int, pairs of a set.
        seed: int.

    Returns:
        Float; adjusted it may be a little below 0. It is generous: K - 1 factors in
        latents of their own are enough for 1, as are factors in several latents each.

    Raises:
        ValueError: for fewer than two factors, too few rows to share values, codes that
            are not finite, missing or constant factors, and shapes that do not fit.

    Example:
        >>> factors = np.random.default_rng(0).integers(3, size=(500, 2))
        >>> beta_vae_score(factors, factors)
        1.0

    Reference:
        Higgins et al. 2017, beta-VAE, section 3 (their pairs are rendered anew; these
        are taken from the rows).
    """
    who = "beta_vae_score"
    codes, levels = codes_and_levels(who, codes, factors)
    num_factors = levels.shape[1]
    expect_count(f"factors of {who}", num_factors, 2)
    expect_count(f"sets of {who}", sets, num_factors)
    expect_count(f"pairs of {who}", pairs, 1)
    codes = scaled(codes)
    chance = 1 / num_factors
    if not codes.shape[1]:  # no latent varies: no differences
        return 0.0 if adjusted else chance
    # Equally many sets for each factor, so that chance is 1 / K exactly.
    fixed = np.arange(sets) % num_factors
    stream = random.generator(seed, who)

    def differences(half):
        each = np.repeat(fixed, pairs)
        first, second = shared_rows(who, levels[half], each, size=2, stream=stream).T
        apart = np.abs(codes[half][first] - codes[half][second])
        return apart.reshape(sets, pairs, -1).mean(axis=1)

    learned, judged = map(differences, halves(who, len(codes), seed))
    model = LogisticRegression(C=100.0, max_iter=1000).fit(learned, fixed)
    share = float(model.score(judged, fixed))
    return above_chance(share, chance) if adjusted else share
