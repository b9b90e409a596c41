"""Publishing a version: whole, validated and under a number of its own, or not at all.

A server serves `<base>/<name>/<integer>` and takes the highest number. A version is
made in a hidden folder beside it, written to disk, validated in another process, and
renamed: the one step that publishes cannot be half done.
"""

import contextlib
import errno
import fcntl
import json
import os
import shutil
import tempfile
import time
from pathlib import Path

from kvae.checks import expect_count
from kvae.serving import validation
from kvae.serving.description import FOLDER

_NEW, _ASIDE = ".new-", ".push-"
_RETIRED, _ROLLED_BACK = ".retired-", ".rolled-back-"
_YOUNG = 60.0  # seconds that a push may take to lock its folder


class PushRefusedError(ValueError):
    """The version did not pass its validation; nothing was published."""


def push(source, base, name, version=None, keep=3, timeout=600):
    """Publishes an exported model as the newest version of a name.

    Args:
        source: folder that `export` wrote; it is copied.
        base: folder of all models, a server's `--model_base_path` or the parent of the
            `base_path` in its models.config.
        name: str, the model's name.
        version: int; by default the seconds since 1970, or the number after the
            highest where that is greater. A server serves the highest.
        keep: int >= 1, how many versions stay; older ones are removed.
        timeout: seconds for the validation.

    Returns:
        Path of the published version.

    Raises:
        PushRefusedError: with the reason, where the version does not pass.
        FileNotFoundError: where source is no SavedModel.
        FileExistsError: where the version asked for exists, or was rolled back.
        ValueError: for a name that is no name of a folder, or numbers out of range.
        OSError: where the disk is full; nothing is published then.
    """
    source, folder = Path(source), _folder(base, name)
    expect_count("keep of push", keep, 1)
    if version is not None:
        expect_count("version of push", version, 1)
        used = (folder / f"{prefix}{version}" for prefix in ("", _ROLLED_BACK))
        if any(path.exists() for path in used):
            raise _exists(folder / str(version))
        if sum(number > version for number in _numbers(folder)) >= keep:
            raise ValueError(
                f"version of push expects one of the {keep} highest, which stay. "
                f"Received: {version}, below {_numbers(folder)[-keep:]}."
            )
    if not (source / "saved_model.pb").is_file():
        raise FileNotFoundError(
            f"push expects a folder that export wrote; {source} holds no "
            "saved_model.pb."
        )
    folder.mkdir(parents=True, exist_ok=True)
    _sweep(folder)
    with _aside(folder) as new:
        shutil.copytree(source, new)
        (report,) = validation.validate(new, warm_up=name, timeout=timeout)
        if not report["blessed"]:
            raise PushRefusedError(
                f"{source} is not published as {name!r}: {report['reason']}."
            )
        text = json.dumps(report, indent=1) + "\n"
        (new / FOLDER / "validation.json").write_text(text)
        _sync(new)
        path = _publish(new, folder, version)
    _retire(folder, keep)
    return path


def versions(base, name):
    """Returns the published versions of a model, ints, oldest first."""
    return _numbers(_folder(base, name))


def rollback(base, name):
    """Takes the newest version out of service; the one before it is served again.

    It stays on disk, in a hidden folder `.rolled-back-<version>`, for those who look
    for what was wrong with it.

    Args:
        base: folder of all models.
        name: str, the model's name.

    Returns:
        Path of the version that is the highest now.

    Raises:
        ValueError: where there is no version before the newest.
    """
    folder = _folder(base, name)
    found = _numbers(folder)
    if len(found) < 2:
        raise ValueError(
            f"rollback expects at least two versions of {name!r} in {base}. "
            f"Received: {found}. Push a better one instead."
        )
    os.rename(folder / str(found[-1]), folder / f"{_ROLLED_BACK}{found[-1]}")
    _sync_entry(folder)
    return folder / str(found[-2])


def _folder(base, name):
    if not name or name != Path(name).name or name.startswith("."):
        raise ValueError(
            f"push expects a name that a folder can have, without dots in front and "
            f"slashes. Received: {name!r}."
        )
    return Path(base) / name


def _numbers(folder):
    if not folder.is_dir():
        return []
    return sorted(
        int(path.name)
        for path in folder.iterdir()
        if path.name.isdecimal() and str(int(path.name)) == path.name and path.is_dir()
    )


def _publish(new, folder, version):
    """Renames a finished version; the next number where another push was faster."""
    number = version or max(int(time.time()), _highest(folder) + 1)
    while True:
        try:
            # To a folder that is not empty, a rename fails: nothing is replaced.
            os.rename(new, folder / str(number))
        except OSError as error:
            if error.errno not in (errno.EEXIST, errno.ENOTEMPTY):
                raise
            if version is not None:
                raise _exists(folder / str(number)) from error
            number += 1
        else:
            _sync_entry(folder)
            return folder / str(number)


def _highest(folder):
    hidden = [
        int(path.name.removeprefix(_ROLLED_BACK))
        for path in folder.glob(f"{_ROLLED_BACK}*")
    ]
    return max([0, *_numbers(folder), *hidden])


def _exists(path):
    return FileExistsError(
        f"{path} exists, or was rolled back. Leave version out, or choose a number "
        "that is free."
    )


@contextlib.contextmanager
def _aside(folder):
    """Yields a path in a hidden folder that is removed afterwards.

    The folder holds a lock as long as this process lives: the kernel lets go of it at
    any death, and the next push knows what to sweep. It gets the name by which sweepers
    look for it once it is locked: they would take it for a dead one before.
    """
    parent = Path(tempfile.mkdtemp(prefix=_NEW, dir=folder))
    try:
        with open(parent / "lock", "w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            parent = parent.rename(folder / parent.name.replace(_NEW, _ASIDE, 1))
            yield parent / "new"
    finally:
        shutil.rmtree(parent, ignore_errors=True)


def _sweep(folder):
    """Removes what killed pushes have left."""
    dead = [path for path in folder.glob(f"{_ASIDE}*") if not _is_locked(path)]
    dead += [path for path in folder.glob(f"{_NEW}*") if not _is_young(path)]
    for path in [*dead, *folder.glob(f"{_RETIRED}*")]:
        shutil.rmtree(path, ignore_errors=True)


def _is_locked(path):
    try:
        with open(path / "lock") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (BlockingIOError, PermissionError):  # another user's is not ours to judge
        return True
    except FileNotFoundError:
        pass  # half removed
    return False


def _is_young(path):
    with contextlib.suppress(FileNotFoundError):
        return time.time() - path.stat().st_mtime < _YOUNG
    return False


def _retire(folder, keep):
    for number in _numbers(folder)[:-keep]:
        hidden = folder / f"{_RETIRED}{number}"
        # Renamed first: a server must not load what is being removed.
        with contextlib.suppress(FileNotFoundError):
            os.rename(folder / str(number), hidden)
        shutil.rmtree(hidden, ignore_errors=True)


def _sync(folder):
    """Brings all files and folders to the disk, before the rename makes them seen."""
    for root, _, files in os.walk(folder):
        for name in files:
            _sync_entry(os.path.join(root, name))
        _sync_entry(root)


def _sync_entry(path):
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
