"""What the runner costs: many trivial cells, killed once and resumed.

    python -m tools.benchmark_grid                    # 100,000 cells; 6 min, busy cores
    python -m tools.benchmark_grid --cluster local    # the same, on Dask
    python -m tools.benchmark_grid --cells 10000 --cluster tcp://127.0.0.1:8786
    python -m tools.benchmark_grid --bundle 100       # a hundred cells in each bundle

Prints milliseconds per cell, the parent's largest memory, and, after a kill -9 half
way, the seconds until the first new cell is stored. [kvae/experiments](../kvae/
experiments/README.md) has the numbers.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path


def train(first, cells):
    """Returns a row for each cell; it costs nothing."""
    return [[{"first": first, **cell, "f1": 0.5}] for cell in cells]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cells", type=int, default=100_000)
    parser.add_argument("--bundle", type=int, default=1, help="cells in each bundle")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--cluster", help="address of a Dask scheduler, or local")
    parser.add_argument("--store", type=Path, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.store is not None:
        _run(arguments)
        return
    with tempfile.TemporaryDirectory() as folder:
        store = Path(folder, "store.jsonl")
        command = [sys.executable, "-m", "tools.benchmark_grid", *sys.argv[1:]]
        first = subprocess.Popen(
            [*command, "--store", str(store)], stdout=subprocess.DEVNULL
        )
        while _size(store) < _bytes_of(arguments.cells // 2) and first.poll() is None:
            time.sleep(0.1)
        first.kill()
        first.wait()
        subprocess.run([*command, "--store", str(store)], check=True)
        lines = store.read_bytes().splitlines()
        keys = {json.loads(line)["cell"] for line in lines}
        print(f"{len(keys):,} cells, {len(lines) - len(keys)} of them twice")


def _run(arguments):
    """Runs what is missing, and says what that took."""
    from kvae.experiments import Bundle, Store, run

    start = time.perf_counter()
    cells = tuple({"number": number} for number in range(arguments.bundle))
    bundles = [
        Bundle(train, {"first": first}, cells)
        for first in range(0, arguments.cells, arguments.bundle)
    ]
    told = []

    def progress(done):
        told.append((time.perf_counter() - start, done))

    store = Store(arguments.store)
    cluster, jobs = arguments.cluster, arguments.jobs
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
    main()
