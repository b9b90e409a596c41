"""New rows of a file are rows of that file: the examples of awkward tables, each.

One file has them all, and one model is trained on it; what is written is read as text,
not by kvae's own reader.
"""

import re

import numpy as np
import pandas as pd
import pytest

from kvae.cli import commands as cli
from kvae.preprocessing.written_dates import calendar

N, NEW = 300, 300  # rows; new rows of each of two classes
DAYS = calendar("YYYYMMDD")
PLACES = {"Bonn": "53111", "Ulm": "89073", "Jena": "07743", "Kiel": "24103"}
LARGE = [2**63 + 5 * i for i in range(4)]


def columns(stream):
    """Returns {column: list of N cells, as text}."""
    hidden = stream.normal(size=N) + np.arange(N) % 2

    def mostly(cell, share, others):
        return np.where(stream.random(N) < share, cell, others).astype(object)

    whole = np.rint(hidden * 10).astype(int)
    places = np.array(sorted(PLACES))[stream.integers(0, 4, N)]
    start = stream.integers(0, 50, N)
    days = pd.Timestamp("2019-03-01") + pd.to_timedelta(30 * whole, unit="D")
    seconds = stream.integers(0, 86_400, N)
    return {
        "": range(N),
        "gain": mostly(0, 0.8, np.rint(1000 + 3000 * np.exp(hidden)).astype(int)),
        "asked": mostly(-999, 0.3, 40 + whole),
        "four": 4 * whole,
        "quarter": [f"{n / 4:.2f}" for n in whole],
        "salary": [f"{1000 * (50 + n):,}" for n in whole],
        "ymd": DAYS[40_000 + whole].astype(int),
        "yymmdd": days.strftime("%y%m%d"),
        "week": days.strftime("%G-W%V"),
        "large": stream.choice(LARGE, N),
        "member": np.where(hidden > stream.normal(size=N), "TRUE", "FALSE"),
        "city": places,
        "postcode": [PLACES[place] for place in places],
        "start": start,
        "end": start + stream.integers(0, 15, N),
        "comment": mostly("", 0.84, stream.choice(["good", "bad"], N)),
        "hours": mostly("?", 0.1, (30 + whole).astype(str)),
        "children": mostly("", 0.2, stream.integers(0, 5, N).astype(str)),
        "price": [f"${1250.5 + n:,.2f}" for n in whole * 1.25],
        "loss": [f"({-n})" if n < 0 else f"{n}" for n in whole],
        "share": [f"{50 + n / 2:g}%" for n in whole],
        "euro": [f"{1118.29 + n:.2f}".replace(".", ",") + " €" for n in hidden],
        "seen": days.strftime("%-m/%-d/%Y"),
        "told": (days + pd.to_timedelta(seconds, unit="s")).strftime("%FT%TZ"),
        "at": [f"{s // 3600}:{s // 60 % 60:02d}" for s in seconds],
        "answer": np.array(["Yes", "yes", "yes ", "no"])[stream.integers(0, 4, N)],
        "y": np.where(np.arange(N) % 50 == 7, "", np.arange(N) % 2),
    }


@pytest.fixture(scope="module")
def real():
    cells = columns(np.random.default_rng(0))
    return pd.DataFrame(
        {name: [str(c) for c in column] for name, column in cells.items()}
    )


@pytest.fixture(scope="module")
def written(text_of_page, real, tmp_path_factory):
    """(new rows of augment, those of generate: frames of str; the report)."""
    folder = tmp_path_factory.mktemp("file")
    rows = real.to_csv(index=False, lineterminator="\n").splitlines()
    rows.insert(30, "," * (real.shape[1] - 1))
    (folder / "a.csv").write_text("\n".join(["# by hand", *rows, ""]))
    out = folder / "out"
    flags = "--target y --no-verdict --fold --together city,postcode --ordered reject"
    flags = f"{flags} --rows {NEW} --steps 300 --out {out}"
    cli.main(["augment", str(folder / "a.csv"), *flags.split()])
    flags = f"--rows 40 --out {folder / 'more.csv'}"
    cli.main(["generate", str(out / "model"), *flags.split()])
    whole = as_text(out / "augmented.csv")
    labelled = real[real["y"] != ""].reset_index(drop=True)
    first = whole[: len(labelled)].drop(columns="answer")  # folded
    pd.testing.assert_frame_equal(first, labelled.drop(columns="answer"))
    new, more = whole[len(labelled) :], as_text(folder / "more.csv")
    assert len(new) == 2 * NEW and len(more) == 80
    return new, more, text_of_page(out / "report.html")


def as_text(path):
    frame = pd.read_csv(path, dtype=str, keep_default_na=False)
    return frame.rename(columns={"Unnamed: 0": ""})


@pytest.fixture(params=["augment", "generate"])
def new(request, written):
    return written[request.param == "generate"]


def numbers(column):
    return pd.to_numeric(column[column != ""])


@pytest.mark.parametrize(("name", "value"), [("gain", 0), ("asked", -999)])
def test_1_point_masses_keep_their_share_and_gaps_are_empty(real, new, name, value):
    old, column = numbers(real[name]), numbers(new[name])
    spread = 3 * (0.25 / len(new)) ** 0.5
    assert abs(np.mean(column == value) - np.mean(old == value)) < 0.03 + spread
    rest = column[column != value]
    assert rest.between(old[old != value].min(), old.max()).all()


@pytest.mark.parametrize(("name", "step"), [("four", 4), ("quarter", 0.25)])
def test_2_grids_hold(real, new, name, step):
    column = numbers(new[name])
    assert (column % step == 0).all() and column.nunique() > 10
    assert column.between(numbers(real[name]).min(), numbers(real[name]).max()).all()


def test_2_thousands_are_thousands(new):
    assert new["salary"].str.fullmatch(r"\d{1,3},000").all()


def test_3_integers_that_are_dates_stay_dates(new):
    assert np.isin(numbers(new["ymd"]), DAYS).all() and new["ymd"].nunique() > 10


def test_3_what_is_no_such_date_is_not_taken_for_one(real, new, written):
    assert set(new["week"]) <= set(real["week"])
    assert (
        numbers(new["yymmdd"]).between(*numbers(real["yymmdd"]).quantile([0, 1])).all()
    )
    lines = {line.split()[0]: line for line in written[2].splitlines() if line.strip()}
    assert " integer " in lines["yymmdd"] and " nominal " in lines["week"]


def test_4_numbers_beyond_64_bits_are_names(new, written):
    assert set(new["large"]) <= set(map(str, LARGE)) and new["large"].nunique() > 1
    assert "'large' is read as words, not as numbers, because some" in written[2]


def test_5_answers_are_both_and_written_as_they_were(new):
    assert set(new["member"]) == {"TRUE", "FALSE"}


def test_6_columns_that_depend_on_each_other_do(new, written):
    pairs = set(zip(new["city"], new["postcode"], strict=True))
    assert pairs <= set(PLACES.items())
    assert (numbers(new["start"]) <= numbers(new["end"])).all()
    assert "draws were out of order, and others were drawn" in written[2]


def test_7_a_comment_is_as_rare_as_in_the_table(new):
    assert set(new["comment"]) == {"", "good", "bad"}
    assert abs(np.mean(new["comment"] == "") - 0.84) < 0.1


def test_9_markers_are_holes_among_numbers_and_written_as_they_were(new, written):
    assert 0.02 < np.mean(new["hours"] == "?") < 0.2
    assert numbers(new["hours"].where(new["hours"] != "?", "")).notna().all()
    assert "'?' in column 'hours' is taken for a hole" in written[2]


def test_10_leading_zeros_stay(new):
    assert "07743" in set(new["postcode"])


def test_11_row_numbers_are_empty_in_new_rows(written):
    new, more, report = written
    assert (new[""] == "").all() and (more[""] == "").all()
    assert "column 'Unnamed: 0' numbers the rows: it is not learned" in report


FORMS = {
    "price": r"\$\d,\d{3}\.\d{2}",
    "loss": r"\(\d+\)|\d+",
    "share": r"\d+(\.5)?%",
    "euro": r"\d{4},\d{2} €",
    "seen": r"[1-9]\d?/[1-9]\d?/20[12]\d",
    "told": r"20[12]\d-\d\d-\d\dT\d\d:\d\d:\d\dZ",
    "at": r"(\d|1\d|2[0-3]):[0-5]\d",
}


@pytest.mark.parametrize("name", FORMS)
def test_12_numbers_and_dates_are_written_in_their_form(new, written, name):
    assert all(re.fullmatch(FORMS[name], cell) for cell in new[name]), new[name].head()
    assert new[name].nunique() > 10
    assert f"column '{name}' is read as" in written[2] or name in ("told", "seen")


def test_13_words_are_folded(new, written):
    assert set(new["answer"]) == {"yes", "no"}
    assert "column 'answer' spells words in several ways" in written[2]


def test_14_blank_rows_comments_integers_and_classes_with_holes(new, written):
    assert new["children"].str.fullmatch(r"[0-4]?").all()
    assert 0.05 < np.mean(new["children"] == "") < 0.4
    assert set(new["y"]) == {"0", "1"}
    assert "1 row without any cell left out" in written[2]
    assert "1 line above the names" in written[2]
    assert "6 of 300 rows have no 'y'" in written[2]


def test_14_semicolons_and_decimal_commas_are_written_back(tmp_path):
    rows = [f"{i % 7},{i % 4}5;{i % 3};{i % 2}" for i in range(40)]
    (tmp_path / "a.csv").write_text("\n".join(["größe;n;y", *rows, ""]))
    flags = f"--target y --no-verdict --steps 5 --rows 9 --out {tmp_path}"
    cli.main(["augment", str(tmp_path / "a.csv"), *flags.split()])
    lines = (tmp_path / "augmented.csv").read_text().splitlines()
    assert lines[:41] == ["größe;n;y", *rows] and len(lines) == 41 + 18
    assert all(re.fullmatch(r"\d,\d\d?;[012];[01]", line) for line in lines[41:])


def test_16_no_note_speaks_of_types_or_ends_twice(written):
    assert "np." not in written[2].partition("Settings:")[0]
    assert ".." not in re.sub(r"\.\.\.|\d\.\.\d", "", written[2])
