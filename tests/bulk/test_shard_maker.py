import pandas as pd
import pytest

from kvae.bulk.plan import Shard
from kvae.bulk.shard_maker import FORMATS, ShardMaker
from kvae.bulk.whole_files import sha256
from kvae.explorer.places import find

SHARD = Shard(number=0, name="rows", counts=(3, 2), seed=1)


@pytest.mark.parametrize("format", sorted(set(FORMATS) - {"png"}))
def test_a_shard_of_a_table_is_as_its_record_says(table_model, tmp_path, format):
    maker = ShardMaker(find(table_model), format, provenance=True)
    described = maker.describe()
    assert described["classes"] == ["often", "seldom"]
    assert {"size", "kind", "kvae_parent"} <= set(described["schema"])
    record = maker.make(SHARD, tmp_path)
    assert record["rows"] == 5
    assert sha256(tmp_path / record["file"]) == record["sha256"]
    assert maker.make(SHARD, tmp_path) == record


@pytest.mark.parametrize("format", ["png", "tfrecord", "parquet"])
def test_images_are_shards_too(image_model, tmp_path, format):
    maker = ShardMaker(find(image_model), format)
    assert "label" in maker.describe()["schema"]
    assert maker.make(SHARD, tmp_path) == maker.make(SHARD, tmp_path)


def test_rows_of_a_saved_model_are_a_table(graph_model, tmp_path):
    maker = ShardMaker(find(graph_model))
    record = maker.make(SHARD, tmp_path)
    frame = pd.read_parquet(tmp_path / record["file"])
    assert set(frame) == {"size", "count", "colour", "word", "day", "yes", "kind"}
    assert set(frame["colour"]) <= {"red", "green", "blue"}


def test_a_format_that_does_not_go_with_the_model_is_refused(table_model, image_model):
    with pytest.raises(ValueError, match="png is of images"):
        ShardMaker(find(table_model), "png").describe()
    with pytest.raises(ValueError, match="csv is of tables"):
        ShardMaker(find(image_model), "csv").describe()


def test_a_full_disk_is_said_in_one_sentence(table_model, tmp_path, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(FORMATS["csv"], "write", full)
    with pytest.raises(OSError, match="could not be written: No space left") as raised:
        ShardMaker(find(table_model), "csv").make(SHARD, tmp_path)
    assert "the same command goes on" in str(raised.value)
    assert not list(tmp_path.iterdir())
