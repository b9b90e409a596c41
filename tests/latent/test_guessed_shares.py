import numpy as np
import pytest

from kvae.latent import neighbours, spread
from kvae.latent.guessed_shares import guessed_shares


def clouds(sizes, labelled=5, seed=0):
    y = np.repeat(np.arange(len(sizes)), sizes)
    x = np.random.default_rng(seed).normal(size=(len(y), 4))
    x[:, 0] += 3.0 * y
    label = np.full(len(y), -1)
    for c in range(len(sizes)):
        label[np.flatnonzero(y == c)[:labelled]] = c
    return x, label, y


@pytest.mark.parametrize("sizes", [(200, 200), (300, 150), (100, 100, 100, 60)])
def test_classes_alike_are_balanced(sizes):
    x, label, _ = clouds(sizes)
    assert isinstance(guessed_shares(x, label, len(sizes)), str)


def test_a_rare_class_is_seen_and_labels_are_as_good_as_with_true_shares():
    x, label, y = clouds((20, 40, 700))
    shares = guessed_shares(x, label, 3)
    assert shares.sum() == pytest.approx(1)
    assert shares[2] == pytest.approx(0.92, abs=0.05)
    graph = neighbours(x, 10)
    right = [
        (spread(*graph, label, 3, prior=prior).label == y).mean()
        for prior in ("balanced", shares, np.bincount(y) / len(y))
    ]
    assert right[1] > right[0] + 0.02
    assert right[1] > right[2] - 0.02


def test_nothing_to_guess():
    x, _, y = clouds((10, 10))
    assert guessed_shares(x, y, 2) == "balanced"
    assert guessed_shares(x, np.where(y == 0, 0, -1), 2) == "balanced"


def test_few_labelled_rows_are_not_believed():
    x, label, _ = clouds((20, 400), labelled=4)
    assert guessed_shares(x, label, 2) == "balanced"


def test_the_same_seed_gives_the_same():
    x, label, _ = clouds((20, 400))
    one, other = (guessed_shares(x, label, 2, seed=4) for _ in range(2))
    np.testing.assert_array_equal(one, other)
