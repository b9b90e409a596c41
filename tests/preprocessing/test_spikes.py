import numpy as np
import pytest

from kvae.preprocessing.spikes import find_spikes

REST = np.linspace(1000, 2000, 20)


def test_the_zeros_of_claims_stand_out():
    spikes, shares = find_spikes(np.append(np.zeros(180), REST))
    assert (spikes, shares) == ((0.0,), (0.9,))


@pytest.mark.parametrize(
    "values",
    [
        np.append(np.zeros(4), REST),  # fewer than 5 rows
        np.append(np.zeros(5), np.arange(1, 200)),  # less than 5 % of the rows
        np.append(np.zeros(9), np.repeat(REST, 2)),  # not 5 times the others
        np.repeat([1.0, 2.0, 3.0], [40, 40, 20]),
        np.zeros(50),
        np.zeros(0),
    ],
)
def test_a_value_that_is_no_more_frequent_than_others_is_no_spike(values):
    assert find_spikes(values) == ((), ())


def test_no_more_than_eight_stand_out_the_most_frequent_in_their_order():
    counts = np.array([6, 12, 11, 10, 9, 8, 7, 13, 14, 15])
    values = np.concatenate([np.repeat(-np.arange(10.0), counts), REST])
    assert find_spikes(values)[0] == (-9, -8, -7, -5, -4, -3, -2, -1)


def test_where_all_others_have_one_value_that_is_a_level_too():
    assert find_spikes(np.repeat([0.0, 7.5], [90, 10])) == ((0, 7.5), (0.9, 0.1))
