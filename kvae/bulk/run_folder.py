"""The folder of a run: what it is of, which shards are finished, and its lock."""

import contextlib
import json
from pathlib import Path

from kvae.bulk.whole_files import remove_partial, sha256, written_whole

FORMAT = 1
MANIFEST, SUMS, SHARDS = "manifest.json", "SHA256SUMS", "shards"
JOURNAL = "shards.jsonl"  # finished shards of a run that goes on; locked by its process


class RunFolder:
    """A folder with a manifest and a folder of shards.

    Args:
        path: path of the folder, which may not exist yet.

    Attributes:
        path: Path.
        shards: Path of the folder of shards.
        manifest: dict, what manifest.json says; None before `begin`.
    """

    def __init__(self, path):
        self.path = Path(path)
        self.shards, self.manifest = self.path / SHARDS, None

    @contextlib.contextmanager
    def locked(self):
        """Keeps other processes out of the folder within the block; reads the manifest.

        Raises:
            OSError: where another run writes there, or nothing can be written.
            ValueError: where there is something else than a run.
        """
        was_there = self._expect_ours()
        self.path.mkdir(parents=True, exist_ok=True)
        with (self.path / JOURNAL).open("ab") as self._journal:
            _lock(self._journal, self.path)
            try:
                self._drop_half_a_line()
                self.manifest = self._read()
                if self.manifest is not None:
                    remove_partial(self.path)
                    remove_partial(self.shards)
                yield self
            finally:
                self._tidy(was_there)

    def begin(self, manifest):
        """Writes the manifest of a new run, a dict with what it is of under `run`."""
        self.shards.mkdir(exist_ok=True)
        self._write({"format": FORMAT, "complete": False, **manifest})

    def expect_same(self, run):
        """Raises ValueError unless the folder is of this run, a dict of dicts."""
        there = self.manifest["run"]
        for part in run:
            for name, value in run[part].items():
                old = there.get(part, {}).get(name)
                if old == value:
                    continue
                what = _in_words(part, name, old, value)
                raise ValueError(
                    f"--out expects a new folder, or that of the same run. Received: "
                    f"{self.path}, which holds a run {what}. Choose another folder."
                )

    def finished(self):
        """Returns {file: record} of shards that are there as they were written.

        Others, and those whose content has changed, are to be made again.
        """
        journal = (self.path / JOURNAL).read_text().splitlines()
        records = [*self.manifest.get("shards", ()), *map(json.loads, journal)]
        found = {}
        for record in records:
            path = self.shards / record["file"]
            if path.is_file() and sha256(path) == record["sha256"]:
                found[record["file"]] = record
        return found

    def add(self, record):
        """Notes that a shard is finished.

        Raises:
            OSError: where it is not there, since a worker wrote it elsewhere.
        """
        if not (self.shards / record["file"]).is_file():
            raise OSError(
                f"{self.shards / record['file']} was written by a worker, and is not "
                "there. --out expects a folder that all workers share, under one path."
            )
        self._journal.write(json.dumps(record).encode() + b"\n")
        self._journal.flush()

    def end(self, records):
        """Writes what all shards are into manifest.json, and their SHA256SUMS.

        Args:
            records: list of dicts, in the order of the shards.
        """
        lines = [
            f"{record['sha256']}  {SHARDS}/{record['file']}\n" for record in records
        ]
        with written_whole(self.path / SUMS) as partial:
            partial.write_text("".join(lines))
        rows = sum(record["rows"] for record in records)
        self._write(
            {**self.manifest, "complete": True, "rows": rows, "shards": records}
        )
        (self.path / JOURNAL).unlink()

    def _tidy(self, was_there):
        """Removes an empty journal, and the folder where nothing was begun."""
        journal = self.path / JOURNAL
        if journal.exists() and not journal.stat().st_size:
            journal.unlink()
        if not was_there and not any(self.path.iterdir()):
            self.path.rmdir()

    def _drop_half_a_line(self):
        """Cuts off what a power cut has left at the end of the journal."""
        text = (self.path / JOURNAL).read_bytes()
        self._journal.truncate(text.rfind(b"\n") + 1)

    def _write(self, manifest):
        with written_whole(self.path / MANIFEST) as partial:
            partial.write_text(json.dumps(manifest, indent=1) + "\n")
        self.manifest = manifest

    def _expect_ours(self):
        """Returns whether the folder is there; raises ValueError for another one."""
        if not self.path.exists():
            return False
        if not self.path.is_dir():
            raise ValueError(f"--out expects a folder. Received: the file {self.path}.")
        names = {path.name for path in self.path.iterdir()}
        if MANIFEST not in names and names - {JOURNAL}:
            raise ValueError(
                "--out expects a new folder, or that of the same run. Received: "
                f"{self.path}, which holds {min(names)}. Choose another."
            )
        return True

    def _read(self):
        path = self.path / MANIFEST
        if not path.exists():
            return None
        try:
            manifest = json.loads(path.read_text())
            number, _ = manifest["format"], manifest["run"]["arguments"]
        except (KeyError, TypeError, ValueError) as error:
            raise ValueError(
                f"--out expects a new folder, or that of the same run. Received: "
                f"{self.path}, whose {MANIFEST} is something else. Choose another."
            ) from error
        if number != FORMAT:
            raise ValueError(
                f"{path} is of format {number}; this kvae reads format {FORMAT}. "
                "Choose another folder."
            )
        return manifest


def _lock(file, path):
    try:
        import fcntl
    except ImportError:  # not on this system: two runs in a folder are up to the user
        return
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        raise BlockingIOError(
            f"Another process writes to {path}. Wait for it, or use another --out."
        ) from error


def _in_words(part, name, old, new):
    """Returns how a run differs: of which part, in what.

    Example:
        >>> _in_words("arguments", "shard_rows", 100, 50)
        'with --shard-rows 100, not 50'
    """
    if part == "model":
        return "of another model"
    if isinstance(new, bool):
        return f"with{'' if old else 'out'} --{name}"
    if part == "arguments":
        return f"with --{name.replace('_', '-')} {old}, not {new}"
    return f"by {name} {old}, not {new}"
