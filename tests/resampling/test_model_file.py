"""Over-samplers in files."""

import joblib
import pytest

from kvae.resampling.model_file import load_model, save_model


def test_what_was_saved_is_loaded(tmp_path):
    save_model({"a": 1}, tmp_path / "model.joblib")
    assert load_model(tmp_path / "model.joblib", dict) == {"a": 1}


def test_another_object_a_damaged_file_and_none_are_told_apart(tmp_path):
    path = tmp_path / "model.joblib"
    joblib.dump([1], path)
    with pytest.raises(ValueError, match="dict.load expects.*holds a list"):
        load_model(path, dict)
    path.write_bytes(b"no pickle")
    with pytest.raises(ValueError, match="damaged or comes from another version"):
        load_model(path, dict)
    with pytest.raises(FileNotFoundError):
        load_model(tmp_path / "none.joblib", dict)
