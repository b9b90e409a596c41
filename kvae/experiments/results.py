"""What runs gave: a file that grows by whole cells and survives interruptions."""

import contextlib
import json
import os
from pathlib import Path

import pandas as pd


class Store:
    """Cells of result tables in a JSON-lines file, one line for each cell.

    Lines are written at once and flushed to the disk, so that a cell is there as a
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
        ...     store.append({"shots=5": [{"seed": 0, "f1": 0.75}]}, seconds=1.5)
        >>> store.rows()[["cell", "seed", "f1"]].values.tolist()
        [['shots=5', 0, 0.75]]
    """

    def __init__(self, path):
        self.path = Path(path)

    def cells(self):
        """Returns {key: record} of the complete cells; the latest of each key."""
        return {record["cell"]: record for record in self._records()}

    def rows(self, keys=None):
        """Returns a DataFrame with one line for each row, in the order of the cells.

        Args:
            keys: optional, the cells wanted; others stay in the file.
        """
        cells = self.cells()
        keys = cells if keys is None else [key for key in keys if key in cells]
        lines = []
        for key in keys:
            record = dict(cells[key])
            columns = record.pop("rows")
            kept = {n: v for n, v in record.items() if not isinstance(v, dict | list)}
            for values in zip(*columns.values(), strict=True):
                lines.append({**dict(zip(columns, values, strict=True)), **kept})
        return pd.DataFrame(lines)

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

    def append(self, cells, **settings):
        """Adds cells in one write, flushed to the disk.

        Args:
            cells: dict {key: list of dicts of plain values, with the same keys}.
            **settings: what holds for every row: revision, seconds, date.
        """
        lines = []
        for key, rows in cells.items():
            columns = {name: [row[name] for row in rows] for name in rows[0]}
            record = {"cell": key, **settings, "rows": columns}
            lines.append(json.dumps(record, separators=(",", ":"), default=_plain))
        with open(self.path, "ab") as file:
            file.write("".join(f"{line}\n" for line in lines).encode())
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
                    "line; its cell will be run again."
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
