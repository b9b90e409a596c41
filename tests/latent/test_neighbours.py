import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from kvae.latent import neighbours


def all_pairs(z):
    """Distances (N, N) from differences; a row is infinitely far from itself."""
    z = z.astype("float64")
    distances = np.linalg.norm(z[:, None] - z[None], axis=2)
    np.fill_diagonal(distances, np.inf)
    return distances


@pytest.mark.parametrize("d", [1, 3, 20])
def test_equals_a_sort_of_all_pairs(d):
    z = np.random.default_rng(0).normal(size=(300, d)).astype("float32")
    indices, distances = neighbours(z, k=7)
    expected = all_pairs(z)
    np.testing.assert_array_equal(indices, np.argsort(expected, axis=1)[:, :7])
    nearest = np.sort(expected, axis=1)[:, :7]
    np.testing.assert_allclose(distances, nearest, rtol=1e-5)
    assert distances.dtype == "float32"


@settings(deadline=None)
@given(
    z=arrays("float32", st.tuples(st.integers(2, 30), st.integers(1, 3)),
             elements=st.sampled_from([0.0, 1.0, 1000.0, 1000.5])),
    k=st.integers(1, 40),
)  # fmt: skip
def test_duplicates_are_neighbours_and_a_row_is_not_its_own(z, k):
    indices, distances = neighbours(z, k)
    k = min(k, len(z) - 1)
    assert indices.shape == distances.shape == (len(z), k)
    assert not (indices == np.arange(len(z))[:, None]).any()
    assert all(len(set(row)) == k for row in indices.tolist())
    nearest = np.sort(all_pairs(z), axis=1)[:, :k]
    np.testing.assert_allclose(distances, nearest, rtol=1e-6)


def test_equally_near_rows_come_in_order():
    indices, distances = neighbours(np.zeros((6, 2), "float32"), k=5)
    np.testing.assert_array_equal(indices[2], [0, 1, 3, 4, 5])
    np.testing.assert_array_equal(distances, 0)


def test_a_far_origin_does_not_blur_distances():
    z = np.array([[1e6], [1e6 + 1], [1e6 + 3]])
    np.testing.assert_array_equal(neighbours(z, k=1)[1].ravel(), [1, 1, 2])


def test_does_not_depend_on_the_number_of_threads():
    from threadpoolctl import threadpool_limits

    z = np.random.default_rng(0).integers(0, 3, (3000, 4)).astype("float32")
    first = neighbours(z)
    with threadpool_limits(1):
        again = neighbours(z)
    np.testing.assert_array_equal(first[0], again[0])


def test_one_row_has_no_neighbours():
    indices, distances = neighbours(np.zeros((1, 3)))
    assert indices.shape == distances.shape == (1, 0)


@pytest.mark.parametrize(
    ("z", "k", "message"),
    [
        (np.zeros((3, 2)), 0, "k of neighbours expects a whole number >= 1"),
        (np.zeros(3), 1, r"shape \(N, d\).*shape=\(3,\). Reshape z"),
        (np.zeros((0, 2)), 1, "at least one row"),
        (np.full((3, 2), np.nan), 1, "NaN or infinite"),
    ],
)
def test_refuses_what_has_no_neighbours(z, k, message):
    with pytest.raises(ValueError, match=message):
        neighbours(z, k)
