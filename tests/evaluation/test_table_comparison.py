import numpy as np
import pandas as pd
import pytest

from kvae.evaluation.fidelity import association_difference
from kvae.evaluation.table_comparison import MOST_BARS, OTHERS, compare_tables


def column(compared, name):
    (found,) = (column for column in compared.columns if column.name == name)
    return found


def test_every_dtype_can_be_compared(every_dtype):
    compared = compare_tables(every_dtype, every_dtype[::-1])
    assert len(compared.columns) == every_dtype.shape[1]
    for found in compared.columns:
        assert found.difference == pytest.approx(0)
        known = float(every_dtype[found.name].notna().any())
        assert found.bars["real"].sum() == pytest.approx(known)


def test_the_difference_is_the_total_variation_distance():
    real = pd.DataFrame({"c": list("aabb")})
    new = pd.DataFrame({"c": list("abcc")})
    found = column(compare_tables(real, new), "c")
    assert found.difference == pytest.approx(0.5)  # 0.5 (1/4 + 1/4 + 1/2)


def test_the_difference_by_chance_is_what_chance_makes():
    stream = np.random.default_rng(0)
    seen, told = [], []
    for _ in range(200):
        real, new = (
            pd.DataFrame({"c": stream.choice(list("abcd"), n)}) for n in (100, 60)
        )
        found = column(compare_tables(real, new), "c")
        seen.append(found.difference)
        told.append(found.by_chance)
    assert np.mean(told) == pytest.approx(np.mean(seen), rel=0.07)


def test_numbers_beyond_the_ends_are_counted():
    real = pd.DataFrame({"n": np.arange(1000.0)})
    new = pd.DataFrame({"n": [-1e9] * 30 + [1e9] * 70})
    bars = column(compare_tables(real, new), "n").bars
    assert bars["new"].iloc[0] == pytest.approx(0.3)
    assert bars["new"].iloc[-1] == pytest.approx(0.7)


def test_numbers_that_stand_out_are_named():
    n = np.append(np.zeros(40), np.linspace(1, 9, 60))
    found = column(compare_tables(pd.DataFrame({"n": n}), pd.DataFrame({"n": n})), "n")
    assert found.spikes["what"].tolist() == ["0.0"]
    assert found.spikes["real"].tolist() == [0.4]


def test_many_values_are_one_bar():
    words = pd.DataFrame({"c": [f"w{i}" for i in range(40)]})
    bars = column(compare_tables(words, words), "c").bars
    assert len(bars) == MOST_BARS and bars["what"].iloc[-1] == OTHERS
    assert bars["real"].sum() == pytest.approx(1)


def test_pairs_are_those_of_association_difference():
    stream = np.random.default_rng(0)
    real, new = (
        pd.DataFrame(
            {
                "a": stream.normal(size=50),
                "b": stream.normal(size=50),
                "c": stream.choice(list("xy"), 50),
            }
        )
        for _ in range(2)
    )
    mean, _ = association_difference(real, new)
    pairs = compare_tables(real, new).pairs
    assert len(pairs) == 3
    assert pairs["difference"].abs().mean() == pytest.approx(mean)


def test_holes_are_told():
    real, new = (
        pd.DataFrame({"n": [1.0, None, 3, 4]}),
        pd.DataFrame({"n": [None, None, 1.0, 2]}),
    )
    assert column(compare_tables(real, new), "n").holes == (0.25, 0.5)


def test_a_column_that_is_nothing_but_holes_on_one_side_is_compared():
    real, new = pd.DataFrame({"n": [1.0, 2.0]}), pd.DataFrame({"n": [np.nan, np.nan]})
    assert column(compare_tables(real, new), "n").holes == (0.0, 1.0)
    assert column(compare_tables(new, real), "n").holes == (1.0, 0.0)


def test_other_columns_are_an_error():
    with pytest.raises(ValueError, match="same columns"):
        compare_tables(pd.DataFrame({"a": [1]}), pd.DataFrame({"b": [1]}))
    with pytest.raises(ValueError, match="rows of both kinds"):
        compare_tables(pd.DataFrame({"a": [1]}), pd.DataFrame({"a": []}))


def test_a_number_is_the_same_whatever_its_type():
    real = pd.DataFrame({"n": [1, 2, 0, 1]})
    compared = compare_tables(real, pd.DataFrame({"n": [1.0, 2.0, -0.0, 1.0]}))
    assert column(compared, "n").difference == 0


def test_a_column_of_few_values_has_no_spikes_beside_its_bars():
    frame = pd.DataFrame({"c": list("aabb"), "n": [1, 1, 2, 2]})
    assert [len(found.spikes) for found in compare_tables(frame, frame).columns] == [
        0,
        0,
    ]


def test_dates_that_nanoseconds_do_not_reach_are_compared():
    years = np.arange(1200, 9999, 100)
    dates = [np.datetime64(f"{year}-12-31", "s") for year in years]
    frame = pd.DataFrame({"until": np.array(dates)})
    bars = column(compare_tables(frame, frame), "until").bars
    assert bars["what"].iloc[-1].endswith(" to 9857-07-01")
    assert bars["start"].is_monotonic_increasing


def test_bins_within_a_day_tell_the_time():
    times = pd.date_range("2024-01-01", periods=25, freq="h", tz="UTC")
    frame = pd.DataFrame({"at": times})
    bars = column(compare_tables(frame, frame), "at").bars
    assert bars["what"].is_unique and "2024-01-01 05:" in bars["what"].iloc[5]


def test_durations_are_days():
    took = pd.DataFrame({"took": pd.to_timedelta(np.arange(0, 49, 2), "h")})
    found = column(compare_tables(took, took), "took")
    assert found.kind == "durations"
    assert found.bars["what"].iloc[-1].endswith("1.99 days")
    assert found.bars["real"].sum() == pytest.approx(1)


def test_where_one_side_has_no_values_all_differ():
    real, new = pd.DataFrame({"n": [1.0, 2.0]}), pd.DataFrame({"n": [np.nan, np.nan]})
    assert column(compare_tables(real, new), "n").difference == 1
    assert column(compare_tables(new, real), "n").difference == 1
    assert column(compare_tables(new, new), "n").difference == 0


def test_columns_of_one_name_are_an_error():
    twice = pd.DataFrame([[1, 2]], columns=["n", "n"])
    with pytest.raises(ValueError, match="several columns named 'n'"):
        compare_tables(twice, twice)
