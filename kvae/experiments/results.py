"""What runs gave: a file that grows by whole bundles and survives interruptions."""

import contextlib
import json
import os
from pathlib import Path

import pandas as pd


class Store:
    """Bundles of result rows in a JSON-lines file, one line for each bundle.

    A line is written at once and flushed to the disk, so that a bundle is there as a
    whole or not at all; half a line that a kill left behind is cut off when the next
    run opens the file.

    Args:
        path: str or path; made, with its folders, by the first `append`.

    Raises:
        ValueError: for a line that is damaged anywhere but at the end of the file.

    Example:
        >>> import tempfile
        >>> store = Store(Path(tempfile.mkdtemp()) / "store.jsonl")
        >>> with store.writing():
        ...     store.append("shots=5", [{"seed": 0, "f1": 0.75}], seconds=1.5)
        >>> store.rows()[["bundle", "seed", "f1"]].values.tolist()
        [['shots=5', 0, 0.75]]
    """

    def __init__(self, path):
        self.path = Path(path)

    def bundles(self):
        """Returns {key: record} of the complete bundles; the latest of each key."""
        return {record["bundle"]: record for record in self._records()}

    def rows(self, keys=None):
        """Returns a DataFrame with one line for each row, in the order of the bundles.

        Args:
            keys: optional, the bundles wanted; others stay in the file.
        """
        bundles = self.bundles()
        keys = bundles if keys is None else [key for key in keys if key in bundles]
        frames = []
        for key in keys:
            record = dict(bundles[key])
            frame = pd.DataFrame(record.pop("rows"))
            about = {n: v for n, v in record.items() if not isinstance(v, dict | list)}
            frames.append(frame.assign(**about))
        return pd.concat(frames, ignore_index=True) if frames else pd.DataFrame()

    @contextlib.contextmanager
    def writing(self):
        """Holds the file for one run, after cutting off half a line at its end.

        Raises:
            RuntimeError: where another run holds it.
        """
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with open(self.path, "a+b") as file:
            _lock(file, self.path)
            file.seek(0)
            content = file.read()
            whole = content.rfind(b"\n") + 1
            if whole < len(content):
                file.truncate(whole)
            yield

    def append(self, key, rows, **about):
        """Adds a bundle in one write, flushed to the disk.

        Args:
            key: str.
            rows: list of dicts of plain values, with the same keys.
            **about: what holds for the whole bundle: revision, seconds, settings.
        """
        columns = {name: [row[name] for row in rows] for name in rows[0]}
        record = {"bundle": key, **about, "rows": columns}
        line = json.dumps(record, separators=(",", ":"), default=_plain) + "\n"
        with open(self.path, "ab") as file:
            file.write(line.encode())
            file.flush()
            os.fsync(file.fileno())

    def _records(self):
        if not self.path.exists():
            return
        *lines, _ = self.path.read_bytes().split(b"\n")
        for number, line in enumerate(lines, start=1):
            try:
                yield json.loads(line)
            except ValueError as error:
                raise ValueError(
                    f"{self.path}, line {number}, is damaged: {error}. Remove the "
                    "line; its bundle will be run again."
                ) from error


def _lock(file, path):
    try:
        import fcntl
    except ImportError:  # not on this system: two runs on one file are up to the user
        return
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        raise RuntimeError(
            f"Another run writes to {path}. Wait for it, or use another --out."
        ) from error


def _plain(value):
    """NumPy's numbers as Python's; paths and the like as text."""
    return value.item() if hasattr(value, "item") else str(value)
