import pandas as pd

from kvae.cli.date_forms import DateForm, TimeForm
from kvae.cli.file_form import FileForm
from kvae.cli.number_forms import NumberForm


def test_new_rows_are_written_as_the_file_writes_them(tmp_path):
    form = FileForm(
        columns=("Unnamed: 0", "price", "day", "n"),
        header=("", "price", "day", "n"),
        separator=";",
        encoding="cp1252",
        line_end="\r\n",
        forms={
            "price": NumberForm(mark=",", suffix=" €", decimals=2, least=2),
            "day": DateForm("%d.%m.%Y"),
        },
        marks={"n": "?"},
    )
    frame = pd.DataFrame(
        {
            "n": pd.Series([5, None], dtype="Int64"),
            "price": [1.5, 2],
            "day": pd.to_datetime(["2024-12-31", None]),
        }
    )
    form.write(form.texts(frame).assign(share=[0.5, 0.25]), tmp_path / "new.csv")
    assert (tmp_path / "new.csv").read_bytes().decode("cp1252") == (
        ";price;day;n;share\r\n;1,50 €;31.12.2024;5;0,5\r\n;2,00 €;;?;0,25\r\n"
    )


def test_without_a_form_it_is_a_plain_csv_file(tmp_path):
    frame = pd.DataFrame({"a": [1.5, 2], "b": ["x", None]})
    FileForm().write(FileForm().texts(frame), tmp_path / "new.csv")
    assert (tmp_path / "new.csv").read_text() == frame.to_csv(index=False)


def test_holes_between_blanks_are_written_as_something(tmp_path):
    form = FileForm(columns=("Unnamed: 0",), header=("",), separator=" ")
    names = pd.DataFrame({"Unnamed: 0": ["r1"]})
    form.write(names, tmp_path / "new.csv")
    assert (tmp_path / "new.csv").read_text() == '"Unnamed: 0"\nr1\n'
    form = FileForm(separator=" ")
    form.write(pd.DataFrame({"a": [1, None], "b": ["x", "y z"]}), tmp_path / "new.csv")
    assert (tmp_path / "new.csv").read_text() == 'a b\n1.0 x\nNA "y z"\n'


def test_tells_how_it_writes_dates_and_times():
    forms = {
        "day": DateForm("%d.%m.%Y", clock=" %H:%M", padded=False, clock_padded=False),
        "time": TimeForm(parts=3, digits=2, noon=" ", small=True),
        "n": NumberForm(),
        "gone": DateForm("%Y-%m-%d"),
    }
    letters = FileForm(forms=forms).date_letters({"day", "time", "n"})
    assert letters == {"day": "%-d.%-m.%Y %-H:%M", "time": "%I:%M:%S.%2f %P"}
