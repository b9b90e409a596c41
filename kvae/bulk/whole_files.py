"""Files that are there whole or not at all, and what tells whether they still are."""

import contextlib
import hashlib
import os

PARTIAL = ".partial"  # a file that is being written, hidden from those who read folders


@contextlib.contextmanager
def written_whole(path):
    """Yields a path to write to; the file then gets its own name, in one step.

    Args:
        path: Path of the file, which is replaced where it is there.

    Example:
        >>> import tempfile
        >>> from pathlib import Path
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     with written_whole(Path(folder, "a.txt")) as partial:
        ...         _ = partial.write_text("a")
        ...     [file.name for file in Path(folder).iterdir()]
        ['a.txt']
    """
    # The process has a part in the name: one that was left behind disturbs no other.
    partial = path.parent / f".{path.name}.{os.getpid()}{PARTIAL}"
    try:
        yield partial
        _sync(partial)
        os.replace(partial, path)
        _sync(path.parent)  # the name, too, survives a power cut
    finally:
        partial.unlink(missing_ok=True)


def remove_partial(folder):
    """Removes what processes that were killed have left behind."""
    for path in folder.glob(f".*{PARTIAL}"):
        path.unlink(missing_ok=True)


def sha256(path):
    """Returns the SHA-256 of a file; of a folder, that of its files and their names.

    Args:
        path: Path.

    Returns:
        str, 64 hexadecimal digits.
    """
    if path.is_file():
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    lines = [
        f"{sha256(file)}  {file.relative_to(path).as_posix()}\n"
        for file in sorted(path.rglob("*"))
        if file.is_file()
    ]
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def _sync(path):
    number = os.open(path, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)
