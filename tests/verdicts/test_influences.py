import numpy as np
import pytest
from scipy import stats

from kvae.evaluation.scores import score
from kvae.verdicts.influences import row_influences, standard_error

STREAM = np.random.default_rng(0)
TRUE = np.arange(60) % 3


@pytest.mark.parametrize("scoring", [None, "f1_weighted", "balanced_accuracy"])
def test_an_influence_is_what_a_score_loses_without_the_row(scoring):
    predicted = STREAM.integers(4, size=(2, 2, 60))
    scores, influences = row_influences(TRUE, predicted, scoring)
    assert influences.shape == (2, 2, 60)
    if scoring == "balanced_accuracy":
        return
    kept = np.arange(60) != 7
    whole = score(TRUE, predicted[1, 0], 4)["weighted_f1"]
    without = score(TRUE[kept], predicted[1, 0, kept], 4)["weighted_f1"]
    np.testing.assert_allclose(scores[1, 0], whole)
    np.testing.assert_allclose(influences[1, 0, 7], 59 * (whole - without))


def test_a_function_of_labels_gives_what_the_closed_form_gives():
    predicted = STREAM.integers(3, size=(1, 2, 60))
    closed = row_influences(TRUE, predicted)
    by_sklearn = row_influences(TRUE, predicted, "f1_weighted")
    for mine, other in zip(closed, by_sklearn, strict=True):
        np.testing.assert_allclose(mine, other, atol=1e-12)


def test_for_one_repeat_it_is_the_standard_error_of_a_mean():
    influences = STREAM.normal(size=(1, 50))
    error, freedom = standard_error(influences.mean(axis=1), influences)
    np.testing.assert_allclose(error, stats.sem(influences[0]))
    assert freedom == pytest.approx(49)


def test_what_rows_of_a_part_share_widens_it():
    part = np.arange(50)[None] % 5
    shared = STREAM.normal(size=(1, 50)) + 2 * STREAM.normal(size=5)[part]
    alone, _ = standard_error(shared.mean(axis=1), shared)
    error, freedom = standard_error(shared.mean(axis=1), shared, part)
    assert error > 1.5 * alone
    assert 4 <= freedom < 10  # five parts, and little else
    # Sums over parts that differ no more than their rows say widen nothing.
    even = shared - shared.reshape(1, 10, 5).mean(axis=1)[:, part[0]]
    np.testing.assert_allclose(
        standard_error(even.mean(axis=1), even, part),
        standard_error(even.mean(axis=1), even),
    )


def test_repeats_that_differ_more_than_their_rows_widen_it():
    rows = np.tile(STREAM.normal(size=50), (4, 1))
    apart = rows + np.array([[0.5], [-0.5], [0.6], [-0.6]])
    same, _ = standard_error(rows.mean(axis=1), rows)
    error, freedom = standard_error(apart.mean(axis=1), apart)
    assert error > 1.5 * same
    assert 3 <= freedom < 10


def test_one_part_alone_shares_nothing_that_could_be_seen():
    rows = STREAM.normal(size=(1, 20))
    part = np.zeros((1, 20), int)
    assert standard_error(rows.mean(axis=1), rows, part) == standard_error(
        rows.mean(axis=1), rows
    )


def test_what_no_repeat_averages_away_is_widened_for_the_overlap_of_parts():
    part = STREAM.permuted(np.tile(np.arange(60) % 5, (4, 1)), axis=1)
    # Rows that are the same in all repeats; no part differs more than its rows.
    rows = np.tile(STREAM.normal(size=60), (4, 1))
    alone, _ = standard_error(rows.mean(axis=1), rows)
    error, _ = standard_error(rows.mean(axis=1), rows, part)
    assert error**2 >= 1.25 * alone**2 * (1 - 1e-12)
    # What is drawn anew in each repeat is averaged away, and is not widened.
    errors = []
    for _ in range(200):
        anew = STREAM.normal(size=(4, 60))
        errors.append(standard_error(anew.mean(axis=1), anew, part)[0] ** 2)
    assert 0.9 < np.mean(errors) * 4 * 60 < 1.25
