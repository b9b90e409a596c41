"""What a worker process is and does: one thread, one bundle at a time, no orphans."""

import functools
import hashlib
import importlib.util
import os
import platform
import signal
import sys
import threading
import time
import traceback
from importlib import metadata
from pathlib import Path

from kvae import lifetime, quiet

PACKAGES = ("tensorflow", "keras", "numpy", "scikit-learn", "pandas")
_THREADS = (
    "TF_NUM_INTRAOP_THREADS",
    "TF_NUM_INTEROP_THREADS",
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
)


def start(parent, needs_tensorflow=False):
    """Makes this process a worker of one thread that does not outlive its parent.

    Args:
        parent: int, process id.
        needs_tensorflow: bool, whether to import it right away.
    """
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent stops the workers
    lifetime.end_with(parent)
    use_one_thread()
    if needs_tensorflow:
        quiet.start_tensorflow()


def use_one_thread():
    """Lets TensorFlow use one thread: results then depend on no load and no jobs.

    TensorFlow reads this when it computes for the first time, whoever imports it;
    libraries of linear algebra when they are imported.
    """
    os.environ.update(dict.fromkeys(_THREADS, "1"))


def run_bundle(bundle, cells):
    """Runs the cells of a bundle; an error is a result, too.

    Args:
        bundle: Bundle.
        cells: dict {key: cell}, those to run.

    Returns:
        (keys, rows of each cell or None, exception and traceback or None, seconds).
    """
    start = time.perf_counter()
    try:
        rows, error = bundle.run(list(cells.values())), None
    except Exception as problem:
        rows, error = None, (type(problem), str(problem), traceback.format_exc())
    if "keras" in sys.modules:  # workers are reused; what they trained is not
        sys.modules["keras"].utils.clear_session()
    return list(cells), rows, error, time.perf_counter() - start


@functools.cache
def machine():
    """Returns the name of this machine's processor, which numbers may depend on.

    Example:
        >>> isinstance(machine(), str)
        True
    """
    cpuinfo = Path("/proc/cpuinfo")
    lines = cpuinfo.read_text().splitlines() if cpuinfo.exists() else []
    names = [line.partition(":")[2] for line in lines if line.startswith("model name")]
    # Elsewhere than on Linux, and on processors that do not tell.
    return " ".join((names or [platform.processor() or platform.machine()])[0].split())


def installed(code=("kvae",)):
    """Returns {what: version} of Python, packages and code that results depend on.

    Args:
        code: names of packages whose source counts by its digest.

    Example:
        >>> sorted(installed())[:3]
        ['Python', 'code of kvae', 'keras']
    """
    versions = {"Python": ".".join(platform.python_version_tuple()[:2])}
    for name in PACKAGES:
        try:
            versions[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            versions[name] = "missing"
    return versions | {f"code of {name}": code_digest(name) for name in code}


def has_code(name):
    """Returns whether a package or module has source here, to compare.

    Example:
        >>> has_code("kvae"), has_code("__main__"), has_code("kvae_2")
        (True, False, False)
    """
    return name != "__main__" and bool(_sources(name))


@functools.cache
def code_digest(name):
    """Returns a digest of the source of a package or module, "missing" without any.

    Example:
        >>> code_digest("kvae_2")
        'missing'
    """
    sources = _sources(name)
    if not sources:
        return "missing"
    state = hashlib.blake2b(digest_size=4)
    for inside, path in sources:
        state.update(inside.encode() + path.read_bytes())
    return state.hexdigest()


def _sources(name):
    """Returns [(its place inside the package, path)] of Python files."""
    spec = importlib.util.find_spec(name)
    if spec is None or not spec.has_location:
        return []
    top = Path(spec.origin).parent
    if spec.submodule_search_locations is None:
        return [("", Path(spec.origin))]
    return [(str(path.relative_to(top)), path) for path in sorted(top.rglob("*.py"))]
