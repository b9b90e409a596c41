"""Runs bundles of cells in worker processes, resumable, a record for each cell."""

import contextlib
import dataclasses
import os
import signal
import sys
import time
import traceback
import warnings
from collections.abc import Callable

from kvae import quiet
from kvae.experiments.identity import key_of, without_defaults


@dataclasses.dataclass(frozen=True)
class Bundle:
    """Cells of a table that are trained together, since they share what is costly.

    Args:
        function: called with the arguments, with `where`, and with `cells`, a list of
            those that are missing; returns a list of rows (dicts) for each of these,
            in their order. It, and they, must be picklable.
        arguments: dict, what is run; with a cell it is the identity of that cell.
        cells: dicts, what sets a cell apart from the others, such as
            {"method": "noise"}.
        where: dict of arguments that change no result: folders.

    Example:
        >>> def train(shots, cells, development=0): ...
        >>> bundle = Bundle(train, {"shots": 5}, ({"method": "noise"},))
        >>> list(bundle.keys())
        ['shots=5 method=noise #...']
    """

    function: Callable
    arguments: dict
    cells: tuple = ({},)
    where: dict = dataclasses.field(default_factory=dict)

    def keys(self):
        """Returns {key: cell}; arguments that have their default have no part in it."""
        what = without_defaults(self.function, self.arguments)
        return {key_of({**what, **cell}): cell for cell in self.cells}

    def run(self, cells):
        """Returns a list of rows for each of these cells."""
        return self.function(**self.arguments, **self.where, cells=cells)


def missing_cells(bundles, store):
    """Returns [(bundle, {key: cell})] of what the store does not hold yet."""
    there = store.cells()
    missing = [
        (bundle, {key: cell for key, cell in bundle.keys().items() if key not in there})
        for bundle in bundles
    ]
    return [(bundle, cells) for bundle, cells in missing if cells]


def run(bundles, store, jobs=1, progress=None, **settings):
    """Runs the cells that the store does not hold yet.

    Each bundle runs in a worker process with one thread, for any number of jobs:
    neither their number nor the order in which bundles are done changes a result. An
    error is kept for the summary while the other bundles go on; after Ctrl-C or
    kill -9 the next run goes on with the cells that were not finished.

    Args:
        bundles: list of Bundle.
        store: Store.
        jobs: int, worker processes.
        progress: optional function, called with the number of cells done after each
            bundle.
        **settings: kept with every cell, beside its share of its bundle's seconds.

    Returns:
        Dict {key of a bundle's first missing cell: traceback} of bundles that failed.
    """
    import joblib

    failed = {}
    with store.writing():
        todo = missing_cells(bundles, store)
        total = sum(len(bundle.cells) for bundle in bundles)
        done = total - sum(len(cells) for _, cells in todo)
        report = progress or (lambda done: None)
        report(done)
        tasks = (joblib.delayed(_guarded)(bundle, cells) for bundle, cells in todo)
        # A function whose file needs TensorFlow has brought it into this process;
        # where it is not, workers need not wait for it.
        needs_tensorflow = "tensorflow" in sys.modules
        with joblib.parallel_config(
            "loky",
            inner_max_num_threads=1,
            initializer=_start_worker,
            initargs=(needs_tensorflow,),
        ):
            # Two workers even for one job, which gets one bundle at a time: joblib
            # would run a single one in this process, with all its threads.
            results = joblib.Parallel(
                n_jobs=max(2, jobs),
                pre_dispatch=jobs,
                batch_size=1,
                return_as="generator_unordered",
            )(tasks)
        with contextlib.closing(results), warnings.catch_warnings():
            # joblib replaces a worker whose memory has grown, and wonders aloud.
            warnings.filterwarnings("ignore", message="A worker stopped while some")
            for keys, rows, error, seconds in results:
                if error:
                    failed[keys[0]] = error
                else:
                    share = round(seconds / len(keys), 2)
                    found = dict(zip(keys, rows, strict=True))
                    store.append(found, seconds=share, **settings)
                done += len(keys)
                report(done)
    return failed


def _start_worker(needs_tensorflow):
    """One thread: it makes results independent of the machine's load and of jobs."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent stops the workers
    # TensorFlow reads them when it computes for the first time, whoever imports it.
    os.environ["TF_NUM_INTRAOP_THREADS"] = "1"
    os.environ["TF_NUM_INTEROP_THREADS"] = "1"
    if needs_tensorflow:
        quiet.start_tensorflow()


def _guarded(bundle, cells):
    """Returns (keys, rows of each cell, traceback or None, seconds)."""
    start = time.perf_counter()
    try:
        rows, error = bundle.run(list(cells.values())), None
    except Exception:
        rows, error = None, traceback.format_exc()
    if "keras" in sys.modules:  # workers are reused; what they trained is not
        sys.modules["keras"].utils.clear_session()
    return list(cells), rows, error, time.perf_counter() - start
