import numpy as np

from kvae.data.guarded import Rows
from kvae.preprocessing import standardize


def test_training_rows_have_standard_units(make_source):
    x = standardize(make_source()).train.x
    np.testing.assert_allclose(x.mean(axis=0), 0, atol=1e-6)
    np.testing.assert_allclose(x.std(axis=0), 1, rtol=1e-5)
    assert x.dtype == "float32"


def test_test_rows_have_no_part_in_it(make_source):
    source = make_source()
    far = Rows(source.guarded_test.x + 1e6, source.guarded_test.y)
    first, second = standardize(source), standardize(make_source(guarded_test=far))
    np.testing.assert_array_equal(first.train.x, second.train.x)
    with first.scoring() as near, second.scoring() as moved:
        assert moved.x.mean() > 1e5 > near.x.mean()


def test_a_constant_column_becomes_zero(make_source, table_rows):
    x = table_rows.x.copy()
    x[:, 1] = 7
    source = standardize(make_source(train=Rows(x, table_rows.y)))
    np.testing.assert_array_equal(source.train.x[:, 1], 0)
