import pandas as pd

from kvae.cli.column_forms import (
    TruthForm,
    choose_forms,
    form_notes,
    possible_forms,
)


def possible(**columns):
    return {name: possible_forms(pd.Series(texts)) for name, texts in columns.items()}


def test_classes_are_numbers_only_where_these_stand_alone():
    for texts in (["5%", "10%"], ["1,000", "2,000"], ["1/2/2020"], ["17:53"]):
        assert possible_forms(pd.Series(texts))
        assert possible_forms(pd.Series(texts), is_target=True) == []
    assert possible_forms(pd.Series(["0", "1"]), is_target=True)[0].whole


def test_truths_are_written_as_they_were():
    texts = pd.Series(["true", "false", None])
    form = possible_forms(texts.dropna())[0]
    assert form == TruthForm(("false", "true"))
    assert form.write(form.read(texts)).tolist() == texts.tolist()[:2] + [None]


def test_doubt_is_settled_by_columns_without_any():
    forms = possible(a=["1,5"], b=["1.234", "5.678"], c=["3", "4"])
    assert choose_forms(forms)["b"].thousands == "."
    forms = possible(a=["1.5"], b=["1,234", "5,678"])
    assert choose_forms(forms, separator=";")["b"].thousands == ","
    forms = possible(a=["13/4/2015"], b=["5/4/2015"])
    assert choose_forms(forms)["b"].day_first


def test_alone_the_separator_settles_it():
    forms = possible(b=["1,234", "5,678"])
    assert choose_forms(forms)["b"].thousands == ","
    assert choose_forms(forms, separator=";")["b"].mark == ","


def test_columns_of_one_form_share_a_note():
    frame = pd.DataFrame({"a": ["5%"], "b": ["5%"], "c": ["1,5"], "d": ["2024-01-02"]})
    forms = {name: possible_forms(column) for name, column in frame.items()}
    assert form_notes(frame, choose_forms(forms), forms) == [
        "numbers have decimal commas",
        "columns 'a', 'b' are read as numbers, and written as '5%'",
        "column 'd' is read as dates",
    ]
