"""A cluster of Dask: the same numbers, whatever becomes of its workers."""

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import numpy as np
import pytest

from kvae.experiments import Bundle, Store, cluster, run, workers
from kvae.warning_classes import UnfitWorkerWarning

pytest.importorskip("distributed")
ROOT = Path(__file__).parents[2]


def train(seed, cells, seconds=0.0, folder=None, needs=None, deadly=None):
    import os
    import time
    from pathlib import Path

    import numpy as np

    if needs is not None and os.environ.get("KVAE_TEST_WORKER") == needs:
        raise FileNotFoundError("There is no data here. Prepare it.")
    if seed == deadly:
        os._exit(1)
    if folder is not None:
        Path(folder, f"seed{seed}-{os.getpid()}").touch()
    time.sleep(seconds)
    x = np.random.default_rng(seed).normal(size=(100, 100))
    return [[{"seed": seed, "norm": float(np.linalg.norm(x @ x))}] for _ in cells]


def bundles(count, **where):
    import cloudpickle

    cloudpickle.register_pickle_by_value(sys.modules[__name__])
    return [Bundle(train, {"seed": seed}, where=where) for seed in range(count)]


def rows_of(store):
    return {key: record["rows"] for key, record in store.cells().items()}


def free_port():
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        return bound.getsockname()[1]


class Processes:
    """A scheduler and workers, each a process of its own."""

    def __init__(self, stack, folder):
        self.stack, self.folder, self.port = stack, folder, free_port()
        self.address = f"tcp://127.0.0.1:{self.port}"
        self.workers = []

    def start(self, *arguments, **environment):
        command = [sys.executable, "-m", "distributed.cli.dask_" + arguments[0]]
        process = subprocess.Popen(
            [*command, *arguments[1:]],
            cwd=self.folder,
            env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        self.stack.callback(process.wait)
        self.stack.callback(process.kill)
        return process

    def start_scheduler(self):
        place = ("--host", "127.0.0.1", "--port", str(self.port), "--no-dashboard")
        self.scheduler = self.start("scheduler", *place)

    def start_worker(self, threads=1, **environment):
        flags = ("--nthreads", str(threads), "--no-nanny", "--no-dashboard")
        worker = self.start("worker", self.address, *flags, **environment)
        self.workers.append(worker)
        return worker


@pytest.fixture(autouse=True)
def without_waiting(monkeypatch):
    """Workers need no TensorFlow; code is that of now, in a tree that is worked on."""
    monkeypatch.delitem(sys.modules, "tensorflow", raising=False)
    workers.code_digest.cache_clear()


@pytest.fixture
def processes(tmp_path):
    with contextlib.ExitStack() as stack:
        started = Processes(stack, tmp_path)
        started.start_scheduler()
        yield started


def wait_until(condition, seconds=60):
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until
        time.sleep(0.05)


def pids(folder):
    return {int(path.name.partition("-")[2]) for path in folder.glob("seed*")}


def test_a_lost_worker_changes_nothing(processes, tmp_path):
    here, there = Store(tmp_path / "here.jsonl"), Store(tmp_path / "there.jsonl")
    assert run(bundles(20), here, jobs=1) == {}
    processes.start_worker()
    processes.start_worker()
    marks = tmp_path / "marks"
    marks.mkdir()

    def kill_one():
        wait_until(lambda: len(pids(marks)) == 2)
        os.kill(processes.workers[0].pid, signal.SIGKILL)

    killer = threading.Thread(target=kill_one)
    killer.start()
    done = []
    todo = bundles(20, seconds=0.3, folder=str(marks))
    errors = run(todo, there, 1, done.append, processes.address, revision="abc")
    killer.join()
    assert errors == {} and done == list(range(21))
    assert processes.workers[0].poll() is not None
    assert rows_of(there) == rows_of(here)
    cells = there.cells().values()
    assert {record["machine"] for record in cells} == {workers.machine()}
    assert len(there.path.read_text().splitlines()) == 20


def test_a_lost_scheduler_is_said_and_the_same_call_goes_on(processes, tmp_path):
    processes.start_worker()
    store = Store(tmp_path / "store.jsonl")
    done = []

    def progress(count):
        done.append(count)
        if count == 3:
            processes.scheduler.kill()

    with pytest.raises(ConnectionError, match="is lost. What was finished is kept"):
        run(bundles(8, seconds=0.2), store, 1, progress, processes.address)
    kept = len(store.cells())
    assert 3 <= kept < 8
    processes.workers[0].wait(60)  # ends by itself
    processes.start_scheduler()
    processes.start_worker()
    assert run(bundles(8), store, cluster=processes.address) == {}
    here = Store(tmp_path / "here.jsonl")
    run(bundles(8), here)
    assert rows_of(store) == rows_of(here)
    assert len(store.path.read_text().splitlines()) == 8


def test_a_worker_without_the_data_is_left_out_until_none_is_left(processes, tmp_path):
    processes.start_worker(KVAE_TEST_WORKER="bare")
    processes.start_worker()
    store = Store(tmp_path / "store.jsonl")
    with cluster.connected(processes.address) as client:
        client.wait_for_workers(2)
    todo = bundles(20, seconds=0.1, needs="bare")
    with pytest.warns(UnfitWorkerWarning, match="is left out: There is no data here"):
        assert run(todo, store, cluster=processes.address) == {}
    assert len(store.cells()) == 20
    processes.workers[1].kill()
    with cluster.connected(processes.address) as client:
        wait_until(lambda: len(client.nthreads()) == 1)
    other = Store(tmp_path / "other.jsonl")
    with (
        pytest.warns(UnfitWorkerWarning),
        pytest.raises(FileNotFoundError, match="left. The last one: There is no data"),
    ):
        run(todo, other, cluster=processes.address)


def test_workers_are_compared_when_they_join(processes, tmp_path):
    changed = tmp_path / "changed"
    ignored = shutil.ignore_patterns("__pycache__")
    shutil.copytree(ROOT / "kvae", changed / "kvae", ignore=ignored)
    (changed / "kvae" / "new.py").write_text("changed = True\n")
    processes.start_worker()
    store = Store(tmp_path / "store.jsonl")

    def progress(count):
        if count == 1:
            processes.start_worker(PYTHONPATH=str(changed))
            with cluster.connected(processes.address) as client:
                client.wait_for_workers(2)

    todo = bundles(8, seconds=0.5)
    with pytest.warns(
        UnfitWorkerWarning, match=r"left out: has code of kvae \w+ \(her"
    ):
        assert run(todo, store, 1, progress, processes.address) == {}
    with pytest.raises(ValueError, match="expects workers like this program. tcp"):
        run(bundles(9), store, cluster=processes.address)
    assert len(store.cells()) == 8


def test_a_worker_has_one_thread(processes, tmp_path):
    processes.start_worker(threads=2)
    with pytest.raises(
        ValueError, match=r"has threads 2 \(here 1\). Install and start"
    ):
        run(bundles(2), Store(tmp_path / "s.jsonl"), cluster=processes.address)


def test_no_scheduler_and_no_workers_are_said(processes, tmp_path, monkeypatch):
    store = Store(tmp_path / "store.jsonl")
    nowhere = f"127.0.0.1:{free_port()}"
    with pytest.raises(ConnectionError, match="where none answers. Start one there: d"):
        run(bundles(1), store, cluster=nowhere)
    with pytest.raises(ConnectionError, match="Received: a b, where none answers"):
        run(bundles(1), store, cluster="a b")
    monkeypatch.setattr(cluster, "PATIENCE", 1)
    with pytest.raises(ConnectionError, match="has no workers. Start some: dask work"):
        run(bundles(1), store, cluster=processes.address)


def test_local_starts_workers_here_and_keeps_errors(tmp_path):
    store = Store(tmp_path / "store.jsonl")
    bad = Bundle(train, {"seed": -1})
    errors = run([*bundles(4), bad], store, jobs=2, cluster="local")
    assert list(errors) == list(bad.keys())
    assert "ValueError" in errors[next(iter(errors))]
    assert len(store.cells()) == 4
    x = np.random.default_rng(2).normal(size=(100, 100))
    (row,) = [row for row in store.rows().to_dict("records") if row["seed"] == 2]
    assert row["norm"] == pytest.approx(np.linalg.norm(x @ x))


@pytest.mark.slow  # 40 s: Dask starts eight workers anew
def test_what_ends_its_workers_is_given_up_and_the_others_go_on(tmp_path):
    store = Store(tmp_path / "store.jsonl")
    errors = run(bundles(200, deadly=150), store, jobs=2, cluster="local")
    ((key, error),) = errors.items()
    assert key.startswith("seed=150 ") and "ended its worker several times" in error
    assert len(store.cells()) == 199
