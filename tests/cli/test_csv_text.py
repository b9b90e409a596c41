import pytest

from kvae.cli.csv_text import read_csv_text


@pytest.fixture
def read(tmp_path):
    """Reads a file of these bytes."""

    def read(content):
        path = tmp_path / "table.csv"
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return read_csv_text(path)

    return read


def test_cells_stay_as_they_are(read):
    text = read('a,b\n01067,NA\n"1,5", x \n,nan\n')
    assert text.frame.to_dict("list") == {
        "a": ["01067", "1,5", ""],
        "b": ["NA", " x ", "nan"],
    }


def test_another_encoding_is_read_and_said(read):
    text = read("name,n\nMüller,1\n".encode("cp1252"))
    assert text.frame["name"][0] == "Müller"
    assert text.encoding == "cp1252"
    assert "Windows-1252" in text.notes[0]


def test_a_byte_order_mark_is_no_part_of_a_name(read):
    text = read(b"\xef\xbb\xbfa,b\n1,2\n")
    assert text.header == ("a", "b")
    assert text.encoding == "utf-8-sig"
    assert read("a,b\n1,ü\n".encode("utf-16")).frame["b"][0] == "ü"


def test_the_end_of_lines_is_known(read):
    assert read("a,b\r\n1,2\r\n").line_end == "\r\n"
    assert read("a,b\n1,2\n").line_end == "\n"


def test_one_name_for_two_columns_is_said(read):
    text = read("a,a\n1,2\n")
    assert text.frame.columns.tolist() == ["a", "a.1"]
    assert text.header == ("a", "a")
    assert any("several columns share a name, ['a']" in note for note in text.notes)


@pytest.mark.parametrize(
    ("content", "separator"),
    [
        ("a;b\n1,5;2,5\n", ";"),
        ("a,b\n1;2,x;y\n", ","),
        ("day time,value\n2020-01-01 10:00,5\n", ","),
        ("a b\n1,5 2,5\n", " "),
        ("name\nJohn Smith\nJane Doe\n", ","),
        ('"a" "b"\n"1" 5 "x y"\n', " "),
    ],
)
def test_the_separator_is_what_all_rows_agree_on(read, content, separator):
    assert read(content).separator == separator


def test_blank_lines_at_the_end_are_not_worth_a_note(read):
    assert read("a,b\n1,2\n\n\n").notes == []
    assert read("a,b\n1,2\n\n3,4\n").notes == ["1 row without any cell left out"]


def test_a_cell_that_never_ends_is_said_in_words(read):
    with pytest.raises(ValueError, match="line 2 cannot be cut into cells"):
        read('a,b\n1,"' + "x" * 200_000 + "\n")
