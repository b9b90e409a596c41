"""Worker processes that make one thing at a time, and are replaced when they die."""

import collections
import multiprocessing
import os
import traceback
from multiprocessing import connection

import threadpoolctl

from kvae.experiments import workers

ATTEMPTS = 3  # deaths over one call, after which it is given up


class LostWorkerError(ChildProcessError):
    """Workers have died again and again over the same call."""


class Crew:
    """Processes with one thread each, which end with this one, however it ends.

    Args:
        jobs: int, how many processes at most.

    Example:
        >>> with Crew(2) as crew:
        ...     sorted(crew.results([(abs, (-1,)), (abs, (2,))]))
        [1, 2]
    """

    def __init__(self, jobs):
        self.jobs, self._workers = jobs, []

    def __enter__(self):
        return self

    def __exit__(self, *error):
        for worker in self._workers:
            worker.process.kill()  # at once: what it was writing has no name yet
            worker.process.join()

    def results(self, calls):
        """Yields what calls return, in the order in which they are done.

        Args:
            calls: list of (function, arguments), both picklable.

        Raises:
            LostWorkerError: where three workers have died over one call.
            Exception: what a function raises.
        """
        waiting, deaths = collections.deque(calls), collections.Counter()
        while waiting or self._busy():
            while waiting and len(self._busy()) < self.jobs:
                self._idle().give(waiting.popleft())
            busy = {worker.pipe: worker for worker in self._busy()}
            for pipe in connection.wait(list(busy)):
                worker = busy[pipe]
                call, worker.call = worker.call, None
                try:
                    result, error = pipe.recv()
                except (EOFError, OSError):
                    self._replace(worker)
                    deaths[id(call)] += 1
                    if deaths[id(call)] == ATTEMPTS:
                        raise LostWorkerError(worker.epitaph()) from None
                    waiting.appendleft(call)
                    continue
                if error is not None:
                    raise error
                yield result

    def _busy(self):
        return [worker for worker in self._workers if worker.call is not None]

    def _idle(self):
        for worker in self._workers:
            if worker.call is None:
                return worker
        self._workers.append(_Worker())
        return self._workers[-1]

    def _replace(self, worker):
        worker.process.join()
        self._workers.remove(worker)


class _Worker:
    """A process, the pipe to it, and the call that it is at."""

    def __init__(self):
        context = multiprocessing.get_context("spawn")  # TensorFlow cannot be forked
        self.call = None
        self.pipe, other = context.Pipe()
        arguments = other, os.getpid()
        self.process = context.Process(target=_work, args=arguments, daemon=True)
        self.process.start()
        other.close()  # so that the pipe ends when the process does

    def give(self, call):
        self.call = call
        try:
            self.pipe.send(call)
        except BrokenPipeError:
            pass  # it has died meanwhile, as `results` will find

    def epitaph(self):
        code = self.process.exitcode
        how = f"by signal {-code}" if code < 0 else f"with exit code {code}"
        hint = " (out of memory? Try fewer --jobs)" if code == -9 else ""
        return f"{ATTEMPTS} workers have ended over the same shard, {how}{hint}."


def _work(pipe, parent):
    """Runs in a worker: answers calls until there are none."""
    workers.start(parent)
    with threadpoolctl.threadpool_limits(1):
        while True:
            try:
                function, arguments = pipe.recv()
                pipe.send(_answer(function, arguments))
            except (EOFError, BrokenPipeError):  # nobody is left who asks
                return


def _answer(function, arguments):
    """Returns (what a function returns, None), or (None, what it raises)."""
    try:
        return function(*arguments), None
    except Exception as error:
        error.add_note(traceback.format_exc())  # pickle leaves the traceback behind
        return None, error
