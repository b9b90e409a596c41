import numpy as np
import pytest

from kvae.evaluation.disentanglement.beta_vae_score import beta_vae_score


def test_three_bounds(factors, random_codes):
    assert beta_vae_score(factors, factors) >= 0.95
    assert np.abs(beta_vae_score(random_codes, factors)) <= 0.1
    assert beta_vae_score(np.repeat(factors, 2, axis=1), factors) >= 0.95


def test_the_plain_form_starts_at_one_over_the_factors(factors, random_codes):
    plain = beta_vae_score(random_codes, factors, adjusted=False)
    assert plain == pytest.approx(1 / 4, abs=0.075)
    adjusted = beta_vae_score(random_codes, factors)
    assert adjusted == pytest.approx((plain - 1 / 4) / (3 / 4))


def test_how_many_rows_share_a_value_does_not_tell_the_factor():
    """A row paired with itself would: such pairs are likelier where few rows share."""
    stream = np.random.default_rng(0)
    factors = np.stack([stream.integers(n, size=300) for n in (2, 40)], axis=1)
    codes = stream.normal(size=(300, 4))
    scores = [beta_vae_score(codes, factors, seed=seed) for seed in range(5)]
    assert np.abs(np.mean(scores)) < 0.15


def test_it_is_generous_to_a_factor_that_is_in_no_latent(factors):
    assert beta_vae_score(factors[:, 1:], factors) >= 0.95


@pytest.mark.parametrize("argument", ["sets", "pairs"])
def test_counts_are_checked(factors, argument):
    with pytest.raises(ValueError, match=f"{argument} of beta_vae_score"):
        beta_vae_score(factors, factors, **{argument: 0})
