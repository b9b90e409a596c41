import numpy as np
import pytest

from kvae.evaluation import disentanglement
from kvae.evaluation.disentanglement import (
    active_units,
    beta_vae_score,
    dci,
    dci_of_importance,
    factor_vae_score,
    mig,
    sap,
)

STREAM = np.random.default_rng(0)
FACTORS = STREAM.integers(0, 5, size=(3000, 3))
SCORES = {
    "mig": mig,
    "sap": sap,
    "factor_vae_score": factor_vae_score,
    "beta_vae_score": beta_vae_score,
    "disentanglement": lambda *arrays: dci(*arrays).disentanglement,
    "completeness": lambda *arrays: dci(*arrays).completeness,
    "informativeness": lambda *arrays: dci(*arrays).informativeness,
}
EACH = pytest.mark.parametrize("name", SCORES)


@EACH
def test_codes_that_are_the_factors_are_perfect(name):
    assert SCORES[name](FACTORS, FACTORS) >= 0.95
    # In another order, units and direction, too, and beside codes that are constant.
    codes = np.column_stack([-7.0 * FACTORS[:, ::-1] + 3.0, np.ones(len(FACTORS))])
    assert SCORES[name](codes, FACTORS) >= 0.95


@EACH
def test_random_codes_are_no_better_than_chance(name):
    codes = STREAM.normal(size=(len(FACTORS), 6))
    assert SCORES[name](codes, FACTORS) <= 0.1


@EACH
def test_constant_codes_say_nothing(name):
    assert SCORES[name](np.zeros((len(FACTORS), 2)), FACTORS) <= 0.1


def test_a_factor_that_two_codes_hold_is_no_gap_and_not_complete():
    twice = np.concatenate([FACTORS, FACTORS], axis=1)
    assert mig(twice, FACTORS) == pytest.approx(0.0, abs=1e-9)
    assert sap(twice, FACTORS) == pytest.approx(0.0, abs=1e-9)
    found = dci(twice, FACTORS)
    assert found.disentanglement > 0.95 and found.informativeness > 0.95
    # Two of six codes, used alike: 1 - log 2 / log 6.
    assert found.completeness == pytest.approx(1 - np.log(2) / np.log(6), abs=0.05)


def test_codes_that_mix_factors_are_not_disentangled():
    factors = FACTORS[:, :2]
    mixed = factors @ np.array([[1, 1], [1, -1]])
    for name in ("mig", "sap", "disentanglement", "completeness"):
        assert SCORES[name](mixed, factors) < 0.3
    assert dci(mixed, factors).informativeness > 0.9


def test_agree_with_a_hand_computation():
    factor, other = [0, 0, 1, 1], [0, 0, 0, 1]
    codes = np.column_stack([factor, other])
    # I(f; f) = log 2; I(f; other) = H(1/4) - H(1/2) / 2 = 0.5623 - 0.3466.
    gap = (np.log(2) - (0.562335 - np.log(2) / 2)) / np.log(2)
    assert mig(codes, factor) == pytest.approx(gap, abs=1e-5)
    # Squared correlations 1 and 1 / 3.
    assert sap(codes, factor) == pytest.approx(2 / 3)
    # Rows of 9 to 1: entropy 0.469 bits. The first code is used as much as the second.
    assert dci_of_importance([[0.9, 0.1], [0.1, 0.9]]) == pytest.approx(
        (0.531, 0.531), abs=1e-3
    )
    # Of three codes one is idle: it counts for nothing, and columns have base 3.
    found = dci_of_importance([[1.0, 0.0], [0.5, 0.5], [0.0, 0.0]])
    column = -(2 / 3 * np.log(2 / 3) + 1 / 3 * np.log(1 / 3)) / np.log(3)
    assert found == pytest.approx((0.5, (1 - column + 1) / 2))


def test_continuous_factors_are_binned():
    factors = STREAM.uniform(size=(3000, 2))
    assert mig(factors, factors) > 0.95
    assert factor_vae_score(factors, factors) > 0.95


def test_rows_that_are_drawn_share_the_factor():
    fixed, drawn = disentanglement._alike(FACTORS, 50, 8, 0, "test")
    for k, rows in zip(fixed, drawn, strict=True):
        assert len(np.unique(FACTORS[rows, k])) == 1
    assert len(np.unique(fixed)) == 3


@pytest.mark.parametrize("score", [dci, factor_vae_score, beta_vae_score])
def test_the_same_seed_gives_the_same(score):
    codes = FACTORS + STREAM.normal(size=FACTORS.shape)
    assert score(codes, FACTORS, seed=3) == score(codes, FACTORS, seed=3)


def test_active_units():
    codes = STREAM.normal(size=(500, 3)) * [1.0, 0.05, 0.2]
    assert active_units(codes) == 2
    with pytest.raises(ValueError, match="active_units"):
        active_units(codes[:, 0])


@pytest.mark.parametrize(
    ("codes", "factors", "message"),
    [
        (np.full((4, 2), np.nan), np.eye(4), "codes of mig expects finite"),
        (np.eye(4), np.full((4, 2), np.inf), "factors of mig expects finite"),
        (np.eye(4), [["a"]] * 4, "factors of mig expects numbers"),
        (np.eye(4), np.eye(3), "factors"),
        (np.zeros(4), np.eye(4), "codes"),
        (np.eye(4), np.ones((4, 1)), "factor 0, which is \\[1.0\\] in every row"),
    ],
)
def test_says_what_is_wrong(codes, factors, message):
    with pytest.raises(ValueError, match=message):
        mig(codes, factors)


@pytest.mark.parametrize("score", [factor_vae_score, beta_vae_score])
def test_one_factor_cannot_be_told_from_others(score):
    with pytest.raises(ValueError, match="whole number >= 2"):
        score(FACTORS, FACTORS[:, 0])
