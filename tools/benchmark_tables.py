"""Mixed tables: seconds of training, rows per second after it, memory, wide tables.

    python -m tools.benchmark_tables           # up to 100,000 rows x 30 columns; 2 min
    python -m tools.benchmark_tables --quick   # 2,000 rows, 50 steps

The bounds, on 2 cores: 10 seconds to train on 1,000 rows x 15 columns; after training
on 100,000 x 30, 20,000 generated rows per second, and a peak of less than 2 GiB above
what the process holds once the data is there; of a wide table 1 ms of CPU time a
column to learn what it is, to turn it into inputs and to write it again, together.
Generating is everything that `VAEOverSampler.sample` does: draws, decoding, rows with
their dtypes, provenance.
"""

import resource
import statistics
import time
from dataclasses import dataclass

import numpy as np
import pandas as pd

from tools import timing


@dataclass(frozen=True)
class Config:
    rows: int = 100_000
    """Rows of the large table, and generated rows."""
    columns: int = 30
    """A third numbers, a sixth each integers, words, dates and answers."""
    wide: int = 3000
    """Columns of the wide table of 200 rows."""
    repeats: int = 5
    """How often rows are generated, and the wide table is learned; medians count."""
    steps: int | None = None
    """Training steps; by default those that `VAEOverSampler` chooses."""
    quick: bool = False
    """2,000 rows, 300 wide columns, 50 steps: a check that everything runs."""


QUICK = {"rows": 2000, "wide": 300, "steps": 50}


def make_table(num_rows, num_columns, seed=0):
    """Returns (DataFrame of mixed columns with 5 % holes, labels)."""
    stream = np.random.default_rng(seed)
    y = stream.choice(["often", "seldom"], num_rows, p=[0.7, 0.3])
    shift = (y == "seldom").astype(float)
    columns = {}
    for i in range(num_columns):
        kind = i % 6
        hidden = stream.normal(size=num_rows) + shift * (i % 3)
        if kind < 2:
            column = pd.Series(np.exp(hidden) if kind else hidden)
        elif kind == 2:
            column = pd.Series(np.round(10 * hidden)).astype("Int64")
        elif kind == 3:
            column = pd.Series(
                np.array(list("abcdefgh"))[np.digitize(hidden, range(7))]
            )
        elif kind == 4:
            days = pd.to_timedelta(np.round(100 * hidden), unit="D")
            column = pd.Series(pd.Timestamp("2020-01-01") + days)
        else:
            column = pd.Series(hidden > 0).astype("boolean")
        column[stream.random(num_rows) < 0.05] = None
        columns[f"c{i}"] = column
    return pd.DataFrame(columns), y


def main(config):
    from kvae import VAEOverSampler

    # Everything imported and traced once: what is measured is the table.
    small, y_small = make_table(200, config.columns)
    VAEOverSampler(steps=2, random_state=0).fit_resample(small, y_small)
    print("table, rows x columns   MiB   training   generated")
    for shape in ((1000, 15), (config.rows, config.columns)):
        frame, y = make_table(*shape)
        size = frame.memory_usage(deep=True).sum() / 2**20
        before = _resident()
        training, speed = _trained(frame, y, config.steps, config.repeats)
        name = f"{shape[0]:,} x {shape[1]}"
        print(f"{name:<20} {size:>6.1f} {training:>8.1f} s {speed:>9,.0f}/s")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**10
    print(f"memory     peak {peak:.0f} MiB, {peak - before:.0f} MiB above the data")
    learn, inputs, back = _milliseconds_a_column(config.wide, config.repeats)
    print(
        f"wide       200 x {config.wide:,}: {learn + inputs + back:.2f} ms a column, "
        f"{learn:.2f} to learn, {inputs:.2f} to inputs, {back:.2f} back"
    )


def _trained(frame, y, steps, repeats):
    """Returns (seconds of training, generated rows per second)."""
    from kvae import VAEOverSampler

    sampler = VAEOverSampler(sampling_strategy=1, steps=steps, random_state=0)
    training, _ = timing.timed(lambda: sampler.fit_resample(frame, y))
    seconds = [
        timing.timed(lambda seed=repeat: sampler.sample(len(y) // 2, seed=seed))[0]
        for repeat in range(repeats)
    ]
    return training, len(y) / statistics.median(seconds)


def _milliseconds_a_column(num_columns, repeats):
    """Returns CPU time a column: to learn a wide table, to inputs, and back."""
    from kvae.preprocessing import Table

    frame, _ = make_table(200, num_columns)
    spent = []
    for _ in range(repeats):
        # Not of a clock: one thread does nearly all of it, whatever else runs.
        start = time.process_time()
        table = Table(frame)
        learned = time.process_time()
        x = table.transform(frame)
        transformed = time.process_time()
        table.inverse(x)
        spent.append((start, learned, transformed, time.process_time()))
    return 1000 * np.median(np.diff(spent), axis=0) / num_columns


def _resident():
    """Returns the resident memory of this process in MiB."""
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * resource.getpagesize() / 2**20


if __name__ == "__main__":
    timing.run_benchmark(main, Config, QUICK, __doc__)
