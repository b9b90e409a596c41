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
import signal
import sys
import tempfile
import threading
import time
from pathlib import Path

from kvae.checks import expect_count
from kvae.serving import validation
from kvae.serving.description import FOLDER

_ASIDE, _RETIRED, _ROLLED_BACK = ".push-", ".retired-", ".rolled-back-"
_HIGHEST = 2**63 - 1
_SHOWN = 100  # characters of a name in a message


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
        FileExistsError: where the version asked for exists, or was rolled back, or a
            file or a broken link is in the place of a folder.
        TypeError: for a name that is no str.
        ValueError: for a name that is no name of a folder, or numbers out of range.
        OSError: where the disk is full; nothing is published then.
    """
    source, folder = Path(source), _folder(base, name)
    expect_count("keep of push", keep, 1)
    if version is not None:
        expect_count("version of push", version, 1)
        if version > _HIGHEST:
            raise ValueError(
                f"version of push expects at most {_HIGHEST}, which is what TF Serving "
                f"can read (int64). Received: {version}. Leave it out."
            )
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
    _make(folder)
    _sweep(folder)
    with _terminated_cleanly(), _aside(folder) as new:
        _copy(source, new)
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
    if not isinstance(name, str):
        raise TypeError(
            f"push expects a name that is a str. Received: {repr(name)[:_SHOWN]}, a "
            f"{type(name).__name__}."
        )
    # A server reads names in addresses (name:predict) and in models.config.
    if (
        not name
        or name != Path(name).name
        or name.startswith(".")
        or ":" in name
        or not name.isprintable()
    ):
        raise ValueError(
            "push expects a name that a folder and an address can have: without dots "
            "in front, slashes, colons, line ends and the like. Received: "
            f"{name[:_SHOWN]!r}."
        )
    return Path(base) / name


def _make(folder):
    """Makes the folder of a model, or says what is in its place."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except (FileExistsError, NotADirectoryError) as error:
        place = next(p for p in (folder, *folder.parents) if os.path.lexists(p))
        what = "a link to nothing" if place.is_symlink() else "a file"
        raise FileExistsError(
            f"push expects a folder, or nothing yet, at {place}. Received: {what}. "
            "Remove it, or choose another base or name."
        ) from error


def _copy(source, new):
    try:
        shutil.copytree(source, new)
    except shutil.Error as error:  # a list of (from, to, why)
        failed = error.args[0]
        where, _, why = failed[0]
        raise OSError(
            f"push could not copy {len(failed)} of the files of {source}: {where}: "
            f"{why}. Nothing was published."
        ) from error


@contextlib.contextmanager
def _terminated_cleanly():
    """Lets SIGTERM end the program as Ctrl-C does, so that nothing is left behind.

    Only where the program has no mind of its own about it, and in its main thread: no
    other can set it.
    """
    ours = (
        threading.current_thread() is threading.main_thread()
        and signal.getsignal(signal.SIGTERM) is signal.SIG_DFL
    )

    def end(number, frame):
        sys.exit(128 + number)

    if ours:
        signal.signal(signal.SIGTERM, end)
    try:
        yield
    finally:
        if ours:
            signal.signal(signal.SIGTERM, signal.SIG_DFL)


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
    any death, and the next push knows what to sweep.
    """
    with contextlib.ExitStack() as stack:
        with _alone(folder):  # a sweeper would take it for a dead one before its lock
            parent = Path(tempfile.mkdtemp(prefix=_ASIDE, dir=folder))
            stack.callback(shutil.rmtree, parent, ignore_errors=True)
            lock = stack.enter_context(open(parent / "lock", "w"))
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield parent / "new"


def _sweep(folder):
    """Removes what killed pushes have left."""
    with _alone(folder):
        dead = [path for path in folder.glob(f"{_ASIDE}*") if not _is_locked(path)]
        for path in [*dead, *folder.glob(f"{_RETIRED}*")]:
            shutil.rmtree(path, ignore_errors=True)


@contextlib.contextmanager
def _alone(folder):
    """Holds the lock of a model's folder itself, as all who make or sweep in it do."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _is_locked(path):
    try:
        with open(path / "lock") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (BlockingIOError, PermissionError):  # another user's is not ours to judge
        return True
    except FileNotFoundError:
        pass  # half removed
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
