"""Rows by the million: rows per second beside the bare decoder's, kills, memory.

    python -m tools.benchmark_generate           # 10 million rows of 30 columns; 20 min
    python -m tools.benchmark_generate --quick   # 20,000 rows

`kvae generate` runs four times as a user would: without interruption; killed twice by
kill -9 and resumed; with one worker alone; and the checksums of all shards must equal.
The bounds, on 2 cores: memory of all its processes together at most 2 GiB. The bare
decoder is the VAE's decoder in a `tf.function`, on one thread, which gives arrays of
numbers and no rows.
"""

import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from tools import timing
from tools.benchmark_tables import make_table


@dataclass(frozen=True)
class Config:
    rows: int = 10_000_000
    """Generated rows, of two classes."""
    columns: int = 30
    """A third numbers, a sixth each integers, words, dates and answers."""
    jobs: int = 2
    """Worker processes."""
    model: Path | None = None
    """A fitted model to use; by default one is fitted to 10,000 rows."""
    shard_rows: int = 50_000
    """Rows of a shard."""
    quick: bool = False
    """20,000 rows in shards of 1,000: a check that everything runs."""


QUICK = {"rows": 20_000, "shard_rows": 1000}


def main(config):
    rows, shard_rows = config.rows, config.shard_rows
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        model = config.model or folder / "model"
        if config.model is None:
            _call(_fit, str(model), config.columns, config.quick)
        print(
            f"bare decoder      {_call(_decoder, str(model)):>9,.0f} rows/s, 1 thread"
        )
        print(f"sample            {_call(_sample, str(model)):>9,.0f} rows/s, 1 thread")

        def command(name, jobs):
            return [
                *(sys.executable, "-m", "kvae", "generate", str(model)),
                *("--rows", str(rows // 2), "--out", str(folder / name)),
                *("--shard-rows", str(shard_rows), "--jobs", str(jobs)),
            ]

        first = _Run(command("first", config.jobs))
        seconds, peak = first.wait()
        print(
            f"{config.jobs} jobs            {rows / seconds:>9,.0f} rows/s, "
            f"{seconds:.0f} s, memory at most {peak:.0f} MiB, load {_load()}"
        )
        killed = command("killed", config.jobs)
        shards = folder / "killed/shards"
        for share in (0.3, 0.6):
            run = _Run(killed)
            while len(list(shards.glob("rows-*"))) < share * rows / shard_rows:
                time.sleep(0.05)
            run.kill()
            print(f"killed at {len(list(shards.glob('rows-*')))} shards")
        seconds, peak = _Run(killed).wait()
        print(f"resumed, {seconds:.0f} s, memory at most {peak:.0f} MiB")
        seconds, peak = _Run(command("other", config.jobs // 2)).wait()
        print(
            f"{config.jobs // 2} job(s)  {rows / seconds:,.0f} rows/s, {peak:.0f} MiB"
        )
        sums = [
            (folder / n / "SHA256SUMS").read_text()
            for n in ("first", "killed", "other")
        ]
        print("checksums", "equal" if len(set(sums)) == 1 else "DIFFER")
        manifest = json.loads((folder / "first/manifest.json").read_text())
        size = sum(p.stat().st_size for p in (folder / "first/shards").iterdir())
        shards = f"{len(manifest['shards'])} shards, {size / 2**20:.0f} MiB"
        print(f"{manifest['rows']:,} rows in {shards}")


class _Run:
    """A command, the most memory of all its processes, and its end."""

    def __init__(self, command):
        self.start, self.peak = time.perf_counter(), 0.0
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        self.watch = threading.Thread(target=self._look, daemon=True)
        self.watch.start()

    def wait(self):
        """Returns (seconds, MiB)."""
        if self.process.wait():
            sys.exit(f"it ended with {self.process.returncode}")
        self.watch.join()
        return time.perf_counter() - self.start, self.peak

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def _look(self):
        import psutil

        while self.process.poll() is None:
            try:
                root = psutil.Process(self.process.pid)
                everyone = [root, *root.children(recursive=True)]
                memory = sum(each.memory_full_info().pss for each in everyone)
                self.peak = max(self.peak, memory / 2**20)
            except psutil.Error:
                pass  # one of them has just ended
            time.sleep(0.5)


def _call(function, *arguments):
    """Returns what a function does in a process of its own, with one thread."""
    import multiprocessing

    with multiprocessing.get_context("spawn").Pool(1, _one_thread) as pool:
        return pool.apply(function, arguments)


def _one_thread():
    from kvae import quiet
    from kvae.experiments import workers

    workers.use_one_thread()
    quiet.start_tensorflow()


def _fit(path, columns, quick):
    from kvae import VAEOverSampler

    frame, y = make_table(1000 if quick else 10_000, columns)
    sampler = VAEOverSampler(
        sampling_strategy=1, beta=0.3, steps=50 if quick else None, random_state=0
    )
    sampler.fit_resample(frame, y)
    sampler.save(path)


def _decoder(path):
    import tensorflow as tf

    from kvae import VAEOverSampler

    vae = VAEOverSampler.load(path).vae_
    z = np.random.default_rng(0).normal(size=(4096, vae.latent_dim))
    z = tf.constant(vae.with_class(z.astype("float32"), np.zeros(len(z), int)))
    decode = tf.function(vae.decoder)
    return _rate(lambda: decode(z), len(z))


def _sample(path):
    from kvae import VAEOverSampler

    sampler = VAEOverSampler.load(path)
    return _rate(lambda: sampler.sample(50_000), 100_000, rounds=5)


def _rate(run, rows, rounds=50):
    run()
    start = time.perf_counter()
    for _ in range(rounds):
        run()
    return rounds * rows / (time.perf_counter() - start)


def _load():
    return f"{os.getloadavg()[0]:.0f}"


if __name__ == "__main__":
    timing.run_benchmark(main, Config, QUICK, __doc__, tensorflow=False)
