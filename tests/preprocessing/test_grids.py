import hypothesis
import hypothesis.strategies as st
import numpy as np
import pytest

from kvae.preprocessing.grids import (
    ROUND_STEPS,
    _steps_above,
    find_grid,
    is_closed,
)

STREAM = np.random.default_rng(0)


@pytest.mark.parametrize(
    ("values", "grid"),
    [
        (4 * np.arange(20.0), (0, 0, 4)),
        (3 + 4 * np.arange(20.0), (0, 3, 4)),
        (np.arange(20) / 2, (1, 0, 5)),
        (np.arange(1, 21) - 0.01, (2, 99, 100)),
        (np.array([10.0, 20, 40, 50]), (0, 10, 10)),
        (np.array([1.0, 5, 9]), (0, 0, 1)),  # may be chance
        (np.array([1.5, 2.25]), (2, 0, 1)),
        (STREAM.normal(size=50), None),
        (np.array([2.0**60, 2.0**61, 2.0**62]), None),
    ],
)
def test_the_step_is_the_largest_that_all_share_unless_that_is_chance(values, grid):
    assert find_grid(values) == grid


@pytest.mark.parametrize(
    ("step", "strays", "grid"),
    [
        (1000, 7, (0, 0, 1000)),
        (1000, 12, None),
        (25, 7, (0, 0, 25)),
        (15, 7, (0, 0, 15)),
        (0.5, 7, (1, 0, 5)),
    ],
)
def test_a_tenth_of_the_rows_may_lie_beside_a_round_grid(step, strays, grid):
    values = step * STREAM.integers(0, 40, 100).astype(float)
    values[:strays] += step * (np.arange(strays) + 1) / np.pi**4
    assert find_grid(values) == grid


@pytest.mark.parametrize("step", [1, 2, 3, 5, 12, 25, 30, 1000])
def test_no_step_that_nine_of_ten_rows_agree_on_is_left_out(step):
    units = np.unique(step * STREAM.integers(0, 900, 300) + 1)
    units[::11] += 1
    counts = STREAM.integers(1, 4, len(units))
    least = 0.9 * counts.sum()
    agree = [
        s
        for s in ROUND_STEPS
        if max(counts[units % s == r].sum() for r in set(units % s)) >= least
    ]
    looked_at = _steps_above(1, units, counts, least)
    assert set(agree) <= set(looked_at) and (step > 1 or not looked_at)


def test_the_mean_that_somebody_filled_in_does_not_hide_whole_numbers():
    values = np.append(STREAM.integers(0, 90, 97), [53 + 1 / 3] * 3)
    assert find_grid(values) == (0, 0, 1)


@hypothesis.given(
    st.lists(st.integers(-(10**6), 10**6), min_size=8, max_size=30, unique=True),
    st.integers(1, 10**4),
    st.integers(0, 3),
)
@hypothesis.settings(deadline=None)
def test_all_values_lie_on_the_grid_that_is_found(places, step, decimals):
    values = np.array(places) * step / 10**decimals
    found, origin, size = find_grid(values)
    units = np.rint(values * 10**found)
    np.testing.assert_array_equal(units / 10**found, values)
    np.testing.assert_array_equal((units - origin) % size, 0)
    assert size / 10**found >= step / 10**decimals or size == 1


def test_a_column_is_closed_where_hardly_a_value_is_there_once():
    assert is_closed(np.repeat([1.0, np.pi, 1000.0], 10))
    assert not is_closed(np.repeat(np.arange(20.0), 2))  # rows that are there twice
    assert not is_closed(np.append(np.repeat(np.arange(10.0), 10), [20, 30, 40]))
