from kvae.cli.phrases import columns_named, quoted, rows_counted


def test_long_lists_are_cut_and_counted():
    assert columns_named([*"abcdefgh"], most=2) == "columns 'a', 'b' and 6 others"
    assert quoted([1, 2]) == "'1', '2'"


def test_one_row_is_no_plural():
    assert [rows_counted(n) for n in (0, 1, 1234)] == ["0 rows", "1 row", "1,234 rows"]
