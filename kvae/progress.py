"""How much of some work is done: counted where it is done, shown elsewhere.

A bar is shown where `verbose` asks for one. A program that has the terminal listens
instead, and is told what is counted, and how much of it: so does the command line
(`kvae.cli.stages`).
"""

import contextlib
import contextvars

from tqdm import tqdm

_listener = contextvars.ContextVar("listener", default=None)


@contextlib.contextmanager
def counted(total, what, verbose=False, seconds=None):
    """Counts work; yields a function that is told how many more are done.

    Args:
        total: int, how many there are.
        what: str, what is counted, such as "splits".
        verbose: bool, whether to show a progress bar, where nobody listens.
        seconds: optional float, after which the work ends, finished or not; it may end
            before all are done.

    Example:
        >>> with counted(3, "rounds") as done:
        ...     done()
    """
    listener = _listener.get()
    if listener is not None:
        with listener(total, what, seconds) as done:
            yield done
        return
    with tqdm(
        total=total,
        desc=what.capitalize(),
        disable=None if verbose else True,
        leave=False,
    ) as bar:
        yield lambda more=1: bar.update(more)


@contextlib.contextmanager
def listening(listener):
    """Lets a listener know of all that is counted within.

    Args:
        listener: function of (total, what, seconds) that returns a context manager, as
            `counted` is one.

    Example:
        >>> seen = []
        >>> @contextlib.contextmanager
        ... def listener(total, what, seconds):
        ...     yield lambda more=1: seen.append(f"{more} of {total} {what}")
        >>> with listening(listener), counted(3, "rounds") as done:
        ...     done(2)
        >>> seen
        ['2 of 3 rounds']
    """
    token = _listener.set(listener)
    try:
        yield
    finally:
        _listener.reset(token)


def is_listened():
    """Returns whether a program listens to what is counted."""
    return _listener.get() is not None
