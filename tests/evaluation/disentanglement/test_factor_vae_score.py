import numpy as np
import pytest

from kvae.evaluation.disentanglement.factor_vae_score import factor_vae_score


def test_three_bounds(factors, random_codes):
    assert factor_vae_score(factors, factors) >= 0.95
    assert np.abs(factor_vae_score(random_codes, factors)) <= 0.1
    assert factor_vae_score(np.repeat(factors, 2, axis=1), factors) >= 0.95


def test_the_plain_form_starts_at_one_over_the_factors(factors, random_codes):
    plain = factor_vae_score(random_codes, factors, adjusted=False)
    assert plain == pytest.approx(1 / 4, abs=0.075)
    adjusted = factor_vae_score(random_codes, factors)
    assert adjusted == pytest.approx((plain - 1 / 4) / (3 / 4))


def test_few_rows_are_not_learned_by_heart():
    """Sets of 12 rows differ by chance; votes are judged on rows of their own."""
    factors = np.random.default_rng(0).integers(16, size=(400, 3))
    codes = np.random.default_rng(1).normal(size=(400, 10))
    scores = [factor_vae_score(codes, factors, seed=seed) for seed in range(5)]
    assert np.abs(np.mean(scores)) < 0.1


def test_two_factors_in_one_latent_are_half_right():
    """Two of three factors share a latent, and no other knows of them: 2/3 at most."""
    factors = np.stack(np.indices((4, 4, 4, 20)), -1).reshape(-1, 4)[:, :3]
    z = np.stack([factors[:, 0], 4 * factors[:, 1] + factors[:, 2]], axis=1)
    assert factor_vae_score(z, factors, adjusted=False) == pytest.approx(2 / 3, abs=0.1)


@pytest.mark.parametrize("argument", ["sets", "rows"])
def test_counts_are_checked(factors, argument):
    with pytest.raises(ValueError, match=f"{argument} of factor_vae_score"):
        factor_vae_score(factors, factors, **{argument: 1})
