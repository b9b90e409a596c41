import numpy as np
import pytest

from kvae.evaluation.disentanglement.mig import (
    gaps,
    known_share,
    mig,
    mutual_information,
)

LOG2 = np.log(2)


def test_three_bounds(factors, random_codes):
    assert mig(factors, factors) >= 0.95
    assert 0 <= mig(random_codes, factors) <= 0.1
    assert mig(np.repeat(factors, 2, axis=1), factors) == 0


def test_agrees_with_a_hand_computation():
    # z_0 is v_0 with one row of four wrong on either side, z_1 is v_1.
    v = np.array([[0, 0, 0, 0, 1, 1, 1, 1], [0, 1, 0, 1, 0, 1, 0, 1]]).T
    z = np.array([[0, 0, 0, 1, 1, 1, 1, 0], [0, 1, 0, 1, 0, 1, 0, 1]]).T
    # I(z_0; v_0) = 6/8 log(3/8 / (1/4)) + 2/8 log(1/8 / (1/4)), in nats.
    known = 0.75 * np.log(1.5) + 0.25 * np.log(0.5)
    expected = [[known, 0], [0, LOG2]]
    np.testing.assert_allclose(mutual_information(z, v), expected, atol=1e-12)
    assert mig(z, v) == pytest.approx((known / LOG2 + 1) / 2)
    np.testing.assert_allclose(known_share(z, v), [[known / LOG2, 0], [0, 1]])
    # A third latent that knows as much of v_1 closes its gap.
    both = np.column_stack([z, 1 - z[:, 1]])
    assert mig(both, v) == pytest.approx(known / LOG2 / 2)


def test_bins_have_equal_width_and_hold_their_ends():
    codes = np.array([[0.0, 0.0], [4.9, 1.0], [5.1, 0.0], [10.0, 1.0]])
    levels = np.array([[0], [0], [1], [1]])
    np.testing.assert_allclose(
        mutual_information(codes, levels, bins=2), [[LOG2], [0]], atol=1e-12
    )
    with pytest.raises(ValueError, match="bins expects a whole number >= 2"):
        mig(codes, levels, bins=1)


def test_a_factor_of_many_levels_gets_as_many_bins():
    factors = np.stack([np.arange(2000) % 45, np.arange(2000) // 45 % 3], axis=1)
    assert mig(factors, factors) >= 0.95
    assert mig(factors, factors, bins=20) < 0.95


def test_a_rotated_code_has_a_small_gap(factors, mixed):
    assert mig(mixed, factors) < 0.1


def test_gaps_are_those_of_the_two_best_latents():
    scores = np.array([[0.1, 0.0], [0.7, 0.5], [0.4, 0.5]])
    np.testing.assert_allclose(gaps(scores), [0.3, 0.0])
