import numpy as np
import pytest
from scipy import stats

from kvae.verdicts.held_out import compare_held_out


def guesses(true, rates, repeats=3, seed=0):
    """Labels of methods that are right at these rates, (M, R, N)."""
    stream = np.random.default_rng(seed)
    shape = (len(rates), repeats, len(true))
    right = stream.random(shape) < np.array(rates)[:, None, None]
    return np.where(right, true, 1 - true)


def test_for_accuracy_and_one_repeat_it_is_the_paired_t_interval():
    true = np.arange(50) % 2
    predicted = guesses(true, (0.6, 0.9), repeats=1)
    hits = (predicted[:, 0] == true).astype(float)
    difference = hits[1] - hits[0]
    error = stats.sem(difference)
    half = error * stats.t.ppf(0.975, 49)
    table = compare_held_out(true, predicted, ["none", "b"], scoring="accuracy")
    row = table.loc["b"]
    np.testing.assert_allclose(row["difference"], difference.mean())
    np.testing.assert_allclose(row["difference_high"] - row["difference"], half)
    assert row["runs"] == 50


def test_more_repeats_do_not_make_few_rows_many():
    true = np.arange(40) % 2
    few = guesses(true, (0.7, 0.8), repeats=2)
    table = compare_held_out(true, few, ["none", "b"])
    many = compare_held_out(true, np.tile(few, (1, 20, 1)), ["none", "b"])
    width, narrower = (
        t.loc["b", "difference_high"] - t.loc["b", "difference_low"]
        for t in (table, many)
    )
    assert 0.7 * width < narrower <= width + 1e-12


def test_under_the_null_the_interval_holds():
    true = np.arange(60) % 2
    low = [
        compare_held_out(
            true, guesses(true, (0.7, 0.7), repeats=1, seed=seed), ["a", "b"]
        ).loc["b", "difference_low"]
        for seed in range(300)
    ]
    assert 0 < np.mean(np.array(low) > 0) < 0.05  # nominal: 0.025, of 300


def in_parts(num_rows, folds):
    return np.arange(num_rows)[None] * folds // num_rows


@pytest.mark.parametrize("repeats", [1, 2, 3])
@pytest.mark.parametrize("num_rows", [60, 1000])
def test_under_the_null_it_holds_though_a_part_shares_one_trained_model(
    num_rows, repeats
):
    true = np.arange(num_rows) % 2
    part = np.tile(in_parts(num_rows, 5), (repeats, 1))
    outside, ignoring = [], []
    ways = [(outside, part), (ignoring, None)]
    for seed in range(200):
        stream = np.random.default_rng(seed)
        rates = 0.7 + 0.12 * stream.normal(size=(2, repeats, 5))  # of each model
        right = stream.random((2, repeats, num_rows)) < rates[:, :, part[0]]
        predicted = np.where(right, true, 1 - true)
        for wrong, known_part in ways if num_rows == 1000 else ways[:1]:
            table = compare_held_out(true, predicted, ["a", "b"], part=known_part)
            row = table.loc["b"]
            wrong.append(row["difference_low"] > 0 or row["difference_high"] < 0)
    # Nominal 0.05. Models of one method differ far more here than trained ones do, and
    # few parts tell little about it: 0.05 to 0.07 over 1,500 runs each.
    assert np.mean(outside) < 0.11
    if num_rows == 1000:
        assert np.mean(ignoring) > 0.1


def test_rows_on_which_methods_agree_are_no_proof_that_they_always_do():
    widths = []
    for num_rows in (12, 100, 1000):
        true = np.arange(num_rows) % 2
        alike = np.stack([[true], [true]])
        row = compare_held_out(true, alike, ["a", "b"]).loc["b"]
        assert row["difference"] == 0
        assert row["p"] == 1
        widths.append(row["difference_high"])
    assert widths[0] > 0.1  # 12 rows of 12 alike: up to 22 % may differ
    assert 0.01 < widths[1] < 0.03
    assert widths[2] < 0.003


@pytest.mark.parametrize("bad", [0, 1, 95, float("nan"), "95%"])
def test_confidence_is_a_share(bad):
    true = np.arange(20) % 2
    with pytest.raises(ValueError, match="such as 0.95"):
        compare_held_out(true, guesses(true, (0.5, 0.9)), ["a", "b"], confidence=bad)


def test_takes_a_function_and_refuses_what_does_not_fit():
    true = np.arange(20) % 2
    predicted = guesses(true, (0.5, 0.9))

    def recall(true, predicted):
        return (predicted[true == 1] == 1).mean()

    table = compare_held_out(true, predicted, ["a", "b"], scoring=recall)
    np.testing.assert_allclose(
        table.loc["a", "mean"], (predicted[0][:, true == 1] == 1).mean()
    )
    with pytest.raises(ValueError, match=r"\(M, R, N\)"):
        compare_held_out(true, predicted, ["a"])
    with pytest.raises(ValueError, match="scoring"):
        compare_held_out(true, predicted, ["a", "b"], scoring="beauty")
