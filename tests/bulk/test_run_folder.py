import json

import pytest

from kvae.bulk.run_folder import RunFolder
from kvae.bulk.whole_files import sha256

RUN = {"model": {"sha256": "a"}, "arguments": {"rows": 5, "provenance": False}}


def shard(folder, name):
    (folder.shards / name).write_text(name)
    return {"file": name, "rows": 1, "sha256": sha256(folder.shards / name)}


def test_finished_shards_are_remembered_and_damaged_ones_are_not(tmp_path):
    with RunFolder(tmp_path / "run").locked() as folder:
        folder.begin({"run": RUN})
        for name in ("one", "two", "three"):
            folder.add(shard(folder, name))
        (folder.shards / "two").write_text("twp")
        (folder.shards / "three").unlink()
    with RunFolder(tmp_path / "run").locked() as folder:
        folder.expect_same(RUN)
        assert list(folder.finished()) == ["one"]
        folder.end([folder.finished()["one"]])
    there = json.loads((tmp_path / "run/manifest.json").read_text())
    assert there["complete"]
    assert there["rows"] == 1
    names = sorted(path.name for path in (tmp_path / "run").iterdir())
    assert names == ["SHA256SUMS", "manifest.json", "shards"]
    with RunFolder(tmp_path / "run").locked() as folder:
        assert list(folder.finished()) == ["one"]


def test_half_a_line_of_the_journal_is_no_shard(tmp_path):
    with RunFolder(tmp_path).locked() as folder:
        folder.begin({"run": RUN})
        folder.add(shard(folder, "one"))
        with (tmp_path / "shards.jsonl").open("a") as journal:
            journal.write('{"file": "tw')
    with RunFolder(tmp_path).locked() as folder:
        assert list(folder.finished()) == ["one"]
        folder.add(shard(folder, "two"))
    with RunFolder(tmp_path).locked() as folder:
        assert list(folder.finished()) == ["one", "two"]


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"model": {"sha256": "b"}}, "of another model"),
        ({"arguments": {"rows": 6}}, "with --rows 5, not 6"),
        ({"arguments": {"provenance": True}}, "a run without --provenance"),
        ({"version": {"numpy": "3"}}, "by numpy None, not 3"),
    ],
)
def test_another_run_is_refused(tmp_path, changed, message):
    with RunFolder(tmp_path).locked() as folder:
        folder.begin({"run": RUN})
        with pytest.raises(ValueError, match=message):
            folder.expect_same(changed)


def test_a_folder_of_something_else_and_a_file_are_refused(tmp_path):
    (tmp_path / "thesis.tex").write_text("")
    with pytest.raises(ValueError, match="which holds thesis.tex"):
        with RunFolder(tmp_path).locked():
            pass
    with pytest.raises(ValueError, match="Received: the file"):
        with RunFolder(tmp_path / "thesis.tex").locked():
            pass
    (tmp_path / "manifest.json").write_text("{}")
    with pytest.raises(ValueError, match="is something else"):
        with RunFolder(tmp_path).locked():
            pass


def test_a_second_run_waits_for_the_first(tmp_path):
    with RunFolder(tmp_path).locked() as folder:
        folder.begin({"run": RUN})
        with pytest.raises(OSError, match="Another process writes"):
            with RunFolder(tmp_path).locked():
                pass
        folder.end([shard(folder, "one")])


def test_a_run_that_could_not_begin_leaves_no_folder(tmp_path):
    with pytest.raises(ZeroDivisionError):
        with RunFolder(tmp_path / "run").locked():
            raise ZeroDivisionError
    assert not (tmp_path / "run").exists()
