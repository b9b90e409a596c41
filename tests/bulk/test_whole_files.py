import hashlib

import pytest

from kvae.bulk.whole_files import remove_partial, sha256, written_whole


def test_what_fails_leaves_the_former_file_and_nothing_else(tmp_path):
    path = tmp_path / "a"
    path.write_text("old")
    with pytest.raises(OSError), written_whole(path) as partial:
        partial.write_text("ne")
        raise OSError(28, "No space left on device")
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_what_a_killed_process_left_is_removed_and_nothing_else(tmp_path):
    (tmp_path / ".rows.parquet.17.partial").write_text("half")
    (tmp_path / "rows.parquet").write_text("whole")
    remove_partial(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["rows.parquet"]


def test_a_checksum_is_that_of_the_content_and_of_a_folder_of_all_files(tmp_path):
    (tmp_path / "a").write_bytes(b"kvae")
    assert sha256(tmp_path / "a") == hashlib.sha256(b"kvae").hexdigest()
    before = sha256(tmp_path)
    (tmp_path / "b").write_bytes(b"")
    assert sha256(tmp_path) != before
