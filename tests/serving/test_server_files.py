from pathlib import Path

import pytest

from kvae.serving import server_files

SAVED_MODELS = Path(__file__).parents[2] / "saved_models"


def test_every_published_model_gets_its_entry(tmp_path):
    for path in ("a/1", "b/2", "empty", ".hidden/1"):
        (tmp_path / path).mkdir(parents=True)
    (tmp_path / "monitoring.config").write_text("mine")
    assert server_files.write_server_files(tmp_path) == ["a", "b"]
    text = (tmp_path / "models.config").read_text()
    assert text == server_files.models_config(["a", "b"])
    assert (tmp_path / "monitoring.config").read_text() == "mine"
    assert (tmp_path / "batching_parameters.txt").read_text() == server_files.BATCHING


def test_tf_serving_parses_the_files():
    text_format = pytest.importorskip("google.protobuf.text_format")
    config = pytest.importorskip("tensorflow_serving.config.model_server_config_pb2")
    parsed = text_format.Parse(
        (SAVED_MODELS / "models.config").read_text(), config.ModelServerConfig()
    )
    golden = {
        entry.name: entry.base_path
        for entry in parsed.model_config_list.config
        if "golden" in entry.name
    }
    names = ("conditional_golden", "digits_golden", "table_golden")
    assert golden == {name: f"/models/{name}" for name in names}


def test_names_with_quotes_and_line_ends_can_be_parsed():
    text_format = pytest.importorskip("google.protobuf.text_format")
    config = pytest.importorskip("tensorflow_serving.config.model_server_config_pb2")
    names = ['a "b"', "back\\slash", "line\nend", "ümlaut", "tab\t"]
    parsed = text_format.Parse(
        server_files.models_config(names), config.ModelServerConfig()
    )
    assert [entry.name for entry in parsed.model_config_list.config] == names


def test_the_files_in_the_repository_are_those_it_writes():
    assert (SAVED_MODELS / "monitoring.config").read_text() == server_files.MONITORING
    batching = (SAVED_MODELS / "batching_parameters.txt").read_text()
    assert batching == server_files.BATCHING
