import numpy as np
import pytest

from kvae.evaluation.disentanglement.fixed_factor import scaled, shared_rows


def test_sets_share_their_factor_and_nothing_else(factors):
    which = np.arange(400) % 4
    stream = np.random.default_rng(0)
    rows = shared_rows("f", factors, which, 64, stream)
    assert rows.shape == (400, 64)
    same = (factors[rows] == factors[rows][:, :1]).all(axis=1)
    np.testing.assert_array_equal(same, np.eye(4, dtype=bool)[which])
    # All values occur, as often as their rows.
    values = factors[rows[:, 0], which][which == 2]
    assert len(np.unique(values)) == 16


def test_no_row_is_paired_with_itself():
    levels = np.array([[0], [0], [1], [1], [1], [2]])
    rows = shared_rows("f", levels, np.zeros(500, int), 2, np.random.default_rng(0))
    pairs = {tuple(sorted(pair)) for pair in rows.tolist()}
    assert pairs == {(0, 1), (2, 3), (2, 4), (3, 4)}  # and row 5 has no other


def test_values_that_no_two_rows_share_are_named():
    with pytest.raises(ValueError, match="f expects rows that share.*of factor 1"):
        shared_rows(
            "f",
            np.array([[0, 0], [0, 1], [0, 2]]),
            np.array([0, 1]),
            2,
            np.random.default_rng(0),
        )


def test_latents_that_do_not_vary_are_left_out():
    codes = np.array([[0.0, 5.0, 1.0], [2.0, 5.0, 9.0]])
    np.testing.assert_allclose(scaled(codes), [[0, 0.25], [2, 2.25]])
