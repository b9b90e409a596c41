import numpy as np
import pandas as pd
import pytest
from scipy import sparse

from kvae.augmentation.containers import append, as_frame

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
