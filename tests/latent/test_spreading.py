import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse
from scipy.sparse import linalg

from kvae.latent import neighbours, spread
from kvae.latent.spreading import _affinity

FAR = 1e3


def blobs(sizes, seed=0):
    """Clusters of these sizes that no edge joins, and which one a row is of."""
    stream = np.random.default_rng(seed)
    cluster = np.repeat(np.arange(len(sizes)), sizes)
    return stream.normal(size=(len(cluster), 3)) + FAR * cluster[:, None], cluster


def some_labelled(cluster, rows):
    label = np.full(len(cluster), -1)
    label[rows] = cluster[rows]
    return label


def closed_form(indices, distances, label, num_classes, alpha, sharpness):
    """F = (1 - alpha) (I - alpha S)^-1 Y, dense."""
    n = len(indices)
    w = np.zeros((n, n))
    for i in range(n):
        for j, d in zip(indices[i], distances[i], strict=True):
            scale = distances[i].max() * distances[j].max()
            w[i, j] = max(np.exp(-sharpness * d**2 / scale), 1e-6)
    w = w + w.T
    degree = w.sum(axis=1)
    s = w / np.sqrt(degree[:, None] * degree)
    y = np.eye(num_classes)[label] * (label >= 0)[:, None]
    return (1 - alpha) * np.linalg.solve(np.eye(n) - alpha * s, y)


def normalised(f):
    return f / f.sum(axis=1, keepdims=True)


@pytest.mark.parametrize("alpha", [0.3, 0.9, 0.99, 0.999])
@pytest.mark.parametrize("sharpness", [0.0, 4.0])
def test_equals_the_closed_form(alpha, sharpness):
    z = np.random.default_rng(0).normal(size=(120, 3))
    graph = neighbours(z, k=6)
    label = some_labelled(np.arange(120) % 3, np.arange(9))
    expected = normalised(
        closed_form(*graph, label, 3, alpha=alpha, sharpness=sharpness)
    )
    rows = slice(9, None)  # the labelled ones keep their label
    result = spread(*graph, label, 3, alpha=alpha, prior=None, sharpness=sharpness)
    np.testing.assert_allclose(result.probability[rows], expected[rows], atol=1e-5)
    balanced = spread(*graph, label, 3, alpha=alpha, trust=0.5, sharpness=sharpness)
    weighed = normalised(expected / expected.sum(axis=0))
    np.testing.assert_allclose(balanced.probability, weighed, atol=1e-5)
    told = spread(
        *graph, label, 3, alpha=alpha, prior=(2, 1, 1), trust=0.5, sharpness=sharpness
    )
    weighed = normalised(expected / expected.sum(axis=0) * (0.5, 0.25, 0.25))
    np.testing.assert_allclose(told.probability, weighed, atol=1e-5)


@pytest.mark.parametrize(("dimensions", "alpha"), [(1, 0.99), (1, 0.5), (2, 0.9)])
def test_labels_go_however_far_the_graph_does(dimensions, alpha):
    # Hundreds of steps from end to end: what arrives is far below any tolerance.
    z = np.random.default_rng(0).normal(size=(2000, dimensions))
    label = np.full(len(z), -1)
    order = np.argsort(z[:, 0])
    label[order[[200, 1800]]] = [0, 1]
    indices, distances = neighbours(z, k=10)
    found = spread(indices, distances, label, num_classes=2, alpha=alpha, prior=None)
    assert (found.label >= 0).all()
    matrix = sparse.eye_array(len(z)) - alpha * _affinity(indices, distances, 4.0)
    exact = linalg.spsolve(
        sparse.csc_array(matrix), np.eye(2)[label] * (label >= 0)[:, None]
    )
    exact /= exact.sum(axis=1, keepdims=True)
    free = label < 0
    np.testing.assert_allclose(found.probability[free], exact[free], atol=0.01)


def test_no_chain_is_too_long():
    # F falls below the smallest number; labels still meet halfway.
    z = np.linspace(0, 1, 4000)[:, None]
    label = np.full(len(z), -1)
    label[[0, -1]] = 0, 1
    found = spread(*neighbours(z, k=2), label, 2, alpha=0.5)
    np.testing.assert_array_equal(found.label, np.repeat([0, 1], 2000))


def test_uncertainty_is_the_entropy_over_log_k():
    graph = neighbours(np.random.default_rng(0).normal(size=(60, 2)), k=5)
    result = spread(*graph, some_labelled(np.arange(60) % 4, np.arange(8)), 4)
    p = np.maximum(result.probability, 1e-300)
    expected = -(p * np.log(p)).sum(axis=1) / np.log(4)
    np.testing.assert_allclose(result.uncertainty, expected, atol=1e-9)


def test_one_labelled_row_names_its_cluster():
    z, cluster = blobs((40, 60, 20))
    result = spread(*neighbours(z), some_labelled(cluster, [0, 40, 100]), 3)
    np.testing.assert_array_equal(result.label, cluster)
    np.testing.assert_allclose(result.uncertainty, 0, atol=1e-6)


def test_a_cluster_without_labelled_row_gets_the_prior_and_no_label():
    z, cluster = blobs((40, 60, 20))
    label = some_labelled(cluster, [0, 40])
    result = spread(*neighbours(z), label, 2, prior=(3, 1))
    np.testing.assert_array_equal(result.label, np.where(cluster == 2, -1, cluster))
    np.testing.assert_array_equal(result.uncertainty[cluster == 2], 1)
    np.testing.assert_allclose(
        result.probability[cluster == 2], np.tile([0.75, 0.25], (20, 1))
    )


def test_a_class_without_labelled_row_gets_no_row():
    z, cluster = blobs((40, 60))
    result = spread(*neighbours(z), some_labelled(cluster, [0, 40]), 5)
    np.testing.assert_array_equal(result.label, cluster)
    np.testing.assert_array_equal(result.probability[:, 2:], 0)


def test_without_unlabelled_rows_labels_are_the_given_ones():
    label = np.random.default_rng(0).integers(0, 3, 50)
    graph = neighbours(np.random.default_rng(1).normal(size=(50, 2)))
    result = spread(*graph, label, 3)
    np.testing.assert_array_equal(result.label, label)
    np.testing.assert_array_equal(result.probability, np.eye(3)[label])
    np.testing.assert_array_equal(result.uncertainty, 0)


def test_a_class_may_have_no_unlabelled_rows():
    z, cluster = blobs((4, 60))
    label = some_labelled(cluster, [0, 1, 2, 3, 4])
    np.testing.assert_array_equal(spread(*neighbours(z, 3), label, 2).label, cluster)


@pytest.mark.parametrize("n", [1, 2, 3])
def test_few_rows(n):
    label = np.array([0, 1, -1])[:n]
    result = spread(*neighbours(np.arange(float(n))[:, None]), label, 2)
    np.testing.assert_array_equal(result.label, [0, 1, 1][:n])


def test_a_trusted_row_keeps_a_wrong_label_and_a_doubted_one_loses_it():
    z, cluster = blobs((40, 60))
    label = some_labelled(cluster, np.r_[0:10, 40:50])
    label[5] = 1
    assert spread(*neighbours(z), label, 2).label[5] == 1
    trust = np.where(np.arange(100) == 5, 0.2, 1)
    result = spread(*neighbours(z), label, 2, alpha=0.9, trust=trust)
    np.testing.assert_array_equal(result.label, cluster)


def test_no_trust_is_no_label():
    graph = neighbours(np.random.default_rng(0).normal(size=(60, 2)))
    label = some_labelled(np.arange(60) % 2, np.arange(8))
    fewer = np.where(np.arange(60) < 4, label, -1)
    doubted = spread(*graph, label, 2, trust=np.where(np.arange(60) < 4, 1.0, 0.0))
    np.testing.assert_allclose(
        doubted.probability, spread(*graph, fewer, 2).probability
    )


def test_many_duplicates_and_a_far_row_still_hear_of_labels():
    z = np.r_[np.zeros((30, 2)), np.random.default_rng(0).normal(size=(30, 2))]
    z = np.r_[z, [[1e4, 1e4]]]
    label = some_labelled(np.arange(61) % 2, [58, 59])
    result = spread(*neighbours(z, 5), label, 2)
    assert result.label[60] >= 0  # in a graph of few distances all weights are finite
    assert np.isfinite(result.probability).all()


@settings(deadline=None)
@given(
    seed=st.integers(0, 10**6),
    n=st.integers(1, 40),
    k=st.integers(1, 12),
    alpha=st.sampled_from([0, 0.5, 0.99]),
    prior=st.sampled_from(["balanced", None, (0.0, 1.0, 0.0), (0.7, 0.2, 0.1)]),
    trust=st.sampled_from([0.0, 0.5, 1.0]),
)
def test_rows_are_probabilities_whatever_the_graph(seed, n, k, alpha, prior, trust):
    stream = np.random.default_rng(seed)
    z = stream.integers(0, 5, (n, 2)) * stream.choice([1e-30, 1.0, 1e15])
    label = stream.integers(-1, 3, n)
    label[0] = 2
    result = spread(*neighbours(z, k), label, 3, alpha, prior, trust)
    np.testing.assert_allclose(result.probability.sum(axis=1), 1)
    assert (result.probability >= 0).all()
    assert ((result.uncertainty >= 0) & (result.uncertainty <= 1)).all()
    if trust == 1:
        np.testing.assert_array_equal(result.label[label >= 0], label[label >= 0])


def test_the_order_of_rows_does_not_matter():
    z = np.random.default_rng(0).normal(size=(200, 3))
    label = some_labelled(np.arange(200) % 3, np.arange(9))
    order = np.random.default_rng(1).permutation(200)
    first = spread(*neighbours(z), label, 3)
    moved = spread(*neighbours(z[order]), label[order], 3)
    np.testing.assert_allclose(moved.probability, first.probability[order], atol=1e-6)


def test_missing_labels_are_unlabelled():
    graph = neighbours(np.arange(6.0)[:, None], 2)
    first = spread(*graph, [0, -1, -1, -1, -1, 1], 2)
    again = spread(*graph, [0, None, np.nan, None, None, 1], 2)
    np.testing.assert_array_equal(first.probability, again.probability)


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"label": [-1] * 6}, "at least one labelled row.*6 rows, all unlabelled"),
        ({"label": [0, 1, 2, -1, -1, -1]}, r"from 0 to 1.*Received: 2.*num_classes"),
        ({"label": [0, 1]}, r"one label per row, shape \(N,\) = \(6,\)"),
        ({"distances": np.zeros((6, 3))}, r"\(N, k\) = \(6, 2\).*shape=\(6, 3\)"),
        ({"alpha": 1.0}, "alpha of spread expects a number below 1"),
        ({"alpha": -0.1}, "alpha of spread expects a finite number >= 0"),
        ({"sharpness": -1}, "sharpness of spread"),
        ({"prior": "even"}, "'balanced', None, or 2 shares.*Received: 'even'"),
        ({"prior": (1, 2, 3)}, "'balanced', None, or 2 shares"),
        ({"prior": (0, 0)}, "not all 0"),
        ({"trust": 2.0}, "from 0 to 1 for labelled rows. Received: 2.0"),
        ({"trust": np.ones(3)}, r"one for each row, shape \(N,\) = \(6,\)"),
    ],
)
def test_refuses_what_cannot_be_spread(changed, message):
    indices, distances = neighbours(np.arange(6.0)[:, None], 2)
    arguments = {"distances": distances, "label": [0, -1, -1, -1, -1, 1], **changed}
    with pytest.raises(ValueError, match=message):
        spread(indices, num_classes=2, **arguments)
