"""Bundles on the workers of a Dask cluster: here, or on many machines."""

import contextlib
import os
import queue
import sys
import time
import uuid
import warnings
from concurrent.futures import CancelledError

import threadpoolctl

from kvae import quiet
from kvae.experiments import workers
from kvae.warning_classes import UnfitWorkerWarning

LOCAL = "local"
PATIENCE = 60  # seconds that the first worker is waited for
_IN_FLIGHT = 3  # bundles for each worker: the next is there when one is done


@contextlib.contextmanager
def connected(address, jobs=1):
    """Yields a client of a Dask scheduler, which is gone after the block.

    Args:
        address: str, of a scheduler, such as "tcp://10.0.0.1:8786"; or "local", which
            starts a scheduler and workers on this machine.
        jobs: int, how many workers "local" starts.

    Raises:
        ImportError: without Dask.
        ConnectionError: where no scheduler answers, or it has no workers.

    Example:
        >>> with connected("local", jobs=2) as client:  # doctest: +SKIP
        ...     client.submit(sum, [1, 2]).result()
        3
    """
    try:
        import distributed
    except ImportError as error:
        raise ImportError(
            "A cluster needs Dask. Install kvae's extra: pip install 'kvae[cluster]'."
        ) from error
    with contextlib.ExitStack() as stack:
        place = address
        if address == LOCAL:
            place = stack.enter_context(
                distributed.LocalCluster(
                    n_workers=jobs,
                    threads_per_worker=1,
                    host="127.0.0.1",
                    dashboard_address=None,
                )
            )
        try:
            client = stack.enter_context(distributed.Client(place, timeout=10))
        except (OSError, ValueError) as error:
            raise ConnectionError(
                "--cluster expects `local`, or the address of a Dask scheduler that "
                f"runs, such as tcp://10.0.0.1:8786. Received: {address}, where none "
                "answers. Start one there: dask scheduler --port 8786"
            ) from error
        try:
            client.wait_for_workers(1, timeout=PATIENCE)
        except TimeoutError as error:
            raise ConnectionError(
                f"The scheduler at {address} has no workers. Start some: "
                f"dask worker {address} --nthreads 1"
            ) from error
        yield client


def results(todo, client):
    """Yields what each bundle gave, in the order in which they are done.

    The workers' versions and code are compared with those here, of workers that join
    later, too. What a lost worker had is done by another. A worker that cannot find a
    file, such as the data, is left out.

    Args:
        todo: list of (Bundle, {key: cell}).
        client: distributed.Client.

    Yields:
        (keys, rows of each cell or None, traceback or None, seconds, machine).

    Raises:
        ValueError: where a worker that is there at the start differs.
        ConnectionError: where the scheduler is lost.
        FileNotFoundError: where no worker finds a file.
    """
    needs_tensorflow = "tensorflow" in sys.modules
    # Workers that were started here have the code that is here.
    crew = _Crew(client, _code_of(todo) if client.cluster is None else [])
    crew.look(strict=True)
    waiting, in_flight, done = list(reversed(todo)), {}, queue.SimpleQueue()
    run, number = uuid.uuid4().hex[:8], 0  # another run has keys of its own
    try:
        while waiting or in_flight:
            while waiting and len(in_flight) < _IN_FLIGHT * len(crew.fit):
                task = waiting.pop()
                future = client.submit(
                    _run,
                    *task,
                    needs_tensorflow,
                    key=f"bundle-{run}-{number}",
                    workers=sorted(crew.fit),
                    retries=2,
                    priority=-number,
                )
                number += 1
                in_flight[future] = task, frozenset(crew.fit)
                future.add_done_callback(done.put)
            for future, result in _gathered(client, _all_of(done, 1), in_flight):
                task, _ = in_flight.pop(future)
                keys, rows, error, seconds, machine, worker = result
                if error and issubclass(error[0], FileNotFoundError):
                    crew.leave_out(worker, error[1])
                    waiting.append(task)
                else:
                    yield keys, rows, error and error[2], seconds, machine
            crew.look()
            for future, (task, chosen) in list(in_flight.items()):
                if not chosen & crew.fit:  # the workers it was meant for are gone
                    del in_flight[future]
                    future.cancel()
                    waiting.append(task)
    finally:
        if client.status == "running":
            client.cancel(list(in_flight))


class _Crew:
    """The workers that are there and fit: `fit`, a set of addresses."""

    def __init__(self, client, code):
        self.client, self.code = client, code
        self.expected = {**workers.installed(code), "threads": "1"}
        self.fit, self.unfit, self.looked = set(), {}, 0.0

    def look(self, strict=False):
        """Compares workers that are new, once a second; forgets those that are gone."""
        if time.monotonic() - self.looked < 1:
            return
        self.looked = time.monotonic()
        with _scheduler_expected(self.client):
            threads = self.client.nthreads()
            new = sorted(threads.keys() - self.fit - self.unfit.keys())
            found = {}
            if new:
                found = self.client.run(
                    _described, self.code, workers=new, on_error="return"
                )
        self.fit &= threads.keys()
        for worker, there in found.items():
            if isinstance(there, OSError):
                continue  # gone already
            if isinstance(there, dict) and threads[worker] != 1:
                there["threads"] = str(threads[worker])
            reason = _difference(there, self.expected)
            if reason is None:
                self.fit.add(worker)
            elif strict:
                raise ValueError(
                    f"A cluster expects workers like this program. {worker} {reason}. "
                    "Install and start it as this one is: the same code and packages "
                    "(tools/constraints.txt), --nthreads 1."
                )
            else:
                self.leave_out(worker, reason)

    def leave_out(self, worker, reason):
        """Gives a worker nothing more to do, and says why.

        Raises:
            FileNotFoundError: where there is no other.
        """
        if worker not in self.unfit:
            self.unfit[worker] = reason
            self.fit.discard(worker)
            warnings.warn(
                f"The worker {worker} is left out: {reason}",
                UnfitWorkerWarning,
                stacklevel=2,
            )
        if not self.fit:
            raise FileNotFoundError(
                f"No worker of the cluster is left. The last one: {reason}"
            )


def _difference(there, here):
    """Returns how a worker differs from what is expected, None where it does not."""
    if isinstance(there, Exception):
        return f"cannot run kvae: {there}"
    odd = [
        f"{name} {there.get(name)} (here {version})"
        for name, version in here.items()
        if there.get(name) != version
    ]
    return f"has {', '.join(odd)}" if odd else None


def _described(code):
    """Runs on a worker: what it has, and whether it computes with one thread."""
    before = os.environ.get("TF_NUM_INTRAOP_THREADS")
    late = "tensorflow" in sys.modules and before != "1"  # others have started it
    workers.use_one_thread()
    return {**workers.installed(code), "threads": "TensorFlow's" if late else "1"}


def _run(bundle, cells, needs_tensorflow):
    """Runs on a worker: what `workers.run_bundle` returns, and where it ran."""
    import distributed

    if needs_tensorflow:
        quiet.start_tensorflow()
    with threadpoolctl.threadpool_limits(1):
        result = workers.run_bundle(bundle, cells)
    return *result, workers.machine(), distributed.get_worker().address


def _code_of(todo):
    """Returns the packages whose code is run: they are imported by workers, too."""
    names = {bundle.function.__module__.partition(".")[0] for bundle, _ in todo}
    return ["kvae", *(n for n in sorted(names - {"kvae"}) if workers.has_code(n))]


def _all_of(done, seconds):
    """Returns what a queue holds, after waiting for a first one for so many seconds."""
    found = []
    with contextlib.suppress(queue.Empty):
        found.append(done.get(timeout=seconds))
        while True:
            found.append(done.get_nowait())
    return found


def _gathered(client, futures, known):
    """Returns [(future, its result)]; of what Dask gave up, its error as a result."""
    with _scheduler_expected(client):
        futures = [future for future in futures if future in known]
        good = [future for future in futures if future.status == "finished"]
        found = list(zip(good, client.gather(good), strict=True))
        for future in futures:
            if future.status == "error":
                (_, cells), _ = known[future]
                error = future.exception()
                told = type(error), str(error), f"{type(error).__name__}: {error}"
                found.append((future, (list(cells), None, told, 0.0, None, None)))
    return found


@contextlib.contextmanager
def _scheduler_expected(client):
    """Says in one sentence that the scheduler is lost, where it is."""
    lost = client.status != "running"
    try:
        if not lost:  # else Dask would look for it for a while
            yield
            lost = client.status != "running"
    except (OSError, CancelledError, RuntimeError):
        # Dask needs a moment to see that nobody answers.
        time.sleep(0.5)
        if client.status == "running":
            raise
        lost = True
    if lost:
        raise ConnectionError(
            "The scheduler of the cluster is lost. What was finished is kept: start "
            "scheduler and workers again, and then the same command."
        )
