"""The runner: the same store for any number of jobs and any interruption."""

import json
import os
import signal
import subprocess
import sys
import time

import numpy as np
import pytest

from kvae.experiments.results import Store
from kvae.experiments.runner import Bundle, missing_cells, run


def train(seed, cells, error=None):
    import numpy as np
    import tensorflow as tf

    if error is not None:
        raise ValueError(error)
    x = tf.random.stateless_normal((200, 200), seed=(seed, 0))
    value = float(np.trace(np.linalg.inv(x @ x + 1e3)))
    return [[{"seed": seed, "trace": value * cell["factor"]}] for cell in cells]


# By value: the workers need not find this file.
def local(function):
    import cloudpickle

    cloudpickle.register_pickle_by_value(sys.modules[function.__module__])
    return function


def bundle(seed, factors=(1, 2), where=None):
    cells = tuple({"factor": factor} for factor in factors)
    return Bundle(local(train), {"seed": seed}, cells, where or {})


BUNDLES = [bundle(seed) for seed in range(5)]
KEYS = [key for one in BUNDLES for key in one.keys()]


def what(store):
    return {key: record["rows"] for key, record in store.cells().items()}


def test_a_cell_has_a_key_of_its_own_whatever_else_is_in_its_bundle():
    (key,) = bundle(3, [2]).keys()
    assert key.startswith("seed=3 factor=2 #")
    assert key in bundle(3, [1, 2, 7]).keys()
    assert key in bundle(3, [2], where={"error": "elsewhere"}).keys()
    assert key not in bundle(4, [2]).keys()


def test_the_number_of_jobs_changes_nothing(tmp_path):
    stores = {jobs: Store(tmp_path / f"{jobs}.jsonl") for jobs in (1, 2)}
    for jobs, store in stores.items():
        done = []
        errors = run(BUNDLES, store, jobs, done.append, revision="abc")
        assert errors == {}
        assert done == [0, 2, 4, 6, 8, 10]
        assert set(store.cells()) == set(KEYS)
        assert {record["revision"] for record in store.cells().values()} == {"abc"}
    assert what(stores[1]) == what(stores[2])


def test_an_error_is_recorded_and_the_others_go_on(tmp_path):
    store = Store(tmp_path / "store.jsonl")
    bad = bundle(9, where={"error": "no such class"})
    errors = run([*BUNDLES, bad], store, 2)
    assert list(errors) == [next(iter(bad.keys()))]
    (error,) = errors.values()
    assert "ValueError: no such class" in error
    assert "in train" in error  # the traceback
    assert set(store.cells()) == set(KEYS)


def test_what_is_there_is_not_run_again(tmp_path):
    store = Store(tmp_path / "store.jsonl")
    run(BUNDLES[:3], store, 2)
    poisoned = [bundle(seed, where={"error": "ran"}) for seed in range(3)]
    done = []
    assert run([*poisoned, *BUNDLES[3:]], store, 2, done.append) == {}
    assert done == [6, 8, 10]
    assert len(store.path.read_text().splitlines()) == 10


def test_a_new_cell_of_a_bundle_is_all_that_is_run(tmp_path):
    store = Store(tmp_path / "store.jsonl")
    run([bundle(0, [1, 2])], store, 2)
    before = what(store)
    longer = bundle(0, [1, 7, 2])
    ((_, missing),) = missing_cells([longer], store)
    assert list(missing.values()) == [{"factor": 7}]
    assert run([longer], store, 2) == {}
    after = what(store)
    assert len(after) == 3 and before.items() <= after.items()
    assert missing_cells([longer], store) == []


SCRIPT = """
import os, sys, time
import numpy as np
from kvae.experiments import Bundle, Store, run

def train(seed, cells):
    time.sleep(0.05)
    if "tensorflow" in sys.modules or os.environ["TF_NUM_INTRAOP_THREADS"] != "1":
        raise RuntimeError("A worker has more than it needs.")
    return [[{"seed": seed, "row": i, "value": np.sin(seed + i)} for i in range(50)]]

bundles = [Bundle(train, {"seed": seed}) for seed in range(30)]
errors = run(bundles, Store(sys.argv[1]), jobs=2, seconds_of_day=time.time())
if errors:
    raise RuntimeError(*errors.values())
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
        return sorted(records, key=lambda record: record["cell"])

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
        assert process.poll() is None, process.stderr.read()
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    _, error = process.communicate(timeout=300)
    assert process.returncode != 0
    assert "KeyboardInterrupt" in error
    assert 1 <= len(Store(path).cells()) < 30
