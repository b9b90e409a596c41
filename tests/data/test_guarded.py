import numpy as np
import pytest

from kvae.data.guarded import Rows


def test_test_rows_show_up_for_scoring_only(make_source):
    source = make_source()
    with pytest.raises(RuntimeError, match="for scoring only"):
        source.test  # noqa: B018
    with source.scoring() as test:
        assert len(test.y) == 10
        assert source.test is test
    with pytest.raises(RuntimeError, match="source.scoring()"):
        source.test  # noqa: B018


def test_scoring_opens_this_source_only(make_source):
    source = make_source()
    development = source.development(10)
    with development.scoring(), pytest.raises(RuntimeError):
        source.test  # noqa: B018


def test_scoring_closes_after_an_error(make_source):
    source = make_source()
    with pytest.raises(KeyError), source.scoring():
        raise KeyError
    with pytest.raises(RuntimeError):
        source.test  # noqa: B018


def test_its_text_does_not_show_test_rows(make_source):
    assert "guarded_test" not in repr(make_source())


def test_development_splits_hold_no_test_row(make_source):
    source = make_source()
    development = source.development(15)
    assert len(development.train.y) == 25
    with development.scoring() as held_out:
        np.testing.assert_array_equal(held_out.x, source.train.x[-15:])
    with pytest.raises(ValueError, match="fewer than 40 rows"):
        source.development(40)


def test_refuses_holes_by_row(make_source, table_rows):
    x = table_rows.x.copy()
    x[4, 2] = np.nan
    with pytest.raises(ValueError, match=r"'toy' \(train\).*in 1 row\(s\): 4"):
        make_source(train=Rows(x, table_rows.y))


def test_refuses_labels_without_a_name(make_source, table_rows):
    with pytest.raises(ValueError, match="class indices below 2.*Received: 5"):
        make_source(train=Rows(table_rows.x, np.full(40, 5)))


def test_refuses_a_single_class(make_source, table_rows):
    with pytest.raises(ValueError, match=r"two classes.*Received: classes \['no'\]"):
        make_source(train=table_rows.take(table_rows.y == 0))


def test_refuses_test_rows_of_another_shape(make_source):
    with pytest.raises(ValueError, match=r"shape \(4,\).*Received: \(3,\)"):
        make_source(guarded_test=Rows(np.zeros((2, 3)), np.array([0, 1])))


def test_a_validation_part_is_what_settings_are_chosen_on(make_source, table_rows):
    validation = table_rows.take(slice(0, 40, 4))
    development = make_source(validation=validation).development()
    assert len(development.train.y) == 40
    with development.scoring() as held_out:
        np.testing.assert_array_equal(held_out.x, validation.x)
    with pytest.raises(ValueError, match="num_rows expects a whole number"):
        make_source().development()


def test_refuses_validation_rows_of_another_shape(make_source):
    with pytest.raises(ValueError, match=r"validation rows of shape \(4,\)"):
        make_source(validation=Rows(np.zeros((2, 3)), np.array([0, 1])))


def test_images_have_no_attributes(make_source, table_rows):
    images = Rows(table_rows.x.reshape(40, 2, 2, 1), table_rows.y)
    source = make_source(train=images, guarded_test=images)
    with pytest.raises(ValueError, match="holds images, not attributes"):
        source.attributes()
