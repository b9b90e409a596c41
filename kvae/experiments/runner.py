"""Runs bundles of cells in worker processes, resumable, one write for each bundle."""

import contextlib
import functools
import hashlib
import json
import signal
import time
import traceback
import warnings

from kvae.experiments.results import _plain


def bundle_key(name, **arguments):
    """Returns the key of a bundle: a readable name and a digest of its arguments.

    What was run with other settings has another key, and is not taken for this.

    Example:
        >>> bundle_key("shots=5", steps=600)
        'shots=5 #...'
    """
    text = json.dumps(arguments, sort_keys=True, default=_plain)
    return f"{name} #{hashlib.blake2b(text.encode(), digest_size=4).hexdigest()}"


def run(function, bundles, store, jobs=1, progress=None, **about):
    """Runs the bundles that the store does not hold yet.

    Each runs in a worker process with one thread, for any number of jobs: neither
    their number nor the order in which bundles are done changes a result. An error
    is kept for the summary while the other bundles go on; after Ctrl-C or kill -9 the
    next run goes on with the bundles that were not finished.

    Args:
        function: called with the arguments of a bundle; returns a list of rows
            (dicts). It, and they, must be picklable.
        bundles: dict {key: dict of arguments}.
        store: Store.
        jobs: int, worker processes.
        progress: optional function, called with the number of bundles done after
            each bundle.
        **about: kept with every bundle.

    Returns:
        Dict {key: traceback} of the bundles that failed.
    """
    import joblib

    failed = {}
    with store.writing():
        there = store.bundles()
        todo = {key: own for key, own in bundles.items() if key not in there}
        done = len(bundles) - len(todo)
        report = progress or (lambda done: None)
        report(done)
        # Two workers even for one job, which gets one bundle at a time: joblib would
        # run a single one in this process, with all its threads.
        pool = joblib.Parallel(
            n_jobs=max(2, jobs),
            pre_dispatch=jobs,
            batch_size=1,
            return_as="generator_unordered",
        )
        tasks = (
            joblib.delayed(_guarded)(function, key, own) for key, own in todo.items()
        )
        with joblib.parallel_config("loky", inner_max_num_threads=1):
            results = pool(tasks)
        with contextlib.closing(results), warnings.catch_warnings():
            # joblib replaces a worker whose memory has grown, and wonders aloud.
            warnings.filterwarnings("ignore", message="A worker stopped while some")
            for key, rows, error, seconds in results:
                if error:
                    failed[key] = error
                else:
                    store.append(key, rows, seconds=round(seconds, 2), **about)
                done += 1
                report(done)
    return failed


def _guarded(function, key, arguments):
    """Returns (key, rows, traceback or None, seconds)."""
    import keras

    _start_worker()
    start = time.perf_counter()
    try:
        rows, error = function(**arguments), None
    except Exception:
        rows, error = None, traceback.format_exc()
    keras.utils.clear_session()  # workers are reused; what they trained is not
    return key, rows, error, time.perf_counter() - start


@functools.cache
def _start_worker():
    """One thread: it makes results independent of the machine's load and of jobs."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent stops the workers
    import tensorflow as tf

    tf.config.threading.set_intra_op_parallelism_threads(1)
    tf.config.threading.set_inter_op_parallelism_threads(1)
