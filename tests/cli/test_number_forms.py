import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kvae.cli.number_forms import (
    NumberForm,
    has_leading_zeros,
    looks_like_numbers,
    number_forms,
)


@pytest.mark.parametrize(
    "texts",
    [
        ["26,920", "920", "-1,000,000"],
        ["$43.93", "$1,200.10"],
        ["1.118,29", "3,50"],
        ["1'250.50", "2.00"],
        ["1 250,5", "2,25"],
        ["11.5%", "3%"],
        ["(55)", "12"],
        ["($55.00)", "$3.00"],
        ["$-5", "$6"],
        ["-$5", "$6"],
        ["5-", "6"],
        ["−5", "6"],
        ["€ 5", "€ 17"],
        ["5,20 €", "17,00 €"],
        ["5 kg", "-7.5 kg"],
        ["1.0", "0.25"],
        ["0,123", "1,234"],
        ["CHF 1", "CHF 2"],
        ["+5", "-7", "0"],
        ["+1.5%", "-7.25%"],
    ],
)
def test_numbers_are_written_as_they_were(texts):
    texts = pd.Series(texts)
    form = number_forms(texts)[0]
    assert form.write(form.read(texts)).tolist() == texts.tolist()


@pytest.mark.parametrize(
    "texts",
    [
        ["01", "12"],
        ["Q1", "Q2"],
        ["5", "$5"],
        ["1,2", "1.2"],
        ["1st", "2nd"],
        ["1,23,4"],
    ],
)
def test_what_has_no_one_form_is_words(texts):
    assert number_forms(pd.Series(texts)) == []


def test_integers_stay_integers_beside_holes():
    form = number_forms(pd.Series(["1,000", "5"]))[0]
    read = form.read(pd.Series(["1,000", None, "5"]))
    assert read.dtype == "Int64"
    assert form.read(pd.Series(["5"])).dtype == "int64"
    assert form.write(read).tolist() == ["1,000", None, "5"]


def test_a_number_is_rounded_to_the_decimals_that_occur():
    form = number_forms(pd.Series(["$1.50", "$2.25"]))[0]
    assert form.write(pd.Series([1 / 3, -1e-9, 1e6])).tolist() == [
        "$0.33",
        "$0.00",
        "$1000000.00",
    ]


def test_infinite_numbers_are_read_for_others_to_refuse():
    texts = pd.Series(["inf", "-inf", "1.5"])
    assert np.isinf(number_forms(texts)[0].read(texts)).tolist() == [True, True, False]


def test_looks():
    numbers = pd.Series(["$5", "(5)", "01", "5 kg", "1 250,5", "inf"])
    others = pd.Series(["five", "", "192.168.0.1", "1.2.3", "5-6", "nan"])
    assert looks_like_numbers(numbers).all()
    assert not looks_like_numbers(others).any()
    assert has_leading_zeros(numbers).tolist() == [False] * 2 + [True] + [False] * 3


FORMS = st.builds(
    lambda marks, clothes, negative, decimals: NumberForm(
        mark=marks[0],
        thousands=marks[1],
        prefix=clothes[0],
        suffix=clothes[1],
        negative=negative,
        decimals=decimals,
        least=decimals,
        whole=not decimals,
    ),
    st.sampled_from([*zip(".,.,,.", [",", ".", "", "", " ", "'"], strict=True)]),
    st.sampled_from([("", ""), ("$", ""), ("€ ", ""), ("", "%"), ("", " kg")]),
    st.sampled_from(["-", "()", "5-", "−"]),
    st.sampled_from([0, 1, 2]),
).filter(lambda form: not (form.suffix and form.negative == "5-"))
NUMBERS = st.lists(st.integers(-(10**9), 10**9), min_size=2, max_size=8)


@settings(max_examples=60, deadline=None)
@given(FORMS, NUMBERS)
def test_one_of_the_forms_reads_what_any_form_has_written(form, counts):
    values = pd.Series(counts) / 10**form.decimals
    values = values.astype("int64") if form.whole else values
    texts = form.write(values).astype(str)
    read = [found.read(texts).tolist() for found in number_forms(texts)]
    assert values.tolist() in read
