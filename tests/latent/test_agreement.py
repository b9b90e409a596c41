import numpy as np
import pytest

from kvae.latent import LatentCodes, neighbours, spread
from kvae.latent.agreement import combine, doubt, refine, relabel


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
    second = refine(graph, label, reached, probability=probability)
    kept = second.label >= 0
    right = np.mean(second.label[kept] == truth[kept])
    assert right > np.mean(reached.label == truth)
    assert right > np.mean(probability.argmax(axis=1) == truth)
    assert kept.mean() > 0.6


def test_labelled_rows_keep_their_label_whatever_the_classifier_says():
    z, _, label, probability = overlapping()
    graph = neighbours(z, k=8)
    reached = spread(*graph, label, 2)
    second = refine(graph, label, reached, probability=probability[:, ::-1])
    given = label >= 0
    np.testing.assert_array_equal(second.label[given], label[given])
    assert (second.uncertainty[given] == 0).all()


def test_relabelled_codes_are_those_that_a_label_reached():
    z, _, label, probability = overlapping()
    graph = neighbours(z, k=8)
    second = refine(graph, label, spread(*graph, label, 2), probability=probability)
    codes = LatentCodes(z, np.zeros_like(z), label, row_id=np.arange(100, 100 + len(z)))
    codes = relabel(codes, second)
    np.testing.assert_array_equal(codes.row_id - 100, np.flatnonzero(second.label >= 0))
    np.testing.assert_array_equal(codes.label, second.label[codes.row_id - 100])
    assert codes.uncertainty.max() <= 1


@pytest.mark.parametrize("seed", range(5))
def test_keeping_all_changes_only_rows_that_would_be_dropped(seed):
    z, _, label, probability = overlapping(seed=seed)
    graph = neighbours(z, k=8)
    reached = spread(*graph, label, 2)
    some = refine(graph, label, reached, probability=probability)
    every = refine(graph, label, reached, probability=probability, keep_all=True)
    kept = some.label >= 0
    assert 0 < np.sum(~kept)
    assert (every.label >= 0).all()
    np.testing.assert_array_equal(every.label[kept], some.label[kept])
    np.testing.assert_array_equal(every.uncertainty[kept], some.uncertainty[kept])
    assert (every.label[~kept] != probability.argmax(axis=1)[~kept]).all()


@pytest.mark.parametrize("seed", range(5))
def test_both_combined_are_right_more_often_than_graph_or_classifier(seed):
    z, truth, label, probability = overlapping(seed=seed)
    reached = spread(*neighbours(z, k=8), label, 2)
    both = combine(label, reached, probability)
    right = np.mean(both.label == truth)
    assert right > np.mean(reached.label == truth)
    assert right > np.mean(probability.argmax(axis=1) == truth)
    given = label >= 0
    np.testing.assert_array_equal(both.label[given], label[given])
    assert (both.uncertainty[given] == 0).all()
    assert ((both.uncertainty >= 0) & (both.uncertainty <= 1)).all()
    np.testing.assert_allclose(both.probability.sum(axis=1), 1)


def test_a_row_that_no_label_reached_gets_the_classifiers():
    apart = [[0.0], [0.1], [50.0], [50.1]]
    label = [0, -1, -1, -1]
    reached = spread(*neighbours(apart, k=1), label, 2)
    assert reached.label[3] == -1
    probability = np.array([[1, 0], [1, 0], [0.2, 0.8], [0.1, 0.9]])
    np.testing.assert_array_equal(
        combine(label, reached, probability).label, [0, 0, 1, 1]
    )


def test_doubted_rows_weigh_more_and_sure_ones_something():
    weight = doubt([[0.5, 0.5], [0.9, 0.1], [0.0, 1.0]], least=0.1)
    np.testing.assert_allclose(weight, [0.6, 0.2, 0.1])


def test_relabelled_codes_keep_the_weights_of_their_rows():
    z, _, label, probability = overlapping()
    graph = neighbours(z, k=8)
    second = refine(graph, label, spread(*graph, label, 2), probability=probability)
    codes = LatentCodes(z, np.zeros_like(z), label, row_id=np.arange(len(z)))
    weight = doubt(probability)
    codes = relabel(codes, second, weight)
    np.testing.assert_array_equal(codes.weight, weight[codes.row_id])


def test_refuses_a_share_of_nothing_and_other_lengths():
    z, _, label, probability = overlapping()
    graph = neighbours(z, k=8)
    reached = spread(*graph, label, 2)
    with pytest.raises(ValueError, match="share of refine"):
        refine(graph, label, reached, probability=probability, share=0)
    with pytest.raises(ValueError, match=r"refine expects .* \(300, 2\)"):
        refine(graph, label, reached, probability=probability[:5])
    with pytest.raises(ValueError, match=r"combine expects .* \(300, 2\)"):
        combine(label, reached, probability[:5])


@pytest.mark.parametrize("bad", [[[3.0, -4.0]], [[0.5, 0.1]], [[np.nan, 1.0]]])
def test_refuses_logits_and_holes(bad):
    graph = neighbours([[0.0], [1.0]], k=1)
    reached = spread(*graph, [0, -1], 2)
    bad = np.repeat(bad, 2, axis=0)
    for use in (
        lambda: refine(graph, [0, -1], reached, probability=bad),
        lambda: combine([0, -1], reached, probability=bad),
        lambda: doubt(bad),
    ):
        with pytest.raises(ValueError, match="expects (probabilities|finite)"):
            use()
