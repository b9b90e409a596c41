import numpy as np
import pandas as pd
import pytest

from kvae import checks


def test_names_the_choices_and_what_came():
    with pytest.raises(ValueError, match="one of 'a', 'b'. Received: 'c'"):
        checks.expect_one_of("letter", "c", ["b", "a"])


@pytest.mark.parametrize("value", [-0.1, np.nan, np.inf, "1", None, True])
def test_refuses_what_is_no_number_at_least_zero(value):
    with pytest.raises(ValueError, match="alpha expects a finite number >= 0"):
        checks.expect_at_least("alpha", value, 0)


@pytest.mark.parametrize("value", [0, 1.0, "1", True, None])
def test_refuses_what_is_no_count(value):
    with pytest.raises(ValueError, match="k expects a whole number >= 1"):
        checks.expect_count("k", value, 1)


@pytest.mark.parametrize(
    ("frame", "message"),
    [
        (pd.DataFrame(), r"at least one row and one column.*\(0, 0\)"),
        (pd.DataFrame([[1, 2]], columns=["a", "a"]), r"several columns named \['a'\]"),
    ],
)
def test_refuses_odd_tables(frame, message):
    with pytest.raises(ValueError, match=message):
        checks.expect_table(frame)


def test_none_matches_any_length():
    checks.expect_shape("layer", "(B, F)", (5, 3), (None, 3))
    with pytest.raises(ValueError, match=r"\(B, F\) = \(None, 3\).*shape=\(5, 4\)"):
        checks.expect_shape("layer", "(B, F)", (5, 4), (None, 3))
    with pytest.raises(ValueError, match="layer expects"):
        checks.expect_shape("layer", "(B, F)", (5, 3, 1), (None, 3))


def test_says_in_which_rows_the_holes_are():
    x = np.ones((10, 2))
    x[3, 0], x[7, 1] = np.nan, np.inf
    with pytest.raises(ValueError, match=r"2 NaN or infinite value\(s\) in 2 .*3, 7"):
        checks.expect_finite("encode", x)
    checks.expect_finite("encode", np.ones(3, bool))
    with pytest.raises(ValueError, match="expects numbers"):
        checks.expect_finite("encode", np.array(["a"]))


def test_labels_are_class_indices():
    assert checks.class_indices("f", [0, 3], 2).dtype == "int64"
    np.testing.assert_array_equal(checks.class_indices("f", [1.0, 0.0], 2), [1, 0])
    with pytest.raises(ValueError, match=r"shape \(N,\) = \(3,\)"):
        checks.class_indices("f", [0, 1], 3)
    for labels in (["a", "b"], [0.5, 1.0], [0, -2], [True, "x"]):
        with pytest.raises(ValueError, match="Received: .*np.unique"):
            checks.class_indices("f", labels, 2)


@pytest.mark.parametrize("missing", [None, np.nan, pd.NA, pd.NaT, "", "?"])
@pytest.mark.parametrize(
    "container", [list, tuple, pd.Series, np.array, pd.Categorical]
)
def test_missing_labels_are_found_in_every_container(missing, container):
    words = [missing, "a", "b"]
    labels = container(words) if container is not np.array else np.array(words, object)
    found = checks.missing_labels(labels, unlabelled="?")
    assert found.tolist() == [True, False, False]


@pytest.mark.parametrize("dtype", ["Int64", "boolean", "string", "datetime64[ns]"])
def test_missing_labels_are_found_in_every_dtype(dtype):
    assert checks.missing_labels(pd.Series([None], dtype=dtype), -1).tolist() == [True]


def test_missing_labels_mean_unlabelled():
    for labels in ([0.0, np.nan, 2.0], [0, None, 2], [0, "", 2], [0, pd.NA, 2]):
        np.testing.assert_array_equal(checks.class_indices("f", labels, 3), [0, -1, 2])


def test_minus_one_is_a_class_unless_the_caller_says_otherwise():
    with pytest.raises(ValueError, match="Received: -1 .*pass unlabelled=-1"):
        checks.class_indices("f", [-1, 1], 2)
    np.testing.assert_array_equal(checks.class_indices("f", [-1, 1], 2, -1), [-1, 1])
    np.testing.assert_array_equal(checks.class_indices("f", [9, 1], 2, 9), [-1, 1])


@pytest.mark.parametrize(
    "labels",
    [[b"a", b"b"], [None, b"a"], np.array(["a", "b"], "S"), pd.Series([b"a", None])],
)
def test_labels_of_bytes_are_refused_with_a_remedy(labels):
    with pytest.raises(ValueError, match=r"such as b'a'. Decode them: \[label.decode"):
        checks.missing_labels(labels)


def test_numbers_of_numpy_are_shown_as_people_write_them():
    with pytest.raises(ValueError, match="one of 0, 1. Received: 7.$"):
        checks.expect_one_of("label", np.int64(7), [np.int64(0), np.int64(1)])
    with pytest.raises(ValueError, match="Received: -1.5.$"):
        checks.expect_at_least("alpha", np.float64(-1.5), 0)


@pytest.mark.parametrize("low, high", [(-1, 1), (-0.5, 1), (0, 255), (-5, 3)])
def test_the_remedy_brings_images_into_the_unit_interval(low, high):
    x = np.array([low, high], float)
    remedy = checks.unit_remedy(low, high)
    formula = "x / x.max()" if "largest" in remedy else remedy[len("Pass ") : -1]
    scaled = eval(formula, {"x": x})
    assert scaled.min() >= 0 and scaled.max() <= 1
