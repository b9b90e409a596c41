import numpy as np
import pytest

from kvae.evaluation.disentanglement.dci import (
    completeness,
    dci,
    disentanglement,
)


def test_three_bounds(factors, random_codes):
    assert min(dci(factors, factors)) >= 0.95
    assert max(np.abs(dci(random_codes, factors))) <= 0.1
    twice = dci(np.repeat(factors, 2, axis=1), factors)
    assert twice.disentanglement >= 0.95
    assert twice.informativeness >= 0.95
    # Each factor in two of d = 8 latents: 1 - log 2 / log 8.
    assert twice.completeness == pytest.approx(2 / 3, abs=0.03)


def test_formulas_agree_with_a_hand_computation():
    importance = np.array([[3.0, 1.0], [0.0, 2.0]])
    # In bits: H(3/4, 1/4) = 0.8113, H(1/3, 2/3) = 0.9183; weights 4/6 and 2/6.
    assert disentanglement(importance) == pytest.approx(
        4 / 6 * (1 - 0.8113) + 2 / 6 * 1, abs=1e-4
    )
    assert completeness(importance) == pytest.approx((1 + 1 - 0.9183) / 2, abs=1e-4)
    # Entropies are to base K in one, to base d in the other.
    wide = np.array([[1.0, 1.0, 0.0, 0.0], [0.0, 0.0, 1.0, 1.0]])
    assert disentanglement(wide) == pytest.approx(1 - np.log(2) / np.log(4))
    assert completeness(wide) == 1


def test_a_small_case_agrees_with_a_hand_computation():
    """Latent 0 holds both factors, the others hold noise: D = 0, C = 1."""
    grid = np.tile([[0, 0], [0, 1], [1, 0], [1, 1]], (50, 1))
    z = np.column_stack([2 * grid[:, 0] + grid[:, 1], np.zeros(200)])
    assert dci(z, grid) == pytest.approx((0, 1, 1), abs=1e-9)
    # v_0 twice, v_1 once: C = ((1 - log 2 / log 3) + 1) / 2.
    z = np.column_stack([grid[:, 0], grid[:, 0], grid[:, 1]])
    found = dci(z, grid, trees=400)
    expected = (1, 1 - np.log(2) / np.log(3) / 2, 1)
    assert found == pytest.approx(expected, abs=0.01)


def test_importance_that_is_nowhere_counts_as_nothing():
    assert disentanglement(np.zeros((3, 2))) == completeness(np.zeros((3, 2))) == 0
    # The second factor is in no latent.
    assert completeness(np.array([[1.0, 0.0], [0.0, 0.0]])) == 0.5


def test_the_plain_informativeness_starts_at_one_over_the_levels(factors, random_codes):
    plain = dci(random_codes, factors, adjusted=False)
    expected = np.mean([1 / n for n in (3, 2, 16, 10)])
    assert plain.informativeness == pytest.approx(expected, abs=0.03)
    assert plain[:2] == dci(random_codes, factors)[:2]


def test_a_rotated_code_is_informative_and_entangled(factors, mixed):
    found = dci(mixed, factors)
    assert found.informativeness > 0.5
    assert found.disentanglement < 0.4
    assert found.completeness < 0.4
