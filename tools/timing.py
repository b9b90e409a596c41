"""What the benchmarks share: threads, variants that take turns, ratios in print."""

import statistics
import time

from recipes import common


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
