"""The workers of a Dask cluster as a crew, for shards that many machines make."""

import contextlib

from kvae.experiments import Bundle, cluster


class ClusterCrew:
    """Workers of a cluster, called as `Crew` is; a lost worker's calls are done again.

    Args:
        address: str, of a Dask scheduler, or "local".
        jobs: int, how many workers "local" starts.

    Raises:
        ImportError: without Dask.
        ConnectionError: where no scheduler answers, or it has no workers.

    Example:
        >>> with ClusterCrew("local", jobs=2) as crew:  # doctest: +SKIP
        ...     sorted(crew.results([(abs, (-1,)), (abs, (2,))]))
        [1, 2]
    """

    def __init__(self, address, jobs=1):
        self.address, self.jobs = address, jobs

    def __enter__(self):
        self._stack = contextlib.ExitStack()
        self._client = self._stack.enter_context(
            cluster.connected(self.address, self.jobs)
        )
        return self

    def __exit__(self, *error):
        self._stack.close()

    def results(self, calls):
        """Yields what calls return, in the order in which they are done.

        Args:
            calls: list of (function, arguments), both picklable.

        Raises:
            ValueError: where a worker has other code or packages.
            FileNotFoundError: where no worker finds a file.
            ConnectionError: where the scheduler is lost.
            ChildProcessError: for what a function raises; a note has its traceback.
        """
        todo = [
            (Bundle(_answer, {"call": call}), {str(number): {}})
            for number, call in enumerate(calls)
        ]
        with contextlib.closing(cluster.results(todo, self._client)) as results:
            for _, rows, error, _, _ in results:
                if error is not None:
                    raise _raised(error)
                yield rows[0]


def _answer(call, cells):
    """Runs on a worker: a call's result, as the only cell of its bundle."""
    function, arguments = call
    return [function(*arguments) for _ in cells]


def _raised(error):
    r"""Returns the error of a worker's traceback: its last line, and all as a note.

    Example:
        >>> print(_raised("Traceback: ...\nValueError: --format csv is of tables."))
        --format csv is of tables.
    """
    *_, last = error.strip().splitlines()
    found = ChildProcessError(last.partition(": ")[2] or last)
    found.add_note(error)
    return found
