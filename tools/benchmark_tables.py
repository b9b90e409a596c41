"""A large mixed table: rows per second after training, and memory above the data.

    python -m tools.benchmark_tables           # 100,000 rows x 30 columns; 2 min
    python -m tools.benchmark_tables --quick   # 2,000 rows, 50 steps

The bound is 20,000 generated rows per second after training, and a peak of less than
2 GiB above what the process holds once the data is there. Generating is everything that
`VAEOverSampler.sample` does: draws, decoding, rows with their dtypes, provenance.
"""

import resource
import statistics
from dataclasses import dataclass

import numpy as np
import pandas as pd
import tyro

from tools import timing


@dataclass(frozen=True)
class Config:
    rows: int = 100_000
    """Rows of the table, and generated rows."""
    columns: int = 30
    """A third numbers, a sixth each integers, words, dates and answers."""
    repeats: int = 5
    """How often rows are generated; the median counts."""
    quick: bool = False
    """2,000 rows, 50 steps of training: a check that everything runs."""


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

    rows = 2000 if config.quick else config.rows
    # Everything imported and traced once: what is measured is the table.
    small, y_small = make_table(200, config.columns)
    VAEOverSampler(steps=2, random_state=0).fit_resample(small, y_small)
    frame, y = make_table(rows, config.columns)
    size = frame.memory_usage(deep=True).sum() / 2**20
    before = _resident()
    steps = 50 if config.quick else None
    sampler = VAEOverSampler(sampling_strategy=1, steps=steps, random_state=0)
    training, _ = timing.timed(lambda: sampler.fit_resample(frame, y))
    seconds = [
        timing.timed(lambda seed=repeat: sampler.sample(rows // 2, seed=seed))[0]
        for repeat in range(config.repeats)
    ]
    speed = rows / statistics.median(seconds)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**10
    print(f"table      {rows:,} rows x {config.columns} columns, {size:.0f} MiB")
    print(f"training   {training:.1f} s, learning the transform included")
    print(f"generating {speed:,.0f} rows/s (median of {config.repeats})")
    print(f"memory     peak {peak:.0f} MiB, {peak - before:.0f} MiB above the data")


def _resident():
    """Returns the resident memory of this process in MiB."""
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * resource.getpagesize() / 2**20


if __name__ == "__main__":
    main(tyro.cli(Config, description=__doc__))
