import numpy as np
import pandas as pd
import pytest
from scipy import sparse

from kvae.augmentation.generate import Generated
from kvae.resampling.rows import append, as_frame, open_rows, rows_like


def test_images_are_scaled_and_come_back():
    images = np.arange(16, dtype="uint8").reshape(2, 2, 2, 2) * 17
    rows = open_rows(images, "single")
    assert rows.x.max() == 1.0
    np.testing.assert_array_equal(rows.new(rows.x), images)


def test_answers_are_true_above_a_half():
    images = np.arange(16).reshape(2, 2, 2, 2) % 3 == 0
    rows = open_rows(images, "single")
    new = rows.new(np.where(images, 0.6, 0.4))
    assert new.dtype == bool
    np.testing.assert_array_equal(new, images)


@pytest.mark.parametrize("dtype", ["bool", "boolean", "uint8", "Int8"])
def test_tables_for_vaes_of_plain_numbers_keep_their_dtypes(dtype, make_vae):
    frame = pd.DataFrame(np.eye(4), columns=list("abcd")).astype(dtype)
    new = open_rows(frame, make_vae()).new(np.eye(4) * 0.9 - 0.4)
    pd.testing.assert_frame_equal(new, (frame.astype(int) * 0).astype(dtype))
    new = open_rows(frame, make_vae()).new(np.eye(4) * 0.9 - 0.1)
    pd.testing.assert_frame_equal(new, frame)


def test_images_beyond_one_are_refused():
    with pytest.raises(ValueError, match=r"in \[0, 1\].*Divide"):
        open_rows(np.full((2, 2, 2, 1), 7.0), "single")


def test_a_vae_of_another_table_is_refused(make_vae):
    frame = pd.DataFrame({"a": [1.5, 2, 3]})
    vae = make_vae(reconstruction="mixed", schema=open_rows(frame, "single").schema * 4)
    with pytest.raises(ValueError, match="fitted to this table"):
        open_rows(pd.DataFrame({"b": [1.5, 2, 3]}), vae)


def test_holes_are_copied_from_rows_of_the_class():
    frame = pd.DataFrame({"a": [1.5, None, 3.0], "b": ["x", "y", None]})
    rows = open_rows(frame, "single")
    provenance = pd.DataFrame({"parent": pd.array([0, 1, 2], "Int64")})
    new = Generated(np.zeros((3, rows.x.shape[1])), np.zeros(3, int), provenance)
    new = rows.with_holes(new, y=np.zeros(3, int), seed=0)
    np.testing.assert_array_equal(rows.new(new.x).isna(), frame.isna())


def test_rows_without_a_parent_are_like_any_of_their_class():
    like = rows_like(np.zeros(100, int), np.full(100, -1), np.array([1, 0, 0]), 0)
    assert set(like) == {1, 2}


ROWS = [[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]


@pytest.mark.parametrize(
    "rows",
    [
        ROWS,
        np.array(ROWS, "float32"),
        sparse.csr_matrix(ROWS),
        sparse.csc_array(ROWS),
        pd.DataFrame(ROWS, columns=["a", "b"]),
    ],
)
def test_rows_stay_in_their_container(rows):
    frame = as_frame(rows)
    joined = append(rows, np.array([0, 2]), frame.iloc[1:2])
    assert type(joined) is type(rows)
    np.testing.assert_array_equal(as_frame(joined), [ROWS[0], ROWS[2], ROWS[1]])
    if hasattr(rows, "dtype"):
        assert joined.dtype == rows.dtype
