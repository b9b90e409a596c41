"""Tables as people have them: a tiny file each, what it means, and what is said."""

import datetime

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from kvae.cli.cells import Reading
from kvae.cli.holes import MARKERS
from kvae.cli.table_file import read_table

NA = "a hole"
TIME = pd.Timestamp


@pytest.fixture
def write(tmp_path):
    """Writes a file of these bytes and returns its path."""

    def write(content, name="table.csv"):
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return write


def column_of(path, name="a", **reading):
    """Returns the values of a column as a list, with NA for holes, and the notes."""
    read = read_table(path, reading=Reading(**{"target": "y", **reading}))
    values = read.frame[name].tolist()
    return [NA if pd.isna(value) else value for value in values], read.notes


@pytest.mark.parametrize("separator", [",", ";", "\t", "|", " "])
def test_finds_the_separator(write, separator):
    frame = read_table(write(f"a{separator}b\n1{separator}x\n")).frame
    assert frame.to_dict("list") == {"a": [1], "b": ["x"]}


# Cells of column "a" (the other column is y = p, q, p, ...), values, part of a note.
COLUMNS = {
    # Holes beside numbers, words beside words.
    "?": ("1|?|3", [1, NA, 3], "'?' in column 'a' is taken for a hole, in 1 row"),
    "blank around": ("1| ? |2.5", [1.0, NA, 2.5], "is taken for a hole"),
    "blank": ("1|  |3", [1, NA, 3], None),
    "NA": ("0.5|NA|n/a", [0.5, NA, NA], "'NA', 'n/a' in column 'a' are taken"),
    "minus": ("-1|-|3", [-1, NA, 3], "'-'"),
    "empty cells beside": ("1|?||", [1, NA, NA, NA], "taken for a hole, in 1 row"),
    "null": ("1|NULL|null", [1, NA, NA], "NULL"),
    "none": ("1|none|None|.", [1, NA, NA, NA], "taken for a hole, in 3 rows"),
    "#N/A": ("1|#N/A|<NA>", [1, NA, NA], "'#N/A'"),
    "with dates": ("2024-01-02|?", [TIME("2024-01-02"), NA], "'?'"),
    "with money": ("$1.50|?", [1.5, NA], "written as '$1.50'"),
    "with truths": ("TRUE|NA|FALSE", [True, NA, False], "'NA'"),
    "country": ("NA|SA|", ["NA", "SA", NA], "'NA' in column 'a' is a word like any"),
    "rating": ("None|good|-", ["None", "good", "-"], "are words like any other"),
    "nan": ("nan|x|null", ["nan", "x", "null"], "--missing"),
    # Leading zeros.
    "postcode": ("01067|10115", ["01067", "10115"], "leading zeros: '01067'"),
    "code": ("007|?|123", ["007", "?", "123"], "leading zeros"),
    "zero": ("0|0.5|10", [0.0, 0.5, 10.0], None),
    "long": ("123456789012345678901|1", ["123456789012345678901", "1"], "18 digits"),
    # Numbers in clothes.
    "thousands": ('"26,920"|920', [26920, 920], "written as '26,920'"),
    "money": ('$43.93|"$1,200.10"', [43.93, 1200.1], "written as '$1,200.10'"),
    "German": ('"1.118,29"|"3,50"', [1118.29, 3.5], "written as '1.118,29'"),
    "money of thousands": ("€1.234|€2.500", [1234, 2500], "groups thousands"),
    "zeros at the end": ("1.234|999|12.000", [1234, 999, 12000], "groups thousands"),
    "three decimals": ("1.234|12.500", [1.234, 12.5], "is a decimal mark"),
    "Swiss": ("1'250.5|3.25", [1250.5, 3.25], "numbers"),
    "French": ('"1\u202f250,5"|"3,25"', [1250.5, 3.25], "numbers"),
    "percent": ("11.5%|3%", [11.5, 3.0], "written as '11.5%'"),
    "brackets": ("(55)|12", [-55, 12], "written as '(55)'"),
    "money in brackets": ("($5.50)|$1.25", [-5.5, 1.25], "written as '($5.50)'"),
    "euro": ("€ 5|€ 17", [5, 17], "written as '€ 17'"),
    "euro behind": ('"5,20 €"|"17,00 €"', [5.2, 17.0], "written as '17,00 €'"),
    "code of a currency": ("USD 5|USD 17", [5, 17], "numbers"),
    "unit": ("5 kg|-7.5 kg", [5.0, -7.5], "written as '-7.5 kg'"),
    "degrees": ("21°C|7°C", [21, 7], "numbers"),
    "minus behind": ("5-|7", [-5, 7], "numbers"),
    "long minus": ("−5|7", [-5, 7], "numbers"),
    "two units": ("5 kg|7 g", ["5 kg", "7 g"], "such as '5 kg', '7 g'"),
    "two marks": ('"1,5"|1.5', ["1,5", "1.5"], "in several ways"),
    "half dressed": ("$5|5|6", ["$5", "5", "6"], "in several ways"),
    "names": ("Q1|Q2", ["Q1", "Q2"], None),
    "powers": ("1e5|2.5", [1e5, 2.5], None),
    # Dates and times.
    "American": (
        "5/19/2015|1/2/2014",
        [TIME("2015-05-19"), TIME("2014-01-02")],
        "month",
    ),
    "British": (
        "19/5/2015|1/2/2014",
        [TIME("2015-05-19"), TIME("2014-02-01")],
        "the day",
    ),
    "either": ("5/4/2015|1/2/2014", [TIME("2015-05-04"), TIME("2014-01-02")], "may be"),
    "with a time": (
        "14/12/2018 12:41:33|01/02/2018 02:03:04",
        [TIME("2018-12-14 12:41:33"), TIME("2018-02-01 02:03:04")],
        "written as '14/12/2018 12:41:33'",
    ),
    "noon": ("5/19/2015 5:07 PM|?", [TIME("2015-05-19 17:07"), NA], "PM"),
    "zone": (
        "2020-01-02T03:04:05Z|2021-01-02T03:04:05Z",
        [TIME("2020-01-02 03:04:05Z"), TIME("2021-01-02 03:04:05Z")],
        "written as '2020-01-02T03:04:05Z'",
    ),
    "two digits": (
        "31.12.24|01.02.24",
        [TIME("2024-12-31"), TIME("2024-02-01")],
        "24'",
    ),
    "month": (
        "19 May 2015|1 Jun 2015",
        [TIME("2015-05-19"), TIME("2015-06-01")],
        "May",
    ),
    "eight digits": (
        "20150519|20161231|20170101",
        [TIME("2015-05-19"), TIME("2016-12-31"), TIME("2017-01-01")],
        "dates",
    ),
    "times": (
        "17:53|7:05",
        [pd.Timedelta("17:53:00"), pd.Timedelta("7:05:00")],
        "times",
    ),
    "no date": ("2024-02-31|2024-03-01", ["2024-02-31", "2024-03-01"], "is none"),
    "two orders": ("19/5/2015|5/19/2015", ["19/5/2015", "5/19/2015"], "several ways"),
    # Spellings.
    "case": ("Yes|yes|YES|no", ["Yes", "yes", "YES", "no"], "--fold takes them for"),
    "blanks": ("yes |no", ["yes ", "no"], "have blanks around them: --fold"),
}


@pytest.mark.parametrize(("cells", "values", "note"), COLUMNS.values(), ids=COLUMNS)
def test_a_column_means(write, cells, values, note):
    rows = [f"{cell},{'pq'[i % 2]}" for i, cell in enumerate(cells.split("|"))]
    path = write("\n".join(["a,y", *rows, ""]))
    read, notes = column_of(path)
    assert read == values
    if note is None:
        assert not any("'a'" in said for said in notes)
    else:
        assert any(note in said and "'a'" in said for said in notes), notes
    # What is written has the form of what was read.
    back = read_table(path).form
    if back.forms.get("a"):
        whole = read_table(path)
        back.write(back.texts(whole.frame), path)
        assert column_of(path)[0] == values


# Labels, what remains of them, part of a note.
TARGETS = {
    "None": ("a|None", ["a", "None"], "'None' in column 'y' is a class like any other"),
    "NA": ("SA|NA|", ["SA", "NA", NA], "--unlabelled 'NA'"),
    "minus": ("+|-", ["+", "-"], "'-' in column 'y' is a class"),
    "numbers": ("0|1|", [0, 1, NA], None),
    "numbers and NA": ("0|1|NA", [0, 1, NA], "'NA' in column 'y' is taken for a hole"),
    "a grade of none": ("1|2|none", ["1", "2", "none"], "is a class"),
    "percent": ("5%|10%", ["5%", "10%"], None),
    "days": ("1/2/2020|3/4/2020", ["1/2/2020", "3/4/2020"], None),
    "codes": ("01|02", ["01", "02"], "leading zeros"),
    "truths": ("True|False", [True, False], None),
}


@pytest.mark.parametrize(("labels", "values", "note"), TARGETS.values(), ids=TARGETS)
def test_no_row_loses_its_label(write, labels, values, note):
    rows = [f"{i}.5,{label}" for i, label in enumerate(labels.split("|"))]
    read, notes = column_of(write("\n".join(["a,y", *rows, ""])), "y")
    assert read == values
    assert note is None or any(note in said for said in notes), notes


def test_given_markers_hold_for_words_too_and_spare_the_target(write):
    path = write("a,b,y\nunknown,1,unknown\nred,?,x\nNA,3,x\n")
    assert column_of(path, "a", missing=("unknown",))[0] == [NA, "red", "NA"]
    assert column_of(path, "b", missing=("unknown",))[0] == [1, NA, 3]
    assert column_of(path, "y", missing=("unknown",))[0] == ["unknown", "x", "x"]
    assert column_of(path, "b", missing=("",))[0] == ["1", "?", "3"]
    assert column_of(path, "b", missing=("", "?"))[0] == [1, NA, 3]
    assert column_of(path, "y", unlabelled="unknown")[0] == [NA, "x", "x"]


def test_folded_words_have_the_commonest_spelling_in_what_is_written_too(write):
    path = write("a,y\n1,Yes\n2,yes\n3,yes \n4,YES\n5,no\n")
    read = read_table(path, reading=Reading("y", fold=True))
    assert read.frame["y"].tolist() == ["yes"] * 4 + ["no"]
    assert read.written["y"].tolist() == ["yes"] * 4 + ["no"]
    assert "in several ways, 'YES', 'Yes', 'yes', 'yes ': taken for one" in (
        "\n".join(read.notes)
    )


def test_a_column_without_doubt_decides_for_others(write):
    path = write(
        "a;b;c;d;y\n1,5;1.234;5/4/2015;13/4/2015;p\n2;5.678;6/4/2015;1/1/2015;q\n"
    )
    frame = read_table(path).frame
    assert frame["b"].tolist() == [1234, 5678]
    assert frame["c"].dt.day.tolist() == [5, 6]


def many(header, rows, n=30):
    return "\n".join([header, *[rows(i) for i in range(n)], ""])


@pytest.mark.parametrize(
    ("content", "left_out", "note"),
    [
        (many("n,x,y", lambda i: f"{i},{i / 7},{i % 2}"), ("n",), "numbers the rows"),
        (many("n,x,y", lambda i: f"{30 - i},{i / 7},{i % 2}"), ("n",), "--keep 'n'"),
        (many(",x,y", lambda i: f"{i},{i / 7},{i % 2}", 3), ("Unnamed: 0",), "numbers"),
        (
            many("n,x,y", lambda i: f"{100 + 7 * i},{i / 7},{i % 2}"),
            ("n",),
            "like a name",
        ),
        (many("n,x,y", lambda i: f"p{i},{i / 7},{i % 2}"), ("n",), "like a name"),
        (many("n,x,y", lambda i: f"$1{i:02d},{i / 7},{i % 2}"), (), None),
        (many("n,x,y", lambda i: f"{i},{i / 7},{i % 2}", 4), (), None),
        (many("n,y", lambda i: f"{i},{i % 2}"), (), "nothing else to learn from"),
        (many("x,y", lambda i: f"{i / 7},{i}"), (), None),
    ],
)
def test_columns_that_name_rows_are_not_learned(write, content, left_out, note):
    read = read_table(write(content), reading=Reading("y"))
    assert read.left_out == left_out
    assert set(read.learned) == set(read.frame) - set(left_out)
    assert note is None or any(note in said for said in read.notes), read.notes
    keep = read_table(write(content), reading=Reading("y", keep=left_out))
    assert keep.left_out == ()
    with pytest.raises(ValueError, match="--keep expects the name of a column"):
        read_table(write(content), reading=Reading("y", keep=("other",)))


# Content, its columns (or an error), part of a note.
LAYOUTS = {
    "comments": (
        "# by hand\n# 2024\na,b\n1,x\n",
        "ab",
        "2 lines above the names",
    ),
    "title": ("Report 2024\n\na,b,y\n1,2,x\n", "aby", "1 line above the names"),
    "other comments": ("% one\n// two\na,b\n1,x\n", "ab", "2 lines above the names"),
    "separator for Excel": ("sep=;\na;b\n1,5;x\n", "ab", "decimal commas"),
    "names again": ("a,b\n1,x\na,b\n2,z\n", "ab", "1 row with the names again"),
    "names in a comment": ("#a,b\n1,x\n", "ab", None),
    "blank names": (",,\na,b\n1,2\n", "ab", None),
    "blank rows": ("a,b\n\n1,2\n ,\n4,5\n\n", "ab", "2 rows without any cell left out"),
    "row names of R": ("a,b\nr1,1,2\nr2,4,5\n", ["Unnamed: 0", "a", "b"], "row names"),
    "separators at the end": (
        "a,b\n1,2,\n4,5,\n",
        "ab",
        "separators at the end of rows",
    ),
    "short rows": ("a,b,c\n1,2,3\n4,5\n", "abc", "such as line 3, '4', '5'"),
    "blank before a quotation mark": ('a, b\n1, "x, y"\n', "ab", "blanks behind"),
    "aligned": ("  a   b\n 1.5   x\n-3    y\n", "ab", "separated by blanks"),
    "header of numbers": ("5.1,3.5\n4.9,3.0\n", ["5.1", "3.5"], "not like names"),
    "years": ("name,2019,2020\na,1,2\nb,3,4\n", ["name", "2019", "2020"], None),
    "no name": (",b\nx,2\nx,3\n", ["Unnamed: 0", "b"], "without a name"),
}


@pytest.mark.parametrize(("content", "names", "note"), LAYOUTS.values(), ids=LAYOUTS)
def test_a_file_is_laid_out(write, content, names, note):
    read = read_table(write(content))
    assert read.frame.columns.tolist() == list(names)
    assert note is None or any(note in said for said in read.notes), read.notes


REFUSED = {
    "empty": ("", "is empty"),
    "blank": ("\n\n", "nothing but blank lines"),
    "no rows": ("a,b\n", "has no rows"),
    "zero bytes": ("a,b\x00\n", "zero bytes"),
    "wide": (",".join(f"c{i}" for i in range(20_000)), "20,000 columns; at most 2,000"),
    "long rows": ("a,b\n1,2\n1,2,3\n", "2 names, and 1 row more cells, such as line 3"),
    "short header": ("a,b,c,d\n1,2\n1,2,3,4,5\n", "line 3 with 5: '1', '2'"),
    "long header": ("a,b,c\n1,2\n4,5\n", "3 names, and all rows fewer cells"),
    "decimal commas": ("a,y\n1,5,x\n1,7,z\n", "one cell more .a decimal comma"),
    "open quotation": ('a,b\n1,"2\n4,5\n', "quotation mark opens a cell and does not"),
    "no names": ("1,x\n2,x\n3,z\n4,z\n", "no column 'y', and seems to have no names"),
    "no names, words": ("p,x,s\np,x,t\ne,z,s\ne,x,t\n", "Put a line of names above it"),
}


@pytest.mark.parametrize(("content", "message"), REFUSED.values(), ids=REFUSED)
def test_what_is_no_table_is_refused_in_words(write, content, message):
    with pytest.raises(ValueError, match=message) as raised:
        read_table(write(content), reading=Reading("y"))
    assert "tokenizing" not in str(raised.value)


def test_absent_files_and_other_endings_are_refused(write, tmp_path):
    with pytest.raises(FileNotFoundError, match="no file"):
        read_table(tmp_path / "none.csv")
    with pytest.raises(ValueError, match="'table.json'"):
        read_table(write("{}", "table.json"))


def test_reads_parquet(tmp_path):
    frame = pd.DataFrame({"a": [1.5, 2], "b": pd.Categorical(["x", "y"])})
    frame.to_parquet(tmp_path / "table.parquet")
    read = read_table(tmp_path / "table.parquet")
    pd.testing.assert_frame_equal(read.frame, frame)
    assert read.notes == []


def test_lists_in_cells_are_named(tmp_path):
    pd.DataFrame({"a": [[1], [2, 3]]}).to_parquet(tmp_path / "lists.parquet")
    with pytest.raises(ValueError, match="'a' expects numbers, words or dates"):
        read_table(tmp_path / "lists.parquet")


def test_days_of_python_are_read(tmp_path):
    days = pd.DataFrame({"day": [datetime.date(2024, 1, 2), None], "y": ["a", "b"]})
    days.to_parquet(tmp_path / "a.parquet")
    assert len(read_table(tmp_path / "a.parquet").frame) == 2


def test_excel_keeps_text_and_holes_as_they_are(tmp_path):
    cells = {
        2024: [1, 2, None],  # a year as a name
        "zip": ["01067", "10115", "00001"],
        "n": [1, "?", 3],
        "country": ["NA", None, "SA"],
        "day": [datetime.datetime(2024, 1, day) for day in (1, 2, 3)],
        "gap": [None] * 3,
    }
    frame = pd.DataFrame(
        {name: pd.Series(c, dtype=object) for name, c in cells.items()}
    )
    frame.loc[1.5] = None
    frame = frame.sort_index()
    frame.to_excel(tmp_path / "table.xlsx", index=False)
    read = read_table(tmp_path / "table.xlsx")
    holes = read.frame.astype(object).where(read.frame.notna(), NA)
    values = holes.to_dict("list")
    assert values["2024"] == [1, 2, NA]
    assert read.frame["2024"].dtype == "Int64"
    assert values["zip"] == cells["zip"]
    assert values["n"] == [1, NA, 3]
    assert values["country"] == ["NA", NA, "SA"]
    assert read.frame["day"].dt.day.tolist() == [1, 2, 3]
    assert read.written["day"].dtype == read.frame["day"].dtype  # no 00:00:00
    assert read.written["n"].tolist() == cells["n"]
    assert "1 row without any cell left out" in read.notes
    assert "'?' in column 'n' is taken for a hole, in 1 row" in read.notes


def test_excel_without_its_package_says_what_to_install(write, monkeypatch):
    def read_excel(*arguments, **options):
        raise ImportError("Missing optional dependency")

    monkeypatch.setattr(pd, "read_excel", read_excel)
    with pytest.raises(ImportError, match=r"kvae\[excel\]"):
        read_table(write("PK", "table.xlsx"))


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    st.lists(
        st.one_of(
            st.integers(-(10**6), 10**6).map(str),
            st.sampled_from(sorted(MARKERS)),
            st.sampled_from(sorted(MARKERS)).map(str.upper),
            st.sampled_from(["", " ", "  ?"]),
        ),
        min_size=3,
        max_size=12,
    )
)
def test_integers_among_markers_are_read_and_the_rest_are_holes(tmp_path, cells):
    path = tmp_path / "markers.csv"
    rows = "".join(f'"{cell}",{i % 2}\n' for i, cell in enumerate(["7", *cells]))
    path.write_text("a,y\n" + rows)
    read = read_table(path, reading=Reading("y")).frame["a"]
    numbers = [int(c) if c.lstrip("-").isdigit() else None for c in ["7", *cells]]
    assert [None if pd.isna(value) else value for value in read] == numbers
    assert pd.api.types.is_integer_dtype(read.dtype)


AMOUNTS = st.tuples(
    st.sampled_from(["{}", "${}", "{}%", "{} kg", "€ {}"]),
    st.sampled_from([("", "."), (",", "."), (".", ","), ("", ",")]),
    st.integers(0, 2),
    st.lists(st.integers(10**3, 10**7), min_size=3, max_size=9, unique=True),
    st.lists(st.sampled_from(["?", "NA", "", "n/a"]), max_size=3),
)


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(AMOUNTS)
@example(("{}", ("", "."), 2, [4999950, 1000, 1001], []))
def test_a_file_writes_its_numbers_and_holes_as_it_came(tmp_path, amounts):
    clothes, (thousands, mark), decimals, counts, holes = amounts
    texts = [f"{n / 10**decimals:,.{decimals}f}" for n in counts]
    swap = str.maketrans({",": thousands, ".": mark})
    cells = [clothes.format(text.translate(swap)) for text in texts] + holes
    rows = "".join(f'"{cell}";{i % 2}\n' for i, cell in enumerate(cells))
    path = tmp_path / "amounts.csv"
    path.write_text("a;y\n" + rows, encoding="utf-8")
    read = read_table(path, reading=Reading("y"))
    column = read.frame["a"]
    assert pd.api.types.is_numeric_dtype(column.dtype)
    assert column.isna().sum() == len(holes)
    # 1.000 and 2.000 may be thousands or not, but all alike: ratios are sure.
    found = column.iloc[: len(counts)].to_numpy("float64")
    np.testing.assert_allclose(found / found[0], np.divide(counts, counts[0]))
    written = read.form.texts(read.frame)["a"].fillna("").tolist()
    assert written[: len(counts)] == cells[: len(counts)]
    assert len(set(written[len(counts) :])) <= 1  # all holes by one marker
