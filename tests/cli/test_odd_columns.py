import numpy as np
import pandas as pd

from kvae.cli.odd_columns import odd_columns, row_name_notes


def test_odd_columns_are_said_in_words():
    frame = pd.DataFrame(
        {
            "same": np.zeros(30, int),
            "empty": np.nan,
            "holey": [1.0, *[None] * 20, *range(9)],
            "mixed": ["few", *map(str, range(29))],
            "zip": ["01067", "10115"] * 15,
            "mass": ["5 kg", "7 g"] * 15,
            "day": ["2024-02-31", "2024-03-01"] * 15,
        }
    )
    notes = "\n".join(odd_columns(frame))
    assert "'same' has the same value in every row, '0'" in notes
    assert "'empty' is empty" in notes
    assert "'holey' has holes in 20 of 30" in notes
    assert "'mixed' holds numbers in 97%" in notes
    assert "'zip' is read as words, not as numbers, because of leading zeros" in notes
    assert "'mass' is read as words, not as numbers: they are written in sev" in notes
    assert "'day' is read as words, not as dates, because '2024-02-31' is" in notes


def test_an_odd_target_is_told_which_flag_to_use():
    frame = pd.DataFrame({"y": ["1", "2", "3", "few"]})
    assert "--missing 'few' takes that for a hole" in odd_columns(frame)[0]
    assert "--unlabelled 'few'" in odd_columns(frame, target="y")[0]
    frame = pd.DataFrame({"a": ["1", "2", "3", "few", "some", "?"]})
    assert "--missing 'few' --missing 'some' takes those" in odd_columns(frame)[0]


def test_dates_in_two_orders_are_shown():
    frame = pd.DataFrame({"day": ["1/1/2015", "5/19/2015", "14/12/2018"]})
    assert "such as '14/12/2018', '5/19/2015'" in odd_columns(frame)[0]


def test_notes_speak_of_one_column_or_of_several():
    assert row_name_notes(["a"], []) == [
        "column 'a' numbers the rows: it is not learned, and empty in new rows; "
        "--keep 'a' learns it"
    ]
    assert (
        "'a', 'b' have a different value in every row, like a name: they are"
        in (row_name_notes([], ["a", "b"])[0])
    )
