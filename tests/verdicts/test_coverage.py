"""The simulation of `tools.benchmark_verdict`, in its fast form."""

import numpy as np
import pytest

from tools.benchmark_verdict import LEARNERS, coverage, false_alarms, power


@pytest.mark.parametrize("repeats", [1, 3])
@pytest.mark.parametrize("shares", [(0.5, 0.5), (0.6, 0.3, 0.1)])
def test_intervals_cover_what_they_claim_and_are_no_wider_than_that(shares, repeats):
    found = coverage(80, np.array(shares), repeats, simulations=80)
    # 80 tables: three binomial deviations about 0.95, and what is true is estimated.
    assert 0.87 <= found["coverage"] <= 1.0
    assert found["half width"] < 0.75 * found["corrected t: half width"]


def test_intervals_of_trees_lack_little():
    tree = LEARNERS["tree"]
    found = coverage(60, np.ones(2) / 2, repeats=4, simulations=60, learner=tree)
    assert 0.86 <= found["coverage"] <= 1.0


def test_what_is_no_better_is_hardly_ever_recommended_with_all_looks():
    assert false_alarms(60, simulations=100)["recommended"] <= 0.08  # nominal 0.025


def test_a_true_gain_shows_more_often_the_more_repeats_there_are():
    once, often = (
        power(100, gain=0.1, repeats=repeats, simulations=60)["found"]
        for repeats in (1, 10)
    )
    assert often > once + 0.3
