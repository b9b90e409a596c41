import numpy as np
import pytest

from kvae.data.few_shot import few_shot
from kvae.data.guarded import Rows


def test_draws_are_stratified_and_nested(make_source):
    source = make_source()
    few, many = few_shot(source, 3, seed=0), few_shot(source, 7, seed=0)
    np.testing.assert_array_equal(np.bincount(few.rows.y), [3, 3])
    assert set(few.labelled) < set(many.labelled)
    assert len(set(many.labelled)) == 14


def test_labelled_and_unlabelled_rows_are_all_rows(make_source):
    draw = few_shot(make_source(), 3, seed=0)
    every = np.concatenate([draw.labelled, draw.unlabelled])
    np.testing.assert_array_equal(np.sort(every), np.arange(40))


def test_seeds_differ_and_repeat(make_source):
    source = make_source()
    first, again, other = (few_shot(source, 5, s).labelled for s in (0, 0, 1))
    np.testing.assert_array_equal(first, again)
    assert set(first) != set(other)


def test_the_draw_of_a_class_ignores_the_other_classes(make_source, table_rows):
    y = table_rows.y.copy()
    expected = few_shot(make_source(), 5, seed=0).labelled[:5]
    y[30:] = -1  # class 1 loses half of its rows
    thinner = make_source(train=Rows(table_rows.x, y))
    np.testing.assert_array_equal(few_shot(thinner, 5, 0).labelled[:5], expected)


def test_names_the_class_that_is_too_small(make_source):
    with pytest.raises(ValueError, match="at least 21 .*Class 'no' .*has 20.*most 20"):
        few_shot(make_source(), 21, seed=0)
    with pytest.raises(ValueError, match="shots expects a whole number >= 1"):
        few_shot(make_source(), 0, seed=0)
