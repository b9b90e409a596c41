"""Where a command stands: one line on a terminal, with the time left where it is known.

    [2 of 4] judging whether new rows help: splits  ━━━━━━━━────────  about 40 s left

The time left is that of what is counted (`kvae.progress`), at the rate that was
measured. Where none was, there is the time that the stage has taken so far.
"""

import contextlib
import dataclasses
import shutil
import sys
import threading
import time

from tqdm import tqdm

from kvae import progress

WIDTH = 16  # of the bar
LEAST = 3.0  # seconds: less time left is not said


@dataclasses.dataclass
class Count:
    """Work of which a part is done.

    Args:
        total: int, how many there are.
        what: str, what they are.
        began: float, a time in seconds.
        seconds: optional float, after which the work ends, finished or not.
    """

    total: int
    what: str
    began: float
    seconds: float | None = None
    done: int = 0
    first: tuple = ()
    last: float = 0.0

    def add(self, more, now):
        """Counts more that are done."""
        self.done, self.last = self.done + more, now
        self.first = self.first or (self.done, now)

    def left(self, now):
        """Returns (seconds left, whether that is the most); None where unknown.

        The first of them takes longer than the others, since TensorFlow traces it: it
        is left out of the rate. Where the work may end sooner, it is an upper bound.

        Example:
            >>> count = Count(10, "splits", began=0.0)
            >>> for now in (5.0, 6.0, 7.0):
            ...     count.add(1, now)
            >>> count.left(7.0)
            (7.0, False)
        """
        if not self.done:
            return None
        number, at = self.first
        if self.done > number:
            rate = (self.last - at) / (self.done - number)
        elif self.seconds is not None:
            rate = (self.last - self.began) / self.done
        else:
            return None
        rest = self.total - self.done
        left = max(rate * rest - (now - self.last), rate * (rest - 1), 0.0)
        if self.seconds is None:
            return left, False
        return min(left, max(self.seconds - (now - self.began), 0.0)), True


class Stages:
    """The stages of a command; silent where stderr is no terminal.

    Args:
        *names: str, all stages, in order.

    Example:
        >>> stages = Stages("reading", "writing")
        >>> with stages.at("reading"):
        ...     say("3 rows")
        3 rows
    """

    def __init__(self, *names):
        self.names, self.number = names, 0
        self._counts, self._began = [], 0.0

    @contextlib.contextmanager
    def at(self, name):
        """Shows a stage until the block ends."""
        self.number = 1 + self.names.index(name)
        self._counts, self._began = [], time.monotonic()
        # Cleared at the end; format and width are ours, the terminal is tqdm's.
        with tqdm(bar_format="{desc}", leave=False, disable=None) as bar:
            if bar.disable:
                yield
                return
            over = threading.Event()
            clock = threading.Thread(target=self._tick, args=(bar, over), daemon=True)
            clock.start()
            try:
                with progress.listening(self._counted):
                    yield
            finally:
                over.set()
                clock.join()

    def line(self, now):
        """Returns what is shown at a time, in seconds."""
        name = self.names[self.number - 1]
        text = f"[{self.number} of {len(self.names)}] {name}"
        # What holds all the others says most, once it has anything to say.
        counts = list(self._counts)
        known = [count for count in counts if count.left(now) is not None]
        if not counts:
            return f"{text}  {now - self._began:.0f} s"
        count = (known or counts[-1:])[0]
        full = round(WIDTH * count.done / count.total)
        bar = "━" * full + "─" * (WIDTH - full)
        words = in_words(count.left(now)) or f"{now - self._began:.0f} s"
        return f"{text}: {count.what}  {bar}  {words}"

    @contextlib.contextmanager
    def _counted(self, total, what, seconds):
        count = Count(total, what, began=time.monotonic(), seconds=seconds)
        self._counts.append(count)
        try:
            yield lambda more=1: count.add(more, time.monotonic())
        finally:
            self._counts.remove(count)

    def _tick(self, bar, over):
        while True:
            width = shutil.get_terminal_size().columns - 1
            bar.set_description_str(self.line(time.monotonic())[:width])
            if over.wait(1.0):
                return


def in_words(left):
    """Returns the time left as a person says it; "" where there is little to say.

    Args:
        left: (seconds, whether that is the most), or None where unknown.

    Example:
        >>> in_words((38.2, False)), in_words((200.0, True)), in_words(None)
        ('about 40 s left', 'at most 3 min left', '')
    """
    if left is None or left[0] < LEAST:
        return ""
    seconds, is_most = left
    if seconds < 20:
        time_left = f"{seconds:.0f} s"
    elif seconds < 90:
        time_left = f"{5 * round(seconds / 5)} s"
    else:
        time_left = f"{round(seconds / 60)} min"
    return f"{'at most' if is_most else 'about'} {time_left} left"


def say(*lines):
    """Writes lines to stdout, above the line of a stage."""
    tqdm.write("\n".join(lines), file=sys.stdout)
    sys.stdout.flush()
