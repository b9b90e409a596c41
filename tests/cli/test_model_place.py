"""The place of a model is looked at before the training."""

import pytest

from kvae.cli.model_place import notes_on_place


def test_a_new_folder_needs_no_word(tmp_path):
    assert notes_on_place(tmp_path / "new") == notes_on_place(tmp_path) == ()


def test_an_older_model_stays_and_is_named(tmp_path):
    (tmp_path / "model.joblib").write_bytes(b"x")
    (note,) = notes_on_place(tmp_path)
    assert "model.joblib is of an earlier version" in note
    assert (tmp_path / "model.joblib").read_bytes() == b"x"


def test_a_folder_that_is_no_model_is_not_replaced(tmp_path):
    (tmp_path / "model").mkdir()
    (tmp_path / "model" / "thesis.tex").touch()
    with pytest.raises(FileExistsError, match="which holds thesis.tex"):
        notes_on_place(tmp_path)
