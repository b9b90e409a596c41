"""A worker: one thread, what it has, and its end with its parent's."""

import os
import signal
import subprocess
import sys
import time

import pytest

from kvae.experiments import workers

PARENT = """
import pathlib, sys, time
from kvae.experiments import Bundle, Store, run

folder = pathlib.Path(sys.argv[1])

def train(seed, cells):
    import os, pathlib
    pathlib.Path(folder, f"pid{os.getpid()}").touch()
    time.sleep(600 if seed > 1 else 0)
    return [[{"seed": seed}]]

if __name__ == "__main__":
    bundles = [Bundle(train, {"seed": seed}) for seed in range(4)]
    cluster = sys.argv[2] if len(sys.argv) > 2 else None
    run(bundles, Store(folder / "store.jsonl"), jobs=2, cluster=cluster)
"""


def processes_that_name(text):
    """Returns {pid: command} of processes with this text in their environment."""
    found = {}
    for pid in filter(str.isdecimal, os.listdir("/proc")):
        try:
            with open(f"/proc/{pid}/environ", "rb") as file:
                if text.encode() in file.read():
                    with open(f"/proc/{pid}/cmdline") as file:
                        found[int(pid)] = file.read().replace("\0", " ")
        except OSError:  # others' processes, and those that have just ended
            continue
    return found


def wait_until(condition, seconds=60):
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until
        time.sleep(0.1)


@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
@pytest.mark.parametrize("cluster", [(), ("local",)], ids=["loky", "dask"])
@pytest.mark.parametrize("end", [signal.SIGKILL, signal.SIGTERM])
def test_no_worker_outlives_its_parent(tmp_path, end, cluster):
    script = tmp_path / "script.py"
    script.write_text(PARENT)
    mark = f"KVAE_TEST={tmp_path}"  # children inherit it, whoever starts them
    environment = {**os.environ, "KVAE_TEST": str(tmp_path)}
    parent = subprocess.Popen(
        [sys.executable, script, tmp_path, *cluster], env=environment
    )
    store = tmp_path / "store.jsonl"
    wait_until(lambda: store.exists() and store.read_text().count("\n") == 2)
    wait_until(lambda: len(list(tmp_path.glob("pid*"))) == 2)
    assert len(processes_that_name(mark)) >= 3
    parent.send_signal(end)
    assert parent.wait(30) == -end
    wait_until(lambda: not processes_that_name(mark), seconds=15)
    assert store.read_text().count("\n") == 2


def test_a_machine_is_named_by_its_processor():
    name = workers.machine()
    assert name == " ".join(name.split()) and name
    assert os.uname().nodename not in name


def test_other_code_has_another_digest(tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(tmp_path)
    (tmp_path / "my_grid.py").write_text("a = 1\n")
    workers.code_digest.cache_clear()
    first = workers.code_digest("my_grid")
    (tmp_path / "my_grid.py").write_text("a = 2\n")
    assert workers.code_digest("my_grid") == first  # what is imported already
    workers.code_digest.cache_clear()
    assert workers.code_digest("my_grid") != first
    versions = workers.installed(["kvae", "my_grid"])
    assert versions["code of my_grid"] == workers.code_digest("my_grid")
    assert versions["Python"] == f"{sys.version_info[0]}.{sys.version_info[1]}"
    assert workers.installed(["nowhere"])["code of nowhere"] == "missing"


def test_an_error_is_a_result(tmp_path):
    from kvae.experiments import Bundle

    def train(cells):
        raise FileNotFoundError("no data")

    keys, rows, error, seconds = workers.run_bundle(Bundle(train, {}), {"a": {}})
    kind, told, trace = error
    assert (keys, rows, kind, told) == (["a"], None, FileNotFoundError, "no data")
    assert "in train" in trace and seconds >= 0
