"""Whatever a decoder gives becomes a number that the column can hold."""

import hypothesis
import hypothesis.strategies as st
import numpy as np
import pandas as pd
import pytest

from kvae.preprocessing import Table
from kvae.preprocessing.written_dates import calendar

FLOATS = st.floats(-1e6, 1e6, width=32)


@st.composite
def spiked_grids(draw):
    """(values, spikes, (step, start)): numbers of a grid, and 10 rows a spike."""
    step = draw(st.sampled_from([0.25, 0.5, 4, 25, 1000]))
    start = draw(st.integers(-9, 9))
    size = {"min_size": 10, "max_size": 20}
    places = draw(st.lists(st.integers(0, 500), unique=True, **size))
    spikes = draw(st.lists(st.sampled_from([-1.0, 0.0, 99.0]), max_size=2, unique=True))
    rest = start + step * np.array(places)
    values = np.append(np.setdiff1d(rest, spikes), np.repeat(spikes, 10))
    holes = [np.nan] * draw(st.integers(0, 2))
    return np.append(values, holes), tuple(sorted(spikes)), (step, start)


@hypothesis.given(spiked_grids())
@hypothesis.settings(max_examples=25, deadline=None)
def test_numbers_come_back(column):
    values, spikes, _ = column
    frame = pd.DataFrame({"n": values})
    table = Table(frame)
    assert (table.to_inputs.encodings[0].spikes or ()) == spikes
    back = table.inverse(table.transform(frame))
    pd.testing.assert_frame_equal(back, frame, check_exact=True)


@hypothesis.given(spiked_grids(), st.data())
@hypothesis.settings(max_examples=25, deadline=None)
def test_any_inputs_become_a_spike_or_a_number_of_the_grid_in_range(column, data):
    values, spikes, (step, start) = column
    table = Table(pd.DataFrame({"n": values}))
    size = {"min_size": table.width, "max_size": table.width}
    x = data.draw(st.lists(st.lists(FLOATS, **size), min_size=1, max_size=9))
    new = table.inverse(np.array(x))["n"].dropna().to_numpy()
    rest = new[~np.isin(new, spikes)]
    np.testing.assert_array_equal((rest - start) % step, 0)
    assert np.isin(new, spikes).any() or len(rest) == len(new)
    others = values[~np.isin(values, spikes)]
    assert ((rest >= np.nanmin(others)) & (rest <= np.nanmax(others))).all()


def test_the_grid_leaves_out_the_spikes_it_goes_through():
    others = [n for n in range(20, 61) if n != 40]
    frame = pd.DataFrame({"hours": [40] * 60 + others})
    table = Table(frame)
    x = np.zeros((1000, 3))
    x[:, 1], x[:, 2] = 1, np.linspace(-3, 3, 1000)
    assert set(table.inverse(x)["hours"]) == set(others)


def test_where_nothing_lies_between_values_nothing_comes_back_between_them():
    frame = pd.DataFrame({"dose": np.repeat([1, 10, 1000], [20, 30, 50])})
    table = Table(frame)
    x = np.random.default_rng(0).normal(size=(10_000, 1))
    shares = table.inverse(x)["dose"].value_counts(normalize=True)
    # Of a decoder whose draws are standard normal, about.
    np.testing.assert_allclose(shares[[1, 10, 1000]], [0.2, 0.3, 0.5], atol=0.08)
    assert len(shares) == 3


@pytest.mark.parametrize("placeholder", [None, 0, 99999999])
@pytest.mark.parametrize("form", ["YYYYMMDD", "YYYYMM"])
def test_dates_that_are_numbers_come_back_as_dates(form, placeholder):
    days = calendar(form)[1000:1200:2]
    filled = [placeholder] * (0 if placeholder is None else 60)
    frame = pd.DataFrame({"day": np.append(days, filled).astype(int)})
    table = Table(frame)
    assert table.form.columns[0].kind == "datetime"
    assert table.inverse(table.transform(frame)).equals(frame)
    x = np.random.default_rng(0).normal(size=(500, table.width))
    new = table.inverse(x)["day"]
    new = new[new != placeholder]
    assert np.isin(new, calendar(form)).all() and new.nunique() > 30
    assert days[0] <= new.min() and new.max() <= days[-1]


def test_float32_numbers_have_the_decimals_they_are_written_with():
    prices = np.arange(1, 60, dtype="float32") / np.float32(10)
    frame = pd.DataFrame({"price": prices})
    table = Table(frame)
    assert table.inverse(table.transform(frame)).equals(frame)
    new = table.inverse(np.random.default_rng(0).normal(size=(500, 1)))["price"]
    assert set(new) <= set(prices)


def test_a_value_that_no_row_had_is_the_nearest_level_where_there_are_levels_alone():
    table = Table(pd.DataFrame({"n": np.repeat([0.0, 5.0], [90, 10])}))
    x = table.transform(pd.DataFrame({"n": [1.0, 4.0]}))
    np.testing.assert_array_equal(x, np.eye(2))


def test_spikes_of_ordered_levels_are_levels():
    levels = ["low", "mid", "high", "top"]
    grades = pd.Categorical(np.repeat(levels, [80, 6, 7, 7]), levels, ordered=True)
    frame = pd.DataFrame({"grade": grades})
    table = Table(frame)
    assert (table.width, table.schema[0].likelihood) == (3, "spiked")
    assert table.inverse(table.transform(frame)).equals(frame)


def test_a_number_that_float32_takes_for_a_spike_is_none():
    frame = pd.DataFrame({"p": [0.0] * 5 + [1.0, 3e-66, 1 / 3]})
    table = Table(frame)
    x = table.transform(frame)
    assert x[:, 0].tolist() == [1.0] * 5 + [0.0] * 3
    pd.testing.assert_frame_equal(table.inverse(x), frame, check_exact=True)
    spiked = pd.DataFrame({"p": [0.1] * 5 + [1 / 3, 2 / 3]})
    short = {"p": np.array([0.1, 1 / 3], "float32")}  # as tf.Examples hold them
    assert Table(spiked).to_inputs(short)[:, 0].numpy().tolist() == [1.0, 0.0]
