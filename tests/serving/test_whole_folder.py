import os

import pytest

from kvae.serving.whole_folder import WholeFolder


def write(path, text, **kwargs):
    with WholeFolder(path, **kwargs) as new:
        new.mkdir()
        (new / "file").write_text(text)


def test_an_error_leaves_the_old_folder_and_nothing_else(tmp_path):
    path = tmp_path / "model"
    write(path, "old")
    with pytest.raises(OSError, match="full"):
        with WholeFolder(path, overwrite=True) as new:
            new.mkdir()
            (new / "file").write_text("half")
            raise OSError("full")
    assert (path / "file").read_text() == "old"
    assert os.listdir(tmp_path) == ["model"]


def test_it_replaces_a_folder_only_when_asked(tmp_path):
    path = tmp_path / "deep" / "model"
    write(path, "old")
    with pytest.raises(FileExistsError, match="overwrite=True"):
        WholeFolder(path)
    write(path, "new", overwrite=True)
    assert (path / "file").read_text() == "new"
    assert os.listdir(path.parent) == ["model"]
