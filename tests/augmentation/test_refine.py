import numpy as np
import pytest

from kvae.augmentation.refine import refine, relabel
from kvae.latent import LatentCodes, neighbours, spread


def overlapping(n=150, seed=0):
    """Two clouds that touch; a classifier that errs elsewhere than the graph does."""
    stream = np.random.default_rng(seed)
    truth = np.repeat([0, 1], n)
    z = stream.normal(size=(2 * n, 2)) + 2.2 * truth[:, None]
    label = np.full(2 * n, -1)
    label[[0, 1, n, n + 1]] = truth[[0, 1, n, n + 1]]
    margin = 2.0 * (2.0 * truth - 1) + stream.normal(size=2 * n) * 1.6
    first = 1 / (1 + np.exp(margin))
    return z, truth, label, np.stack([first, 1 - first], axis=1)


@pytest.mark.parametrize("seed", range(5))
def test_is_right_more_often_than_graph_or_classifier(seed):
    z, truth, label, probability = overlapping(seed=seed)
    graph = neighbours(z, k=8)
    reached = spread(*graph, label, 2)
    second = refine(graph, label, reached, probability)
    kept = second.label >= 0
    right = np.mean(second.label[kept] == truth[kept])
    assert right > np.mean(reached.label == truth)
    assert right > np.mean(probability.argmax(axis=1) == truth)
    assert kept.mean() > 0.6


def test_labelled_rows_keep_their_label_whatever_the_classifier_says():
    z, _, label, probability = overlapping()
    graph = neighbours(z, k=8)
    reached = spread(*graph, label, 2)
    second = refine(graph, label, reached, probability[:, ::-1])
    given = label >= 0
    np.testing.assert_array_equal(second.label[given], label[given])
    assert (second.uncertainty[given] == 0).all()


def test_relabelled_codes_are_those_that_a_label_reached():
    z, _, label, probability = overlapping()
    graph = neighbours(z, k=8)
    second = refine(graph, label, spread(*graph, label, 2), probability)
    codes = LatentCodes(z, np.zeros_like(z), label, np.arange(100, 100 + len(z)))
    codes = relabel(codes, second)
    np.testing.assert_array_equal(codes.row_id - 100, np.flatnonzero(second.label >= 0))
    np.testing.assert_array_equal(codes.label, second.label[codes.row_id - 100])
    assert codes.uncertainty.max() <= 1


def test_refuses_a_share_of_nothing_and_other_lengths():
    z, _, label, probability = overlapping()
    graph = neighbours(z, k=8)
    reached = spread(*graph, label, 2)
    with pytest.raises(ValueError, match="share of refine"):
        refine(graph, label, reached, probability, share=0)
    with pytest.raises(ValueError, match=r"refine expects .* \(300, 2\)"):
        refine(graph, label, reached, probability[:5])
