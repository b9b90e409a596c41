"""Bundles on the workers of a Dask cluster: here, or on many machines."""

import collections
import contextlib
import logging
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
_IN_FLIGHT = 3  # tasks for each worker: the next is there when one is done
_LONG = 0.5  # seconds that a task of several bundles may take
_GATHERED = 5  # seconds in which a result comes from a worker that is there
_ENDS_WORKERS = (
    "ended its worker several times, at the last while nothing else ran there. Has the "
    "worker too little memory?"
)


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
        >>> with connected("local") as client:  # doctest: +SKIP
        ...     done = list(results([(bundle, bundle.keys())], client))
    """
    try:
        import distributed
    except ImportError as error:
        raise ImportError(
            "A cluster needs Dask. Install kvae's extra: pip install 'kvae[cluster]'."
        ) from error
    with contextlib.ExitStack() as stack:
        stack.enter_context(_quiet("distributed.client"))
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


@contextlib.contextmanager
def _quiet(name):
    """Silences a logger, which shows tracebacks of what is said in a sentence here."""
    logger = logging.getLogger(name)
    level = logger.level
    logger.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        logger.setLevel(level)


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
    waiting, in_flight, done = _Waiting(todo), {}, queue.SimpleQueue()
    run, number = uuid.uuid4().hex[:8], 0  # another run has keys of its own
    try:
        while waiting or in_flight:
            while len(in_flight) < _IN_FLIGHT * len(crew.fit):
                tasks = waiting.next(len(in_flight))
                if not tasks:
                    break
                future = client.submit(
                    _run,
                    tasks,
                    needs_tensorflow,
                    key=f"bundles-{run}-{number}",
                    workers=sorted(crew.fit),
                    retries=2,
                    priority=-number,
                )
                number += 1
                in_flight[future] = tasks, frozenset(crew.fit)
                future.add_done_callback(done.put)
            for future, result in _gathered(client, done, in_flight):
                tasks, _ = in_flight.pop(future)
                if result is None:
                    yield from waiting.lost(tasks, often=True)
                    continue
                machine, worker, each = result
                waiting.suit(max(seconds for *_, seconds in each), len(crew.fit))
                for task, (keys, rows, error, seconds) in zip(tasks, each, strict=True):
                    if error and issubclass(error[0], FileNotFoundError):
                        crew.leave_out(worker, error[1])
                        waiting.bundles.append(task)
                    else:
                        yield keys, rows, error and error[2], seconds, machine
            crew.look()
            for future, (tasks, chosen) in list(in_flight.items()):
                if not chosen & crew.fit:  # the workers it was meant for are gone
                    del in_flight[future]
                    future.cancel()
                    yield from waiting.lost(tasks)
    finally:
        if client.status == "running":
            client.cancel(list(in_flight))


class _Waiting:
    """Bundles to run. Those that may have ended their worker run alone, at the last."""

    def __init__(self, todo):
        self.bundles, self.suspects = list(reversed(todo)), []
        self.losses = collections.Counter()
        self.together = 1  # what takes milliseconds is not sent bundle by bundle
        self.alone = False

    def __bool__(self):
        return bool(self.bundles or self.suspects)

    def next(self, busy):
        """Returns the bundles of the next task, none where it has to wait for others.

        Args:
            busy: int, how many tasks are being run.
        """
        if busy and self.alone:
            return []
        self.alone = not self.bundles and not busy and bool(self.suspects)
        if self.alone:
            return [self.suspects.pop()]
        count = min(self.together, len(self.bundles))
        return [self.bundles.pop() for _ in range(count)]

    def suit(self, longest, num_workers):
        """Chooses how many bundles the next tasks have, by what the last one took."""
        share = len(self.bundles) // (_IN_FLIGHT * max(1, num_workers))
        fit = int(_LONG / max(longest, 1e-3))
        self.together = max(1, min(2 * self.together, fit, share, 100))

    def lost(self, tasks, often=False):
        """Takes bundles back whose workers are gone; yields what is given up."""
        for bundle, cells in tasks:
            keys = list(cells)
            self.losses[keys[0]] += 1
            if self.alone:
                yield keys, None, f"{keys[0]} {_ENDS_WORKERS}", 0.0, None
            elif often or self.losses[keys[0]] > 2:
                self.suspects.append((bundle, cells))
            else:
                self.bundles.append((bundle, cells))


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


def _run(tasks, needs_tensorflow):
    """Runs on a worker: its machine, its address, and each `workers.run_bundle`."""
    import distributed

    if needs_tensorflow:
        quiet.start_tensorflow()
    with threadpoolctl.threadpool_limits(1):
        each = [workers.run_bundle(bundle, cells) for bundle, cells in tasks]
    return workers.machine(), distributed.get_worker().address, each


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


def _gathered(client, done, known):
    """Returns [(future, its result)] of those done; None for what Dask gave up."""
    found = []
    with _scheduler_expected(client):
        for future in _all_of(done, 1):
            if future not in known:
                continue
            try:
                found.append((future, future.result(timeout=_GATHERED)))
            except TimeoutError:  # the result went with its worker: done once more
                future.add_done_callback(done.put)
            except Exception:
                if future.status != "error":
                    raise
                found.append((future, None))
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
