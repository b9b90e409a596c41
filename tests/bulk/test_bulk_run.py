"""Runs with worker processes: kills, other numbers of workers, other runs."""

import os
import shutil
import signal
import subprocess
import sys
import time

import pandas as pd
import pytest

from kvae.bulk import BulkRun

ROWS = {"rows": 60, "shard_rows": 10}


def sums(folder):
    return (folder / "SHA256SUMS").read_text()


@pytest.fixture(scope="module")
def whole(table_model, tmp_path_factory):
    """The folder of a run by two workers that nothing has interrupted."""
    folder = tmp_path_factory.mktemp("runs") / "whole"
    told = []
    manifest = BulkRun(table_model, folder, **ROWS).write(jobs=2, tell=told.append)
    assert manifest["complete"]
    assert manifest["rows"] == manifest["asked"] == 120
    assert told == [
        "2 classes of 60 rows, 120 in all; files of at most 10 rows: 12. If this is "
        "interrupted, the same command goes on."
    ]
    return folder


def test_shards_are_one_table_with_checksums(whole):
    check = subprocess.run(["sha256sum", "-c", "--quiet", "SHA256SUMS"], cwd=whole)
    assert check.returncode == 0
    frame = pd.read_parquet(whole / "shards")
    assert frame["kind"].value_counts().to_dict() == {"often": 60, "seldom": 60}
    assert frame["colour"].dtype == "category"
    assert len(frame.drop_duplicates()) > 100


def test_a_run_that_is_killed_goes_on_and_ends_the_same(whole, table_model, tmp_path):
    out = tmp_path / "killed"
    command = [sys.executable, "-m", "kvae", "generate", str(table_model)]
    command += ["--rows", "60", "--shard-rows", "10", "--jobs", "1", "--out", str(out)]
    with subprocess.Popen(command) as process:
        while not list(out.glob("shards/rows-*")):
            assert process.poll() is None
            time.sleep(0.01)
        process.send_signal(signal.SIGKILL)
    assert len(list(out.glob("shards/rows-*"))) < 12
    (out / "shards/.rows-00011-of-00012.parquet.1.partial").write_text("half")
    told = []
    BulkRun(table_model, out, **ROWS).write(jobs=1, tell=told.append)
    assert sums(out) == sums(whole)
    assert sorted(os.listdir(out / "shards")) == sorted(os.listdir(whole / "shards"))


def test_a_damaged_shard_is_made_again_and_a_whole_run_is_left_alone(
    whole, table_model, tmp_path
):
    out, told = tmp_path / "copy", []
    shutil.copytree(whole, out)
    path = out / "shards/rows-00003-of-00012.parquet"
    path.write_bytes(path.read_bytes()[:-1] + b"?")
    for _ in range(2):
        BulkRun(table_model, out, **ROWS).write(jobs=1, tell=told.append)
    assert "12, 11 of them finished" in told[0]
    assert "12, all finished" in told[1]
    assert sums(out) == sums(whole)
    assert (out / path).read_bytes() == (whole / "shards" / path.name).read_bytes()


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"rows": 61}, "with --rows 60, not 61"),
        ({"seed": 2}, "with --seed 1, not 2"),
        ({"shard_rows": 20}, "with --shard-rows 10, not 20"),
        ({"format": "csv"}, "with --format parquet, not csv"),
        ({"provenance": True}, "a run without --provenance"),
    ],
)
def test_another_run_is_refused_before_anything_is_made(
    whole, table_model, changed, message
):
    before = sums(whole)
    with pytest.raises(ValueError, match=message):
        BulkRun(table_model, whole, **{**ROWS, **changed}).write(jobs=1)
    assert sums(whole) == before


def test_another_model_is_refused(whole, image_model):
    with pytest.raises(ValueError, match="a run of another model"):
        BulkRun(image_model, whole, **ROWS).write(jobs=1)


def test_the_number_of_rows_of_a_shard_may_be_left_out_when_it_goes_on(
    whole, table_model
):
    assert BulkRun(table_model, whole, rows=60).write(jobs=1)["complete"]
    names = sorted(path.name for path in whole.iterdir())
    assert names == ["SHA256SUMS", "manifest.json", "shards"]


def test_what_cannot_be_written_or_is_no_number_is_said_at_once(table_model, tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(OSError, match="Not a directory"):
        BulkRun(table_model, tmp_path / "file/run", **ROWS).write(jobs=1)
    with pytest.raises(ValueError, match="--jobs expects a whole number >= 1"):
        BulkRun(table_model, tmp_path / "run", **ROWS).write(jobs=0)
    with pytest.raises(ValueError, match="--shard-rows expects a whole number >= 1"):
        BulkRun(table_model, tmp_path / "run", rows=1, shard_rows=0)
    with pytest.raises(ValueError, match="--format expects one of"):
        BulkRun(table_model, tmp_path / "run", rows=1, format="xml")
    assert not (tmp_path / "run").exists()
