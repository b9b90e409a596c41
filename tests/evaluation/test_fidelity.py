"""Each measure against a case whose value is known."""

import numpy as np
import pandas as pd
import pytest

from kvae import VAEOverSampler
from kvae.evaluation.fidelity import (
    association_difference,
    copy_check,
    detection_score,
    precision_recall,
    train_on_synthetic,
)


def normal(n, seed, shift=0.0):
    return np.random.default_rng(seed).normal(size=(n, 3)) + shift


def test_rows_of_one_distribution_cannot_be_told_apart():
    assert 0.35 < detection_score(normal(100, 0), normal(120, 1)) < 0.65
    assert detection_score(normal(100, 0), normal(100, 1, shift=5)) > 0.99


def test_precision_and_recall_have_their_bounds():
    one = precision_recall(normal(300, 0), normal(300, 1))
    assert all(value > 0.8 for value in one.values())
    apart = precision_recall(normal(300, 0), normal(300, 1, shift=20))
    assert set(apart.values()) == {0.0}
    narrow = precision_recall(normal(300, 0), 0.1 * normal(300, 1))
    assert narrow["precision"] == 1.0
    assert narrow["coverage"] < 0.3
    assert narrow["recall"] < 0.3


def test_density_equals_a_loop_over_balls():
    real, new = normal(20, 0), normal(30, 1)
    radius = [np.sort(np.linalg.norm(real - row, axis=1))[3] for row in real]
    balls = [
        np.linalg.norm(new_row - row) <= r
        for new_row in new
        for row, r in zip(real, radius, strict=True)
    ]
    expected = sum(balls) / (3 * 30)
    np.testing.assert_allclose(precision_recall(real, new, k=3)["density"], expected)


def test_shuffled_labels_are_worth_nothing():
    x, y = normal(200, 0), np.arange(200) % 2
    x[:, 0] += 4 * y
    test = normal(100, 1), np.arange(100) % 2
    test[0][:, 0] += 4 * test[1]
    same = train_on_synthetic((x, y), (x, y), test)
    assert same["ratio"] == 1.0
    assert train_on_synthetic((x, y), (x, y[::-1]), test)["ratio"] < 0.2


def test_associations_of_every_kind_of_pair_are_compared():
    stream = np.random.default_rng(0)
    level = stream.choice(list("ab"), 500)
    number = stream.normal(size=500) + 10 * (level == "a")
    real = pd.DataFrame({"n": number, "m": 2 * number, "l": level, "k": level})
    independent = real.apply(lambda column: stream.permutation(column))
    mean, table = association_difference(real, independent)
    assert mean > 0.85
    np.testing.assert_allclose(table.loc["n", "m"], -1, atol=0.1)
    np.testing.assert_allclose(table.loc["k", "l"], -1, atol=0.1)
    assert association_difference(real, real)[0] == 0.0


def test_dates_count_as_numbers_and_names_do_not_count():
    days = pd.date_range("2020-01-01", periods=1500)
    real = pd.DataFrame({"n": np.arange(1500.0), "d": days, "a": days.astype(str)})
    mean, table = association_difference(
        real.assign(b=real["a"] + "!"), real.assign(b=real["a"])
    )
    assert table.loc["n", "d"] == 0.0
    assert np.isnan(table.loc["a", "b"])


def test_copies_are_found_and_listed():
    train, held_out = normal(50, 0), normal(50, 1)
    found = copy_check(train[:20] + 1e-6, train, held_out)
    assert found.copied
    assert found.duplicates["training_row"].tolist() == list(range(20))
    assert "copies its training rows" in found.sentence


def test_rows_of_the_same_distribution_are_no_copies():
    found = copy_check(normal(500, 2), normal(400, 0), normal(100, 1))
    assert not found.copied
    assert 0.4 < found.share < 0.6


def test_blurred_rows_are_no_copies():
    assert not copy_check(0.3 * normal(500, 2), normal(200, 0), normal(200, 1)).copied


def test_too_few_rows_are_refused():
    with pytest.raises(ValueError, match="at least 5 rows"):
        detection_score(normal(4, 0), normal(50, 1))


def two_classes(n, seed):
    """Rows of five related columns, and their class."""
    stream = np.random.default_rng(seed)
    y = np.arange(n) % 2
    hidden = stream.normal(size=(n, 2)) + 2 * y[:, None]
    mix = np.random.default_rng(99).normal(size=(2, 5))
    return hidden @ mix + 0.5 * stream.normal(size=(n, 5)), y


def copy_check_of(n, **kwargs):
    (train, y), (held_out, _) = two_classes(n, 0), two_classes(n, 1)
    sampler = VAEOverSampler(sampling_strategy=100, random_state=0, **kwargs)
    rows, _ = sampler.fit_resample(train, y)
    scale = train.std(axis=0)
    return copy_check(rows[n:] / scale, train / scale, held_out / scale)


@pytest.mark.slow
def test_a_vae_that_overfits_20_rows_is_flagged_and_a_good_one_on_2000_is_not():
    overfitted = copy_check_of(20, beta=0.0, latent_dim=5, steps=3000)
    assert overfitted.copied, overfitted.sentence
    good = copy_check_of(2000)
    assert not good.copied, good.sentence


def test_columns_are_told_apart_by_name():
    real = pd.DataFrame(normal(60, 0) * [1, 10, 100], columns=list("abc"))
    other = pd.DataFrame(normal(60, 1) * [1, 10, 100], columns=list("abc"))
    turned = other[["c", "a", "b"]]
    assert detection_score(real, turned) == detection_score(real, other)
    assert precision_recall(real, turned) == precision_recall(real, other)
    assert association_difference(real, turned)[0] < 0.3
    y = np.arange(60) % 2
    scores = train_on_synthetic((real, y), (turned, y), (turned, y))
    assert scores == train_on_synthetic((real, y), (other, y), (other, y))
    for measure in (detection_score, precision_recall, association_difference):
        with pytest.raises(ValueError, match=r"same columns.* \['b'\]"):
            measure(real, other.drop(columns="b"))
    with pytest.raises(ValueError, match="kvae.preprocessing.Table"):
        detection_score(real.astype(str), other.astype(str))
