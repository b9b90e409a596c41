"""The store: whole lines or none."""

import numpy as np
import pytest

from kvae.experiments.results import Store


@pytest.fixture
def store(tmp_path):
    return Store(tmp_path / "deep" / "store.jsonl")


def fill(store, *keys):
    with store.writing():
        for key in keys:
            rows = [{"seed": seed, "f1": np.float32(0.5)} for seed in (0, 1)]
            store.append({key: rows}, seconds=1.5, settings={"steps": 3})


def test_an_absent_file_is_an_empty_store(store):
    assert store.cells() == {}
    assert store.rows().empty


def test_gives_back_what_was_appended(store):
    fill(store, "a", "b")
    rows = store.rows()
    assert rows["cell"].tolist() == ["a", "a", "b", "b"]
    assert rows["seed"].tolist() == [0, 1, 0, 1]
    assert (rows["f1"] == 0.5).all()
    assert (rows["seconds"] == 1.5).all()
    assert "settings" not in rows  # dicts stay in the record
    assert store.cells()["a"]["settings"] == {"steps": 3}


def test_rows_come_in_the_order_asked_for(store):
    fill(store, "a", "b", "c")
    assert store.rows(["c", "a", "z"])["cell"].tolist() == ["c", "c", "a", "a"]


def test_every_cut_leaves_the_whole_lines(store):
    fill(store, "a", "b")
    content = store.path.read_bytes()
    first = content.index(b"\n") + 1
    for cut in range(len(content)):
        store.path.write_bytes(content[:cut])
        assert list(store.cells()) == (["a"] if cut >= first else [])
        fill(store, "c")
        assert list(store.cells()) == (["a", "c"] if cut >= first else ["c"])


def test_damage_before_the_end_is_named(store):
    fill(store, "a", "b", "c")
    lines = store.path.read_text().splitlines(keepends=True)
    store.path.write_text(lines[0] + "{half\n" + lines[2])
    with pytest.raises(ValueError, match=r"store.jsonl, line 2, is damaged.*Remove"):
        store.cells()


def test_two_runs_do_not_share_a_file(store):
    with store.writing(), pytest.raises(RuntimeError, match="Another run writes to"):
        fill(Store(store.path), "a")
    fill(store, "a")  # free again


def test_a_full_disk_leaves_the_lines_before(store, monkeypatch):
    fill(store, "a")

    def full(descriptor):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch, pytest.raises(OSError, match="No space left"):
        patch.setattr("os.fsync", full)
        fill(store, "b")
    assert "a" in store.cells()
