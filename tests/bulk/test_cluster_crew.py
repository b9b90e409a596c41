"""Shards that Dask's workers make are those that processes here make."""

import os
import shutil
import signal
import threading
import time

import pytest

from kvae.bulk import BulkRun
from kvae.bulk.cluster_crew import ClusterCrew
from kvae.experiments import workers

distributed = pytest.importorskip("distributed")
ROWS = {"rows": 60, "shard_rows": 10}


@pytest.fixture(scope="module")
def scheduler():
    """A scheduler with two workers that are processes of their own."""
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, host="127.0.0.1", dashboard_address=None
    ) as started:
        yield started


@pytest.fixture(autouse=True)
def code_of_now():
    workers.code_digest.cache_clear()


def sums(folder):
    return (folder / "SHA256SUMS").read_text()


def test_calls_are_answered_and_errors_are_the_callers(scheduler):
    with ClusterCrew(scheduler.scheduler_address) as crew:
        assert sorted(crew.results([(abs, (-3,)), (abs, (1,))])) == [1, 3]
        with pytest.raises(ChildProcessError, match="by zero") as found:
            list(crew.results([(divmod, (1, 0))]))
    assert "Traceback" in found.value.__notes__[0]


def test_a_killed_worker_changes_no_byte(scheduler, table_model, tmp_path, monkeypatch):
    here, there = tmp_path / "here", tmp_path / "there"
    BulkRun(table_model, here, **ROWS).write(jobs=1)
    with distributed.Client(scheduler.scheduler_address) as client:
        pids = list(client.run(os.getpid).values())

    def kill_one():
        while not list(there.glob("shards/rows-*")):
            time.sleep(0.01)
        os.kill(pids[0], signal.SIGKILL)

    killer = threading.Thread(target=kill_one)
    killer.start()
    monkeypatch.chdir(tmp_path)  # paths are made absolute for the workers
    shutil.copytree(table_model, "model")
    manifest = BulkRun("model", "there", **ROWS).write(
        cluster=scheduler.scheduler_address
    )
    killer.join()
    assert manifest["complete"] and manifest["rows"] == 120
    assert sums(there) == sums(here)
    assert not any("processor" in shard for shard in manifest["shards"])


def test_workers_that_find_another_model_make_nothing(
    scheduler, table_model, tmp_path, monkeypatch
):
    # What a worker on another machine would see: the same path, another content.
    monkeypatch.setattr("kvae.bulk.bulk_run.sha256", lambda path: "0" * 64)
    with pytest.warns(UserWarning, match="is left out"):
        with pytest.raises(FileNotFoundError, match="holds another model"):
            BulkRun(table_model, tmp_path / "out", **ROWS).write(
                cluster=scheduler.scheduler_address
            )
