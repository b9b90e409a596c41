import datetime

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kvae.cli.date_forms import (
    DateForm,
    TimeForm,
    date_forms,
    looks_like_dates,
    time_forms,
)


@pytest.mark.parametrize(
    "texts",
    [
        ["5/19/2015", "1/2/2014"],
        ["05/19/2015", "01/02/2014"],
        ["14/12/2018 12:41:33", "01/02/2018 02:03:04"],
        ["5/19/2015 5:07 PM", "1/2/2014 11:00 AM"],
        ["5/19/2015 5:07pm", "1/2/2014 11:00am"],
        ["2020-01-02T03:04:05Z", "2021-01-02T03:04:05Z"],
        ["2020-01-02T03:04:05.123Z", "2021-01-02T03:04:05.000Z"],
        ["2020-01-02 03:04:05+01:00", "2021-01-02 03:04:05+01:00"],
        ["2020-01-02", "2021-05-06"],
        ["2020/1/2", "2021/12/31"],
        ["2015-05", "2016-12"],
        ["5/2015", "12/2016"],
        ["Jan 2015", "Feb 2016"],
        ["31.12.2024", "01.02.2024"],
        ["31.12.24", "1.2.05"],
        ["19 May 2015", "1 Jun 2015"],
        ["May 19, 2015", "June 1, 2015"],
        ["19-May-15", "01-Jun-15"],
    ],
)
def test_dates_are_written_as_they_were(texts):
    texts = pd.Series(texts)
    form = date_forms(texts)[0]
    assert form.write(form.read(texts)).tolist() == texts.tolist()


@pytest.mark.parametrize(
    "texts",
    [
        ["17:53", "7:05"],
        ["07:05:01", "17:53:20"],
        ["5:07 PM", "12:30 AM"],
        ["5:07pm", "12:30am"],
        ["36:15.5"],
    ],
)
def test_times_are_written_as_they_were(texts):
    texts = pd.Series(texts)
    if not time_forms(texts):
        assert texts[0] == "36:15.5"  # seconds have decimals, minutes none
        return
    form = time_forms(texts)[0]
    assert form.write(form.read(texts)).tolist() == texts.tolist()


@pytest.mark.parametrize(
    "texts",
    [
        ["2024-02-31"],
        ["5/19/2015", "19/5/2015"],
        ["5/4/2015", "5-4-2015"],
        ["5/4/2015", "5/4/2015 10:00"],
        ["2020-01-02T03:04Z", "2020-01-02T03:04"],
        ["soon"],
    ],
)
def test_what_has_no_one_form_is_words(texts):
    assert date_forms(pd.Series(texts)) == []


def test_a_day_above_twelve_decides():
    assert [f.day_first for f in date_forms(pd.Series(["5/4/2015"]))] == [False, True]
    assert [f.day_first for f in date_forms(pd.Series(["13/4/2015"]))] == [True]
    assert [f.day_first for f in date_forms(pd.Series(["4/13/2015"]))] == [False]


def test_offsets_that_differ_are_read_in_utc():
    texts = pd.Series(["2020-01-02 03:00:00+01:00", "2020-07-02 03:00:00+02:00"])
    read = date_forms(texts)[0].read(texts)
    assert read.dt.hour.tolist() == [2, 1]


def test_holes_stay_holes():
    texts = pd.Series(["31.12.2024", None])
    form = DateForm("%d.%m.%Y")
    assert form.write(form.read(texts)).tolist() == ["31.12.2024", None]
    times = pd.Series(["17:53", None])
    assert TimeForm().write(TimeForm().read(times)).tolist() == ["17:53", None]


def test_looks():
    texts = pd.Series(["2024-02-31", "5/19/2015", "17:53", "soon", "20240131"])
    assert looks_like_dates(texts).tolist() == [True, True, True, False, False]


DAYS = st.lists(
    st.dates(datetime.date(1970, 1, 1), datetime.date(2060, 12, 31)),
    min_size=1,
    max_size=5,
)
FORMATS = st.sampled_from(["%Y-%m-%d", "%d.%m.%Y", "%m/%d/%Y", "%d-%m-%Y", "%Y/%m/%d"])


@settings(max_examples=40, deadline=None)
@given(DAYS, FORMATS)
def test_one_of_the_forms_reads_what_strftime_has_written(days, letters):
    texts = pd.Series([day.strftime(letters) for day in days])
    expected = pd.to_datetime(pd.Series(days)).tolist()
    assert expected in [form.read(texts).tolist() for form in date_forms(texts)]
