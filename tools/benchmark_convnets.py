"""How to train many small convnets on a CPU: the variants that were considered.

    python -m tools.benchmark_convnets            # 3 minutes on 2 cores

One training step of Keras' MNIST convnet (28 x 28, batch 64), for one convnet:

- loop: `fit` with all steps in one loop in the graph, as `evaluation.training` has it;
- bfloat16: the same under Keras' policy mixed_bfloat16 (what the recipes use);
- jit: the same with jit_compile=True;
- steps: `fit` with one call of the graph for each step;
- replicas: R convnets as one, their convolutions as patches times stacked kernels.

All run on one thread, as the recipes' workers do, and take turns in every round; ratios
are medians over rounds. What matters is the ratio to "loop": above 1 is faster.
"""

import statistics
from dataclasses import dataclass

from tools import timing


@dataclass(frozen=True)
class Config:
    rounds: int = 5
    """How often each variant is timed."""
    steps: int = 100
    """Training steps of one timing."""
    replicas: int = 4
    """How many convnets "replicas" trains as one."""
    threads: int = 1
    """Threads of TensorFlow."""
    quick: bool = False
    """Two rounds of 5 steps: a check that it runs."""


QUICK = {"rounds": 2, "steps": 5, "replicas": 2}


def main(config):
    import keras
    import numpy as np

    from kvae.data.batches import gather
    from kvae.models.classifiers import convnet

    timing.use_threads(config.threads)
    stream = np.random.default_rng(0)
    x = stream.random((640, 28, 28, 1), "float32")
    y = stream.integers(0, 10, 640)
    batches = gather(stream.integers(0, 640, (config.steps, 64)), x, y)

    def fit(dtype="float32", **compile_arguments):
        model = convnet((28, 28, 1), 10, dtype=dtype)
        loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
        model.compile("adam", loss, **compile_arguments)
        return lambda: model.fit(batches, verbose=0)

    in_graph = {"steps_per_execution": config.steps}
    variants = {
        "loop": fit(**in_graph),
        "bfloat16": fit("mixed_bfloat16", **in_graph),
        "jit": fit(jit_compile=True, **in_graph),
        "steps": fit(),
        "replicas": replicated(config, x, y),
    }
    models = dict.fromkeys(variants, 1) | {"replicas": config.replicas}
    for run in variants.values():  # tracing is not what is measured
        run()
    milliseconds = {
        name: [1000 * run / config.steps / models[name] for run in seconds]
        for name, seconds in timing.in_turns(variants, config.rounds).items()
    }
    print(f"{'variant':9} {'ms a step and convnet':>22} {'times loop':>24}")
    for name, times in milliseconds.items():
        speed_up = timing.ratios(milliseconds["loop"], times)
        print(f"{name:9} {statistics.median(times):22.2f} {speed_up:>24}")


def replicated(config, x, y):
    """Returns a function that trains R convnets in one loop in the graph."""
    import keras
    import numpy as np
    import tensorflow as tf

    stream = np.random.default_rng(1)

    def weights(*shape):
        start = 0.1 * stream.standard_normal((config.replicas, *shape))
        return tf.Variable(start.astype("float32"))

    kernels = [weights(9, 32), weights(9 * 32, 64), weights(5 * 5 * 64, 10)]
    optimizer = keras.optimizers.Adam()
    optimizer.build(kernels)
    images, labels = tf.constant(x), tf.constant(y)
    shape = (config.steps, config.replicas, 64)
    indices = tf.constant(stream.integers(0, len(x), shape))

    def convolve(h, kernel):
        _, _, height, width, channels = h.shape
        height, width = height - 2, width - 2
        moved = [
            h[:, :, i : i + height, j : j + width] for i in range(3) for j in range(3)
        ]
        patches = tf.concat(moved, axis=-1)
        flat = tf.reshape(patches, (config.replicas, -1, 9 * channels))
        h = tf.nn.relu(flat @ kernel)
        h = tf.reshape(h, (config.replicas * 64, height, width, kernel.shape[-1]))
        h = tf.nn.max_pool2d(h, ksize=2, strides=2, padding="VALID")
        return tf.reshape(h, (config.replicas, 64, *h.shape[1:]))

    def step(rows):
        with tf.GradientTape() as tape:
            h = convolve(tf.gather(images, rows), kernels[0])
            h = convolve(h, kernels[1])
            h = tf.nn.dropout(tf.reshape(h, (config.replicas, 64, -1)), 0.5)
            loss = tf.nn.sparse_softmax_cross_entropy_with_logits(
                tf.gather(labels, rows), h @ kernels[2]
            )
            loss = tf.reduce_sum(tf.reduce_mean(loss, axis=-1))
        optimizer.apply(tape.gradient(loss, kernels), kernels)

    @tf.function
    def train():
        for number in tf.range(config.steps):
            step(indices[number])

    return train


if __name__ == "__main__":
    timing.run_benchmark(main, Config, QUICK, __doc__)
