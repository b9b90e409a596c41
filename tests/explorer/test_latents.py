"""Latents as controls."""

import numpy as np
import pytest

from kvae.evaluation.disentanglement.active_units import active_units
from kvae.explorer.latents import between, by_activity, reach


def test_the_most_active_come_first_and_are_counted_as_elsewhere():
    z = np.random.default_rng(0).normal(size=(200, 4)) * [0.01, 2.0, 0.5, 0.0]
    order, active = by_activity(z)
    assert order[:2].tolist() == [1, 2]
    assert sorted(order) == [0, 1, 2, 3]
    assert active == active_units(z)


def test_sliders_reach_every_code():
    assert reach(np.array([[0.1]])) == (-3, 3)
    assert reach(np.array([[-7.5, 2.0]])) == (-8, 8)
    assert reach(np.array([[1e9]])) == (-100, 100)


def test_a_strip_goes_straight_from_one_end_to_the_other():
    start, end = np.array([0.0, 2.0]), np.array([4.0, -2.0])
    line = between(start, end, 5)
    for i, share in enumerate((0, 0.25, 0.5, 0.75, 1)):
        np.testing.assert_allclose(line[i], start + share * (end - start))
    with pytest.raises(ValueError, match="steps of between"):
        between(start, end, 1)
