import numpy as np
import pytest

from kvae.evaluation.disentanglement.sap import sap


def test_three_bounds(factors, random_codes):
    assert sap(factors, factors) >= 0.95
    assert 0 <= sap(random_codes, factors) <= 0.1
    assert sap(np.repeat(factors, 2, axis=1), factors) == 0


def test_the_plain_form_ends_one_over_the_levels_below_one(factors, random_codes):
    expected = np.mean([1 - 1 / n for n in (3, 2, 16, 10)])
    assert sap(factors, factors, adjusted=False) == pytest.approx(expected, abs=0.03)
    assert 0 <= sap(random_codes, factors, adjusted=False) <= 0.1


def test_one_threshold_tells_two_levels_as_often_as_it_can():
    """Best cut of two normal distributions: each is told right with Phi(1) = 0.841."""
    stream = np.random.default_rng(0)
    v = np.arange(20_000) % 2
    z = np.stack([stream.normal(size=20_000) + 2 * v, stream.normal(size=20_000)], 1)
    assert sap(z, v, adjusted=False) == pytest.approx(0.841 - 0.5, abs=0.015)
    assert sap(z, v) == pytest.approx(2 * (0.841 - 0.5), abs=0.03)


def test_levels_count_alike_however_rare_they_are():
    stream = np.random.default_rng(0)
    v = (np.arange(8000) % 20 == 0).astype(int)  # one row in twenty
    z = np.stack([stream.normal(size=8000) + 2 * v, stream.normal(size=8000)], 1)
    assert sap(z, v, adjusted=False) == pytest.approx(0.841 - 0.5, abs=0.05)


def test_a_rotated_code_has_a_small_gap(factors, mixed):
    assert sap(mixed, factors) < 0.1
