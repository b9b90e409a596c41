"""Runs bundles of cells in worker processes, resumable, a record for each cell."""

import contextlib
import dataclasses
import os
import sys
import warnings
from collections.abc import Callable

from kvae.experiments import workers
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


def run(bundles, store, jobs=1, progress=None, cluster=None, **settings):
    """Runs the cells that the store does not hold yet.

    Each bundle runs in a worker process with one thread, for any number of jobs:
    neither their number nor the order in which bundles are done changes a result. An
    error is kept for the summary while the other bundles go on; after Ctrl-C or
    kill -9 the next run goes on with the cells that were not finished, and no worker
    lives on.

    Args:
        bundles: list of Bundle.
        store: Store.
        jobs: int, worker processes on this machine.
        progress: optional function, called with the number of cells done after each
            bundle.
        cluster: optional str, address of a Dask scheduler whose workers run the
            bundles instead, or "local" for one of Dask's on this machine.
        **settings: kept with every cell, beside its share of its bundle's seconds and
            the machine that ran it.

    Returns:
        Dict {key of a bundle's first missing cell: traceback} of bundles that failed.

    Raises:
        ConnectionError: where the cluster's scheduler does not answer, or is lost.
        ValueError: where a worker of the cluster has other code or packages.
    """
    failed = {}
    with store.writing():
        todo = missing_cells(bundles, store)
        total = sum(len(bundle.cells) for bundle in bundles)
        done = total - sum(len(cells) for _, cells in todo)
        report = progress or (lambda done: None)
        report(done)
        if not todo:
            return failed
        where = _on_this_machine if cluster is None else _on_a_cluster
        with where(todo, jobs, cluster) as results:
            for keys, rows, error, seconds, machine in results:
                if error:
                    failed[keys[0]] = error
                else:
                    share = round(seconds / len(keys), 2)
                    found = dict(zip(keys, rows, strict=True))
                    store.append(found, seconds=share, machine=machine, **settings)
                done += len(keys)
                report(done)
    return failed


@contextlib.contextmanager
def _on_this_machine(todo, jobs, _):
    """Yields what each bundle gave, from worker processes that end with this one."""
    import joblib

    tasks = (
        joblib.delayed(workers.run_bundle)(bundle, cells) for bundle, cells in todo
    )
    # A function whose file needs TensorFlow has brought it into this process;
    # where it is not, workers need not wait for it.
    needs_tensorflow = "tensorflow" in sys.modules
    with joblib.parallel_config(
        "loky",
        inner_max_num_threads=1,
        initializer=workers.start,
        initargs=(os.getpid(), needs_tensorflow),
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
        yield (
            (keys, rows, error and error[2], seconds, workers.machine())
            for keys, rows, error, seconds in results
        )


@contextlib.contextmanager
def _on_a_cluster(todo, jobs, address):
    """Yields what each bundle gave, from the workers of a cluster."""
    from kvae.experiments import cluster

    with cluster.connected(address, jobs) as client:
        with contextlib.closing(cluster.results(todo, client)) as results:
            yield results
