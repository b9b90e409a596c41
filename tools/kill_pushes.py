"""Kills pushes (-9) at every step and at any time: what would a server find?

    python -m tools.kill_pushes            # 60 kills of a real push; 22 min, busy cores
    python -m tools.kill_pushes --quick    # a kill at every step of files that load not

A push copies the golden model, validates it in another process, and keeps two versions.
20 are killed at a step of the renaming and the retiring, by a hook of Python that sees
every file that is opened, renamed or removed; 20 at any time of their last fifth; 20 at
any time. After each kill every version is compared with the source, file by file, the
newest is loaded and asked, and what has no name of a version after the next push is
counted, with processes that live on and files in the temporary folder. The exit status
is 1 where anything is wrong. [kvae/serving](../kvae/serving/README.md) has the outcome.
"""

import os
import random
import shutil
import signal
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from kvae.serving import pusher, validation
from recipes import common

NAME, KEEP = "killed", 2
# Written anew by each push, with the seconds that it took.
OF_EACH = "assets.extra/validation.json"
STEPS = ("open", "os.", "shutil.", "tempfile.", "fcntl.", "subprocess.")
GOLDEN = Path(__file__).parents[1] / "saved_models" / "digits_golden" / "1"


@dataclass(frozen=True)
class Config:
    source: Path = GOLDEN
    """Folder of a version, as `export` or a push wrote it."""
    kills: int = 20
    """How many of each kind."""
    seed: int = 0
    """Of the moments."""
    quick: bool = False
    """Any files instead of a model, found good at once; killed at every step."""


def main(config):
    with tempfile.TemporaryDirectory() as folder:
        base, temporary = Path(folder, "models"), Path(folder, "temporary")
        temporary.mkdir()
        tempfile.tempdir = os.environ["TMPDIR"] = str(temporary)
        if config.quick:
            validation.validate = _find_good
            os.fsync = lambda handle: None  # what is written outlives a kill without
        source = _prepare(config, base)
        seconds, steps = _trial(source, base)
        last = range(_publishing(steps, base), len(steps))
        moments = random.Random(config.seed)
        times = {
            "in the last fifth": [moments.uniform(0.8, 1) for _ in range(config.kills)],
            "at any time": [moments.random() for _ in range(config.kills)],
        }
        kinds = {"at a last step": [{"step": last[i]} for i in _spread(last, config)]}
        for kind, shares in times.items():
            kinds[kind] = [{"after": share * seconds} for share in shares]
        if config.quick:
            kinds = {"at every step": [{"step": i} for i in range(len(steps))]}
        print(f"a push: {seconds:.2f} s, {len(steps)} steps, {len(last)} of them last")
        print(f"{'killed':<18} kills  in time  published  half  lost  not loaded  left")
        wrong = 0
        for kind, kills in kinds.items():
            found = [_look(source, base, config.quick, **kill) for kill in kills]
            sums = [sum(column) for column in zip(*found, strict=True)]
            print(
                f"{kind:<18} {len(kills):>5} {sums[0]:>8} {sums[1]:>10} {sums[2]:>5} "
                f"{sums[3]:>5} {sums[4]:>11} {sums[5]:>5}",
                flush=True,
            )
            wrong += sum(sums[2:])
    if wrong:
        sys.exit(1)


def _find_good(*paths, **_):
    return [{"blessed": True, "reason": ""} for _ in paths]


def _spread(steps, config):
    """Returns as many places among the steps as there are kills, evenly."""
    return [i * len(steps) // config.kills for i in range(config.kills)]


def _prepare(config, base):
    """Publishes two versions and returns the first: what each push has to copy whole.

    A version, since it has the file of warm-up requests that a push writes.
    """
    source = config.source
    if config.quick:
        source = base.parent / "export"
        for name in ("saved_model.pb", "variables/a", "assets.extra/b"):
            path = source / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(name.encode() * 1000)
    first = pusher.push(source, base, NAME, keep=KEEP)
    whole = base.parent / "whole"
    shutil.copytree(first, whole)
    pusher.push(whole, base, NAME, keep=KEEP)
    return whole


def _trial(source, base):
    """Returns (seconds, steps) of a push that nobody kills."""
    record = base.parent / "steps"

    def push():
        steps = []
        sys.addaudithook(lambda *event: steps.append(event) if _is_step(event) else 0)
        pusher.push(source, base, NAME, keep=KEEP)
        lines = [" ".join(map(repr, event)) for event in list(steps)]
        record.write_text("\n".join(lines))

    start = time.perf_counter()
    os.waitpid(_forked(push), 0)
    return time.perf_counter() - start, record.read_text().splitlines()


def _is_step(event):
    return event[0].startswith(STEPS) and event[0] != "os.kill"  # which is our own


def _publishing(steps, base):
    """Returns which step renames the finished version."""
    return next(
        i
        for i, step in enumerate(steps)
        if step.startswith("'os.rename'") and f"{base / NAME}/" in step
    )


def _forked(run):
    """Returns the process id of a copy of this process that runs a function."""
    child = os.fork()
    if child == 0:
        status = 1
        try:
            run()
            status = 0
        finally:
            os._exit(status)
    return child


def _look(source, base, quick, step=None, after=None):
    """Kills a push and returns six numbers: what was found then.

    Whether it was killed before its end, whether its version was there, half versions,
    earlier ones that are gone, whether the newest does not load, what is left.
    """
    before = pusher.versions(base, NAME)

    def push():
        if step is not None:
            _die_at(step)
        pusher.push(source, base, NAME, keep=KEEP)

    child = _forked(push)
    if after is not None:
        time.sleep(after)
        os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    found = pusher.versions(base, NAME)
    half = [number for number in found if not _same(base / NAME / str(number), source)]
    (report,) = validation.validate(base / NAME / str(found[-1]))
    examine, validation.validate = validation.validate, _find_good
    pusher.push(source, base, NAME, keep=KEEP)
    validation.validate = examine
    return (
        os.WIFSIGNALED(status),
        found[-1] > before[-1],
        len(half),
        before[-1] not in found,
        not report["blessed"],
        _left(base, quick),
    )


def _die_at(step):
    """Kills this process before its step of this number."""
    left = [step]

    def count(*event):
        if _is_step(event):
            left[0] -= 1
            if left[0] < 0:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(count)


def _same(version, source):
    return _contents(version) == _contents(source)


def _contents(folder):
    files = {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }
    files[OF_EACH] = OF_EACH in files
    return files


def _left(base, quick):
    """Returns how many files, folders and processes are there but the versions."""
    names = {str(number) for number in pusher.versions(base, NAME)[-KEEP:]}
    files = set(os.listdir(base / NAME)) - names
    files |= set(os.listdir(tempfile.gettempdir()))
    patience = time.monotonic() + (0 if quick else 5)
    while (processes := _processes(base)) and time.monotonic() < patience:
        time.sleep(0.1)
    return len(files) + len(processes)


def _processes(base):
    """Returns the processes that were started with a path below a folder (Linux)."""
    found = []
    for line in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            if os.fsencode(base) in line.read_bytes():
                found.append(line.parent.name)
        except OSError:  # it has ended
            continue
    return found


if __name__ == "__main__":
    common.run(main, Config, {}, description=__doc__, tensorflow=False)
