"""What benchmarks share: flags, a quiet machine, variants in turns, ratios in print."""

import os
import statistics
import sys
import time

from recipes import common

BUSY = 0.3  # processes that compute, of each core, above which seconds are in doubt


def run_benchmark(main, config_class, quick, description, tensorflow=True):
    """Parses the flags of a benchmark and runs it, as `common.run` does a recipe.

    On stderr it says first how busy the machine is: other work slows a benchmark.
    """

    def measured(config):
        print(load_before(), file=sys.stderr)
        main(config)

    common.run(measured, config_class, quick, description, tensorflow)


def load_before():
    """Returns a line about what else the machine is doing.

    Example:
        >>> load_before().startswith("load ")
        True
    """
    cores, load = os.cpu_count(), os.getloadavg()[0]
    text = f"load {load:.1f} on {cores} cores before it began"
    if load > BUSY * cores:
        text += ": other work runs, so that ratios may hold, and seconds do not"
    return text


def use_threads(number):
    """Sets how many threads TensorFlow computes on; call it before anything else."""
    import tensorflow as tf

    tf.config.threading.set_intra_op_parallelism_threads(number)
    tf.config.threading.set_inter_op_parallelism_threads(number)


def timed(run):
    """Returns (seconds of a run, its result)."""
    start = time.perf_counter()
    result = run()
    return time.perf_counter() - start, result


def in_turns(variants, rounds):
    """Times variants in turns, so that what slows the machine slows all of them.

    Args:
        variants: dict {name: function without arguments}.
        rounds: int, how often each is timed.

    Returns:
        Dict {name: list of seconds}.
    """
    seconds = {name: [] for name in variants}
    with common.progress(rounds, "Rounds", "round") as bar:
        for _ in range(rounds):
            for name, run in variants.items():
                seconds[name].append(timed(run)[0])
            bar.update()
    return seconds


def ratios(numerators, denominators, decimals=2):
    """Returns the median of the ratios of all rounds, and their range, as text.

    Rounds that only one of them has are left out.

    Example:
        >>> ratios([1.0, 3.0, 4.0], [2.0, 2.0, 2.0])
        '1.50 (0.50 to 2.00)'
    """
    values = [a / b for a, b in zip(numerators, denominators, strict=False)]
    median, low, high = (
        f"{value:.{decimals}f}"
        for value in (statistics.median(values), min(values), max(values))
    )
    return f"{median} ({low} to {high})"
