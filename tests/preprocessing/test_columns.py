import numpy as np
import pandas as pd
import pytest

from kvae.preprocessing.columns import read_column, spell, without_noise


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        ([1.5, 2.25], "continuous"),
        ([1.0, None, 3.0], "integer"),
        ([0, 1, 1], "binary"),
        ([True, False], "binary"),
        (["a", "b", "c"], "nominal"),
        (["a", "b", None], "binary"),
        ([4, 4], "constant"),
        ([None, None], "constant"),
        (pd.to_datetime(["2020-01-01", "2021-01-01"]), "datetime"),
        (pd.Categorical([1, 2, 3], ordered=True), "ordinal"),
        ([20190228, 20190301, None, 20200229], "datetime"),
        ([20190228, 20190301] * 9 + [0] * 30, "integer"),
        ([20190228, 20190301, 20190401] * 9 + [0] * 90, "datetime"),
    ],
)
def test_kinds_follow_from_dtype_and_values(values, kind):
    assert read_column("c", "c", pd.Series(values)).kind == kind


def test_prices_have_two_decimals():
    assert read_column("c", "c", pd.Series([1.25, 3.1, 7])).decimals == 2
    assert read_column("c", "c", pd.Series([np.pi, np.e])).decimals is None


def test_float32_numbers_are_read_as_they_are_written():
    prices = pd.Series([0.1, 3.25, 1000.5], dtype="float32")
    assert read_column("c", "c", prices).decimals == 2
    assert (
        read_column("c", "c", pd.Series([1 / 3, 2], dtype="float32")).decimals is None
    )


def test_dates_go_in_whole_steps():
    column = read_column(
        "c", "c", pd.Series(pd.to_datetime(["2020-01-01", "2020-01-08"]))
    )
    assert column.step == 7 * 24 * 3600 * 10**6


def test_spellings_differ_where_levels_do():
    levels = ("a", "", 1, "1", "1 (int)", True)
    assert len(set(spell(levels))) == 6
    assert "" not in spell(levels)


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ([1.0, np.inf], r"'c' expects finite numbers. Received: 1 infinite"),
        ([1.0, 1j], "'c' expects real numbers"),
        ([[1], [2]], "'c' expects numbers, words or dates.*lists"),
        ([2**63 + 1, 2**63 + 2], "'c' expects numbers that float64 can tell apart"),
    ],
)
def test_what_no_table_can_hold_is_refused(values, message):
    with pytest.raises(ValueError, match=message):
        read_column("c", "c", pd.Series(values))


def test_what_arithmetic_leaves_behind_the_last_decimal_is_no_decimal():
    tenths, halves = np.arange(-1, 1, 0.1), np.arange(60) * 0.05
    for values, decimals in ((tenths, 1), (halves, 2), (np.append(halves, None), 2)):
        column = pd.Series(values, dtype=float)
        assert read_column("c", "c", column).decimals == decimals


@pytest.mark.parametrize(
    "values",
    [
        [1e-20, 0.1234567],
        [0, 0, 1, 3e-66],
        [1, 2.3e-16],
        [8388608.322421001],
        [0.1 + 0.2, 0.3],
        [1 / 3, 1e6],
        [1e-7, 2e-7],
        [1e300, 0.1],
        [np.nan, np.pi],
    ],
)
def test_other_numbers_are_left_as_they_are(values):
    np.testing.assert_array_equal(without_noise(np.array(values)), values)
