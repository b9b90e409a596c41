import numpy as np
import pytest

from kvae.data.batches import batches, index_stream


def collect(dataset):
    return list(dataset.as_numpy_iterator())


def test_every_pass_sees_every_row_once():
    stream = index_stream(num_rows=7, batch_size=3, steps=14, seed=0).ravel()
    for start in range(0, 42, 7):
        np.testing.assert_array_equal(np.sort(stream[start : start + 7]), np.arange(7))


def test_a_longer_stream_starts_with_the_shorter():
    long, short = (index_stream(5, 4, steps, seed=3) for steps in (20, 6))
    np.testing.assert_array_equal(long[:6], short)


def test_a_replica_draws_the_same_alone_and_in_company():
    x = np.arange(20.0)
    rows = [np.arange(5), np.arange(5, 20)]
    stack = collect(batches(x, batch_size=4, steps=6, seeds=(8, 9), rows=rows))
    for r, seed in enumerate((8, 9)):
        alone = collect(batches(x, batch_size=4, steps=6, seeds=seed, rows=rows[r]))
        np.testing.assert_array_equal([batch[r] for batch in stack], alone)
        assert set(np.ravel(alone)) <= set(x[rows[r]])


def test_batches_can_exceed_the_rows():
    (batch,) = collect(batches(np.arange(3), batch_size=8, steps=1))
    np.testing.assert_array_equal(np.bincount(batch) >= 2, True)


def test_labels_stay_with_their_rows():
    x = np.arange(10.0)
    for batch_x, batch_y in collect(batches(x, y=2 * x, batch_size=3)):
        np.testing.assert_array_equal(batch_y, 2 * batch_x)


def test_rows_can_be_a_mask():
    mask = np.arange(10) % 2 == 0
    seen = np.concatenate(collect(batches(np.arange(10), batch_size=5, rows=mask)))
    np.testing.assert_array_equal(np.sort(seen), [0, 2, 4, 6, 8])


def test_by_default_one_pass():
    assert len(collect(batches(np.zeros((10, 2)), batch_size=4))) == 3


@pytest.mark.parametrize(
    ("kwargs", "message"),
    [
        ({"x": np.zeros((0, 2))}, "at least one row"),
        ({"x": np.full((3, 2), np.nan)}, "NaN"),
        ({"x": np.zeros(3), "y": np.zeros(2)}, "as many labels as rows"),
        ({"x": np.zeros(3), "seeds": (0, 1), "rows": [[0]]}, "each of 2 seeds"),
        ({"x": np.zeros(3), "seeds": (0, 1), "rows": [[0], []]}, "none for replica 1"),
        ({"x": np.zeros(3), "rows": [0, 3]}, "from 0 to 2.*0 to 3 for replica 0"),
        ({"x": np.zeros(3), "batch_size": 0}, "batch_size expects"),
        ({"x": np.zeros(3), "steps": 0}, "steps expects"),
    ],
)
def test_says_what_is_wrong(kwargs, message):
    with pytest.raises(ValueError, match=message):
        batches(**kwargs)
