import pandas as pd

from kvae.bulk.csv_shards import CSVShards
from kvae.cli.file_form import FileForm


def test_rows_are_written_as_the_file_writes_them_and_lineage_after_them(
    tmp_path, mixed_table
):
    frame = mixed_table(5)[["count", "word"]].assign(kvae_parent=[3, 1, 4, 1, 5])
    columns = {"columns": ("count", "word"), "header": ("Zahl", "Wort")}
    form = FileForm(separator=";", marks={"word": "?"}, **columns)
    shards = CSVShards(frame, form)
    shards.write(frame, tmp_path / "a.csv")
    first = (tmp_path / "a.csv").read_text().splitlines()
    assert first[0] == "Zahl;Wort;kvae_parent"
    assert first[1] == ";?;3"
    assert list(shards.described()) == ["count", "word", "kvae_parent"]


def test_without_a_form_rows_are_written_as_pandas_does(tmp_path, mixed_table):
    CSVShards(mixed_table()).write(mixed_table(), tmp_path / "a.csv")
    assert len(pd.read_csv(tmp_path / "a.csv")) == 60
