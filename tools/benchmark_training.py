"""How fast `fit` trains a dense VAE, beside what a user might write instead.

    python -m tools.benchmark_training            # about a minute on 2 cores

The same BetaVAE (784-256-50, batch 128) takes the same number of steps:

- default: `vae.fit(array, batch_size=128)`, as a plain Keras program does;
- ours: `vae.fit(kvae.batches(...))`, compiled with steps_per_execution=50;
- loop: a hand-written tf.function that gathers and steps in the graph.

The three take turns in every round, so that a change of the machine's speed meets all
of them; ratios are medians over rounds. There is no speed without a rival: read the
ratios, not the steps per second.
"""

import statistics
import time
from dataclasses import dataclass

from recipes import common


@dataclass(frozen=True)
class Config:
    rounds: int = 5
    """How often each variant is timed."""
    steps: int = 300
    """Training steps of one timing."""
    batch_size: int = 128
    """Rows of a batch."""
    quick: bool = False
    """Two rounds of 50 steps: a check that it runs."""


QUICK = {"rounds": 2, "steps": 50}


def main(config):
    import numpy as np
    import tensorflow as tf

    import kvae
    from kvae.models import BetaVAE, DenseDecoder, DenseEncoder

    def make(**compile_arguments):
        vae = BetaVAE(DenseEncoder(50, (256,)), DenseDecoder((28, 28, 1), (256,)))
        vae.build((None, 28, 28, 1))
        vae.compile("adam", **compile_arguments)
        return vae

    rows = config.steps * config.batch_size
    x = np.random.default_rng(0).random((rows, 28, 28, 1), "float32")
    default, ours, loop = make(), make(steps_per_execution=50), make()
    indices = tf.constant(
        np.random.default_rng(0).permutation(rows).reshape(config.steps, -1)
    )
    images = tf.constant(x)

    @tf.function
    def in_graph():
        for step in tf.range(config.steps):
            loop.train_step(tf.gather(images, indices[step]))

    variants = {
        "default": lambda: default.fit(x, batch_size=config.batch_size, verbose=0),
        "ours": lambda: ours.fit(
            kvae.batches(x, batch_size=config.batch_size), verbose=0
        ),
        "loop": in_graph,
    }
    loop.optimizer.build(loop.trainable_variables)
    for run in variants.values():  # tracing is not what is measured
        run()
    seconds = {name: [] for name in variants}
    with common.progress(config.rounds, "Rounds", "round") as bar:
        for _ in range(config.rounds):
            for name, run in variants.items():
                start = time.perf_counter()
                run()
                seconds[name].append(time.perf_counter() - start)
            bar.update()
    print(f"{'variant':8} {'steps/s (median)':>17} {'times default':>24}")
    for name, own in seconds.items():
        ratios = [d / t for d, t in zip(seconds["default"], own, strict=True)]
        ratio = statistics.median(ratios)
        spread = f"{ratio:.2f} ({min(ratios):.2f} to {max(ratios):.2f})"
        print(f"{name:8} {config.steps / statistics.median(own):17.0f} {spread:>24}")


if __name__ == "__main__":
    common.run(main, Config, QUICK, __doc__)
