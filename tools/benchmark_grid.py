"""What the runner costs: many trivial cells, killed once and resumed.

    python -m tools.benchmark_grid                    # 100,000 cells; 6 min, busy cores
    python -m tools.benchmark_grid --cluster local    # the same, on Dask
    python -m tools.benchmark_grid --cells 10000 --cluster tcp://127.0.0.1:8786
    python -m tools.benchmark_grid --bundle 100       # a hundred cells in each bundle

Prints milliseconds per cell, the parent's largest memory, and, after a kill -9 half
way, the seconds until the first new cell is stored. [kvae/experiments](../kvae/
experiments/README.md) has the numbers.
"""

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from tools import timing


@dataclass(frozen=True)
class Config:
    cells: int = 100_000
    """How many cells."""
    bundle: int = 1
    """Cells in each bundle."""
    jobs: int = 2
    """Worker processes."""
    cluster: str | None = None
    """Address of a Dask scheduler, or local."""
    store: Path | None = None
    """A store to go on with; by default a new one, whose run is killed half way."""
    quick: bool = False
    """2,000 cells: a check that everything runs."""


QUICK = {"cells": 2000}


def train(first, cells):
    """Returns a row for each cell; it costs nothing."""
    return [[{"first": first, **cell, "f1": 0.5}] for cell in cells]


def main(config):
    if config.store is not None:
        _run(config)
        return
    with tempfile.TemporaryDirectory() as folder:
        store = Path(folder, "store.jsonl")
        command = [sys.executable, "-m", "tools.benchmark_grid", *sys.argv[1:]]
        first = subprocess.Popen(
            [*command, "--store", str(store)], stdout=subprocess.DEVNULL
        )
        while _size(store) < _bytes_of(config.cells // 2) and first.poll() is None:
            time.sleep(0.1)
        first.kill()
        first.wait()
        subprocess.run([*command, "--store", str(store)], check=True)
        lines = store.read_bytes().splitlines()
        keys = {json.loads(line)["cell"] for line in lines}
        print(f"{len(keys):,} cells, {len(lines) - len(keys)} of them twice")


def _run(config):
    """Runs what is missing, and says what that took."""
    from kvae.experiments import Bundle, Store, run

    start = time.perf_counter()
    cells = tuple({"number": number} for number in range(config.bundle))
    bundles = [
        Bundle(train, {"first": first}, cells)
        for first in range(0, config.cells, config.bundle)
    ]
    told = []

    def progress(done):
        told.append((time.perf_counter() - start, done))

    store = Store(config.store)
    cluster, jobs = config.cluster, config.jobs
    errors = run(bundles, store, jobs, progress, cluster)
    seconds, done = told[-1]
    found = told[0][1]
    print(
        f"{found:,} cells were there; the first new one after {told[1][0]:.1f} s\n"
        f"{1000 * (seconds - told[1][0]) / (done - told[1][1]):.2f} ms for each cell, "
        f"{len(errors)} failed\n"
        f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MiB at most"
    )


def _bytes_of(cells):
    """Returns about how large a store of so many cells is."""
    return 130 * cells


def _size(path):
    return os.path.getsize(path) if path.exists() else 0


if __name__ == "__main__":
    timing.run_benchmark(main, Config, QUICK, __doc__, tensorflow=False)
