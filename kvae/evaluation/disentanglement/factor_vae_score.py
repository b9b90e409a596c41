"""The FactorVAE score: which latent varies least where a factor is fixed."""

import numpy as np

from kvae import random
from kvae.checks import expect_count
from kvae.evaluation.disentanglement.chance import above_chance
from kvae.evaluation.disentanglement.fixed_factor import scaled, shared_rows
from kvae.evaluation.disentanglement.known_factors import codes_and_levels, halves


def factor_vae_score(codes, factors, adjusted=True, sets=1000, rows=64, seed=0):
    """Returns how often the latent that varies least names the factor that is fixed.

    Of rows that share the value of factor k the latent with the smallest variance, in
    units of its variance over all rows, is a vote (latent, k). The factor that most
    votes of a latent are for is what the latent stands for; the score is the share of
    further votes, from rows that were not used before, that agree.

    A factor that two latents hold equally costs nothing here, other than in `mig`.

    Args:
        codes: float array (N, d).
        factors: known factors (N, K), K >= 2, see `as_levels`.
        adjusted: bool, whether the score is 0 by chance; in the published form chance
            gives 1 / K.
        sets: int, votes to learn from, and as many to judge.
        rows: int, rows of a set.
        seed: int.

    Returns:
        Float; adjusted it may be a little below 0.

    Raises:
        ValueError: for fewer than two factors, too few rows to share values, codes that
            are not finite, missing or constant factors, and shapes that do not fit.

    Example:
        >>> factors = np.random.default_rng(0).integers(3, size=(500, 2))
        >>> factor_vae_score(factors, factors)
        1.0
        >>> factor_vae_score(np.zeros((500, 2)), factors, adjusted=False)  # 1 / K
        0.5

    Reference:
        Kim and Mnih 2018, Disentangling by Factorising, section 4 (their sets are
        rendered anew; these are taken from the rows).
    """
    who = "factor_vae_score"
    codes, levels = codes_and_levels(who, codes, factors)
    num_factors = levels.shape[1]
    expect_count(f"factors of {who}", num_factors, 2)
    expect_count(f"sets of {who}", sets, num_factors)
    expect_count(f"rows of {who}", rows, 2)
    codes = scaled(codes)
    chance = 1 / num_factors
    if not codes.shape[1]:  # no latent varies: no votes
        return 0.0 if adjusted else chance
    # Equally many sets for each factor, so that chance is 1 / K exactly.
    fixed = np.arange(sets) % num_factors
    stream = random.generator(seed, who)

    def votes(half):
        chosen = shared_rows(who, levels[half], fixed, size=rows, stream=stream)
        return codes[half][chosen].var(axis=1).argmin(axis=1)

    learned, judged = map(votes, halves(who, len(codes), seed))
    counts = np.zeros((codes.shape[1], num_factors))
    np.add.at(counts, (learned, fixed), 1)
    share = float(np.mean(counts.argmax(axis=1)[judged] == fixed))
    return above_chance(share, chance) if adjusted else share
