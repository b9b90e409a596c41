import numpy as np

from kvae.augmentation import rivals
from kvae.data.guarded import Rows

ROWS = Rows(np.arange(12, dtype="float32").reshape(6, 2), np.array([0, 0, 0, 0, 1, 1]))


def test_smote_goes_between_rows_of_the_class():
    new = rivals.smote(ROWS, seed=0, n={0: 5, 1: 3})
    assert np.bincount(new.y).tolist() == [5, 3]
    for label in (0, 1):
        real = ROWS.x[ROWS.y == label]
        made = new.x[new.y == label]
        assert (made >= real.min(0)).all() and (made <= real.max(0)).all()
    assert rivals.smote(ROWS.take(np.array([0, 1, 4])), seed=0) is None


def test_copies_give_every_place_a_row_of_its_own():
    new = rivals.noisy_copies(ROWS, seed=0, places=13)
    assert len(new.y) == 18  # three of each row
    np.testing.assert_array_equal(new.y, ROWS.y.repeat(3))
    step = new.x - ROWS.x.repeat(3, axis=0)
    assert 0.05 < step.std() < 0.2
    assert len(np.unique(new.x, axis=0)) == 18
    images = Rows(np.ones((2, 8, 8, 1), "float32"), np.array([0, 1]))
    assert rivals.moved_copies(images, 0, 4).x.shape == (4, 8, 8, 1)


def test_balancing_shows_smaller_classes_again():
    again = rivals.balanced(ROWS, seed=0)
    assert np.bincount(again.y).tolist() == [4, 4]
    assert set(map(tuple, again.x)) == set(map(tuple, ROWS.x))
