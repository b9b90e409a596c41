"""The runner: the same store for any number of jobs and any interruption."""

import itertools
import json
import os
import signal
import subprocess
import sys
import time

import numpy as np
import pytest

from kvae.experiments.results import Store
from kvae.experiments.runner import bundle_key, run


def cell(seed, error=None):
    import numpy as np
    import tensorflow as tf

    if error is not None:
        raise ValueError(error)
    x = tf.random.stateless_normal((200, 200), seed=(seed, 0))
    return [{"seed": seed, "trace": float(np.trace(np.linalg.inv(x @ x + 1e3)))}]


# By value: the workers need not find this file.
def local(function):
    import cloudpickle

    cloudpickle.register_pickle_by_value(sys.modules[function.__module__])
    return function


BUNDLES = {bundle_key(f"seed={s}", seed=s): {"seed": s} for s in range(5)}


def what(store):
    return {key: record["rows"] for key, record in store.bundles().items()}


def test_keys_tell_arguments_apart():
    key = bundle_key("shots=5", steps=600, rows=np.int64(3))
    assert key == bundle_key("shots=5", rows=3, steps=600)
    assert key.startswith("shots=5 #")
    assert key != bundle_key("shots=5", steps=601, rows=3)


def test_the_number_of_jobs_changes_nothing(tmp_path):
    stores = {jobs: Store(tmp_path / f"{jobs}.jsonl") for jobs in (1, 2)}
    for jobs, store in stores.items():
        done = []
        errors = run(local(cell), BUNDLES, store, jobs, done.append, revision="abc")
        assert errors == {}
        assert done == [0, 1, 2, 3, 4, 5]
        assert set(store.bundles()) == set(BUNDLES)
        assert {record["revision"] for record in store.bundles().values()} == {"abc"}
    assert what(stores[1]) == what(stores[2])


def test_an_error_is_recorded_and_the_others_go_on(tmp_path):
    store = Store(tmp_path / "store.jsonl")
    bundles = {**BUNDLES, "bad": {"seed": 9, "error": "no such class"}}
    errors = run(local(cell), bundles, store, 2)
    assert list(errors) == ["bad"]
    assert "ValueError: no such class" in errors["bad"]
    assert "in cell" in errors["bad"]  # the traceback
    assert set(store.bundles()) == set(BUNDLES)


def test_what_is_there_is_not_run_again(tmp_path):
    store = Store(tmp_path / "store.jsonl")
    first = dict(itertools.islice(BUNDLES.items(), 3))
    run(local(cell), first, store, 2)
    poisoned = {key: {**own, "error": "ran"} for key, own in first.items()}
    done = []
    assert run(local(cell), {**BUNDLES, **poisoned}, store, 2, done.append) == {}
    assert done == [3, 4, 5]
    assert len(store.path.read_text().splitlines()) == 5


SCRIPT = """
import sys, time
import numpy as np
from kvae.experiments import Store, bundle_key, run

def cells(seed):
    time.sleep(0.05)
    return [{"seed": seed, "row": i, "value": np.sin(seed + i)} for i in range(50)]

bundles = {bundle_key(f"seed={s}", seed=s): {"seed": s} for s in range(30)}
run(cells, bundles, Store(sys.argv[1]), jobs=2, seconds_of_day=time.time())
"""


@pytest.mark.parametrize(
    "kills", [1, pytest.param(10, marks=pytest.mark.slow)], ids=str
)
def test_kill_9_loses_and_doubles_nothing(tmp_path, kills):
    script = tmp_path / "script.py"
    script.write_text(SCRIPT)
    whole, killed = tmp_path / "whole.jsonl", tmp_path / "killed.jsonl"
    start = time.perf_counter()
    subprocess.run([sys.executable, script, whole], check=True)
    seconds = time.perf_counter() - start
    stream = np.random.default_rng(0)
    for _ in range(kills):
        process = subprocess.Popen([sys.executable, script, killed])
        time.sleep(stream.uniform(0.3, 0.9) * seconds)
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
    subprocess.run([sys.executable, script, killed], check=True)

    def lines(path):
        records = [json.loads(line) for line in path.read_text().splitlines()]
        for record in records:
            del record["seconds"], record["seconds_of_day"]
        return sorted(records, key=lambda record: record["bundle"])

    assert lines(killed) == lines(whole)
    assert len(lines(whole)) == 30


def test_ctrl_c_keeps_what_is_done(tmp_path):
    script = tmp_path / "script.py"
    script.write_text(SCRIPT.replace("0.05", "0.3"))
    path = tmp_path / "store.jsonl"
    # Where the tests run in the background, SIGINT is ignored, in children too.
    process = subprocess.Popen(
        [sys.executable, script, path],
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    )
    until = time.perf_counter() + 300
    while not (path.exists() and path.stat().st_size) and time.perf_counter() < until:
        time.sleep(0.1)
    process.send_signal(signal.SIGINT)
    _, error = process.communicate(timeout=300)
    assert process.returncode != 0
    assert "KeyboardInterrupt" in error
    assert 1 <= len(Store(path).bundles()) < 30
