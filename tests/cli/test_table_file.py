import datetime

import numpy as np
import pandas as pd
import pytest

from kvae.cli.table_file import expect_target, odd_columns, read_table


@pytest.fixture
def write(tmp_path):
    """Writes a file of these bytes and returns its path."""

    def write(content, name="table.csv"):
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return write


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_finds_the_separator(write, separator):
    frame, _ = read_table(write(f"a{separator}b\n1{separator}x\n"))
    assert frame.to_dict("list") == {"a": [1], "b": ["x"]}


def test_reads_parquet(tmp_path):
    frame = pd.DataFrame({"a": [1.5, 2], "b": pd.Categorical(["x", "y"])})
    frame.to_parquet(tmp_path / "table.parquet")
    read, notes = read_table(tmp_path / "table.parquet")
    pd.testing.assert_frame_equal(read, frame)
    assert notes == []


def test_reads_excel(tmp_path):
    frame = pd.DataFrame({2024: [1, 2]})  # a year as a name
    frame.to_excel(tmp_path / "table.xlsx", index=False)
    expected = frame.rename(columns=str)
    pd.testing.assert_frame_equal(read_table(tmp_path / "table.xlsx")[0], expected)


def test_excel_without_its_package_says_what_to_install(write, monkeypatch):
    def read_excel(*arguments, **options):
        raise ImportError("Missing optional dependency")

    monkeypatch.setattr(pd, "read_excel", read_excel)
    with pytest.raises(ImportError, match=r"kvae\[excel\]"):
        read_table(write("PK", "table.xlsx"))


def test_another_encoding_is_read_and_said(write):
    frame, notes = read_table(write("name,n\nMüller,1\n".encode("cp1252")))
    assert frame["name"][0] == "Müller"
    assert any("Windows-1252" in note for note in notes)


def test_a_byte_order_mark_is_no_part_of_a_name(write):
    assert read_table(write(b"\xef\xbb\xbfa,b\n1,2\n"))[0].columns.tolist() == [
        "a",
        "b",
    ]


def test_one_name_for_two_columns_is_said(write):
    frame, notes = read_table(write("a,a\n1,2\n"))
    assert frame.columns.tolist() == ["a", "a.1"]
    assert any("several columns share a name, ['a']" in note for note in notes)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "is empty"),
        ("\n\n", "nothing but blank lines"),
        ("a,b\n", "has no rows"),
        ("a,b\x00\n", "zero bytes"),
        (",".join(f"c{i}" for i in range(20_000)), "20,000 columns; at most 2,000"),
        ("a,b\n1,2\n1,2,3\n", "cannot be read as a table"),
    ],
)
def test_what_is_no_table_is_refused_in_words(write, content, message):
    with pytest.raises(ValueError, match=message):
        read_table(write(content))


def test_absent_files_and_other_endings_are_refused(write, tmp_path):
    with pytest.raises(FileNotFoundError, match="no file"):
        read_table(tmp_path / "none.csv")
    with pytest.raises(ValueError, match="'table.json'"):
        read_table(write("{}", "table.json"))


def test_odd_columns_are_said_in_words():
    frame = pd.DataFrame(
        {
            "name": [f"person {i}" for i in range(30)],
            "same": 1,
            "empty": np.nan,
            "holey": [1.0, *[None] * 20, *range(9)],
            "mixed": ["n/a", *map(str, range(29))],
        }
    )
    notes = "\n".join(odd_columns(frame))
    assert "'name' has a different value in every row" in notes
    assert "'same' has the same value in every row, '1'" in notes
    assert "'empty' is empty" in notes
    assert "'holey' has holes in 20 of 30" in notes
    assert "'mixed' holds numbers in 97%" in notes


@pytest.mark.parametrize(
    ("y", "target", "message"),
    [
        ([0, 1], "z", "Received: 'z'. The columns are 'x', 'y'"),
        ([1, 1], "y", "at least two classes"),
        (range(1000), "y", "1000 different values"),
        ([0.5, 1.5, 0.5], "y", "expects classes. Received: numbers such as"),
    ],
)
def test_what_is_no_target_is_refused(y, target, message):
    frame = pd.DataFrame({"x": range(len(y)), "y": y})
    with pytest.raises(ValueError, match=message):
        expect_target(frame, target)


def test_rows_without_a_label_and_small_classes_are_said():
    frame = pd.DataFrame({"x": range(9), "y": ["a"] * 5 + ["b", "b", None, ""]})
    notes = expect_target(frame, "y")
    assert notes[0].startswith("2 of 9 rows have no 'y'")
    assert notes[1].startswith("class 'b' has 2 row(s)")


def test_decimal_commas_and_dates_are_read_as_what_they_are(write):
    frame, notes = read_table(write("price;day\n1,5;2024-02-01\n2,25;2024-03-01\n"))
    assert frame["price"].tolist() == [1.5, 2.25]
    assert frame["day"].dt.month.tolist() == [2, 3]
    assert {"numbers have decimal commas", "column 'day' is read as dates"} < set(notes)
    frame, _ = read_table(write("day\n2024-02-31\n2024-03-01\n"))
    assert frame["day"].tolist() == ["2024-02-31", "2024-03-01"]


def test_lists_in_cells_are_named(tmp_path):
    pd.DataFrame({"a": [[1], [2, 3]]}).to_parquet(tmp_path / "lists.parquet")
    with pytest.raises(ValueError, match="'a' expects numbers, words or dates"):
        read_table(tmp_path / "lists.parquet")


def test_a_target_of_numbers_and_words_and_one_with_an_unused_category():
    frame = pd.DataFrame({"a": range(3), "y": pd.Series([1, 2, "x"], dtype=object)})
    with pytest.raises(ValueError, match="classes of one kind"):
        expect_target(frame, "y")
    frame = frame.assign(y=pd.Categorical(["m", "f", "m"], ["f", "m", "other"]))
    assert expect_target(frame, "y") == [
        "class 'f' has 1 row(s), too few for a reliable verdict"
    ]


def test_german_dates_are_dates_and_dates_are_no_names(tmp_path):
    days = [f"{1 + i % 28}.{1 + i // 28}.2024" for i in range(40)]
    frame = pd.DataFrame({"day": days, "odd": ["31.02.2024"] * 40, "n": range(40)})
    frame.to_csv(tmp_path / "a.csv", index=False)
    read, notes = read_table(tmp_path / "a.csv")
    assert read["day"].iloc[30] == pd.Timestamp("2024-02-03")
    assert read["odd"].iloc[0] == "31.02.2024"
    assert "column 'day' is read as dates, and written as 2024-12-31" in notes
    assert not any("different value in every row" in note for note in notes)


def test_objects_that_are_no_text_are_no_dates(tmp_path):
    (tmp_path / "a.csv").write_text("a,b,y\nTrue,1,x\n,2,z\nFalse,3,x\n")
    read, notes = read_table(tmp_path / "a.csv")
    assert read["a"].tolist()[0] is True
    assert read["a"].isna().sum() == 1
    days = pd.DataFrame({"day": [datetime.date(2024, 1, 2), None], "y": ["a", "b"]})
    days.to_parquet(tmp_path / "a.parquet")
    assert len(read_table(tmp_path / "a.parquet")[0]) == 2
