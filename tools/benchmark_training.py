"""How fast `fit` trains a dense VAE, beside what a user might write instead.

    python -m tools.benchmark_training            # about a minute on 2 cores

The same VAE (784-256-50-256-784, batch 128) takes the same number of steps:

- default: `vae.fit(array, batch_size=128)`, as a plain Keras program does;
- ours: `vae.fit(kvae.batches(...))`, compiled with steps_per_execution=50;
- loop: a hand-written tf.function that gathers and steps in the graph;
- pythae: an epoch of pythae's BaseTrainer on PyTorch, without start-up, progress bar
  and checkpoints, where pythae is installed (`pip install pythae`).

Large float32 matrix products (sgemm) on the same threads measure what the processor can
do. A step counts as 6 B W floating-point operations, with W the weights of the dense
layers: 2 B W forward and twice that backward. The variants and the products take turns
in every round, so that a change of the machine's speed meets all of them; ratios and
shares are medians over rounds. There is no speed without a rival: read the ratios, not
the images per second. On a busy machine add `--threads 1`: PyTorch's threads wait for
each other at every layer, and a core that is taken away stops them all.
"""

import logging
import os
import statistics
import tempfile
from dataclasses import dataclass

from tools import timing


@dataclass(frozen=True)
class Config:
    rounds: int = 5
    """How often each variant is timed."""
    steps: int = 300
    """Training steps of one timing."""
    batch_size: int = 128
    """Rows of a batch."""
    threads: int = 0
    """Threads of TensorFlow and PyTorch; 0 for one for each core."""
    sgemm: int = 2048
    """Rows and columns of the matrices that measure the peak."""
    quick: bool = False
    """Two rounds of 50 steps: a check that it runs."""


QUICK = {"rounds": 2, "steps": 50, "sgemm": 512}


def main(config):
    import numpy as np

    threads = config.threads or os.cpu_count()
    timing.use_threads(threads)
    rows = config.steps * config.batch_size
    x = np.random.default_rng(0).random((rows, 28, 28, 1), "float32")
    variants, weights = keras_variants(config, x)
    variants |= pythae_variant(config, x)
    sgemm = matrix_products(config.sgemm)
    for run in (sgemm, *variants.values()):  # tracing is not what is measured
        run()
    seconds = timing.in_turns({"sgemm": sgemm, **variants}, config.rounds)
    peaks = [5 * 2 * config.sgemm**3 / t for t in seconds.pop("sgemm")]
    print(f"{'variant':8} {'images/s':>9} {'of sgemm':>9} {'times default':>24}")
    operations = 6 * rows * weights
    for name, times in seconds.items():
        speed_up = timing.ratios(seconds["default"], times)
        shares = [operations / t / peak for t, peak in zip(times, peaks, strict=True)]
        speed, share = rows / statistics.median(times), statistics.median(shares)
        print(f"{name:8} {speed:9.0f} {share:9.1%} {speed_up:>24}")
    peak = statistics.median(peaks) / 1e9
    print(f"sgemm: {peak:.0f} GFLOP/s, float32, {threads} threads")
    if "pythae" not in variants:
        print(
            "pythae is not installed; for its trainer beside ours: pip install pythae"
        )


def matrix_products(size):
    """Returns a function that makes five products of float32 matrices of this size."""
    import tensorflow as tf

    a = tf.random.stateless_uniform((size, size), (0, 1))

    def multiply():
        for _ in range(5):
            product = tf.matmul(a, a)
        return product.numpy()

    return multiply


def keras_variants(config, x):
    """Returns ({name: run}, number of weights of the dense layers)."""
    import numpy as np
    import tensorflow as tf

    import kvae
    from kvae.models import BetaVAE, DenseDecoder, DenseEncoder

    def make(**compile_arguments):
        vae = BetaVAE(DenseEncoder(50, (256,)), DenseDecoder((28, 28, 1), (256,)))
        vae.build((None, 28, 28, 1))
        vae.compile("adam", **compile_arguments)
        vae.optimizer.build(vae.trainable_variables)  # a second tracing would do it
        return vae

    default, ours, loop = make(), make(steps_per_execution=50), make()
    indices = tf.constant(
        np.random.default_rng(0).permutation(len(x)).reshape(config.steps, -1)
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
    kernels = [w for w in loop.trainable_variables if w.name == "kernel"]
    return variants, sum(int(np.prod(kernel.shape)) for kernel in kernels)


def pythae_variant(config, x):
    """Returns {"pythae": run}, or nothing where pythae is not installed."""
    try:
        from pythae.data.datasets import BaseDataset
        from pythae.models import VAE, VAEConfig
        from pythae.models.base.base_utils import ModelOutput
        from pythae.models.nn import BaseDecoder, BaseEncoder
        from pythae.trainers import BaseTrainer, BaseTrainerConfig
    except ImportError:
        return {}
    import torch
    from torch import nn

    torch.set_num_threads(config.threads or os.cpu_count())
    logging.getLogger(BaseTrainer.__module__).setLevel(logging.WARNING)

    class Encoder(BaseEncoder):
        def __init__(self):
            super().__init__()
            self.hidden = nn.Sequential(nn.Flatten(), nn.Linear(784, 256), nn.ReLU())
            self.z_mean, self.z_log_var = nn.Linear(256, 50), nn.Linear(256, 50)

        def forward(self, x):
            h = self.hidden(x)
            return ModelOutput(
                embedding=self.z_mean(h), log_covariance=self.z_log_var(h)
            )

    class Decoder(BaseDecoder):
        def __init__(self):
            super().__init__()
            layers = nn.Linear(50, 256), nn.ReLU(), nn.Linear(256, 784), nn.Sigmoid()
            self.layers = nn.Sequential(*layers)

        def forward(self, z):
            return ModelOutput(reconstruction=self.layers(z).reshape(-1, 1, 28, 28))

    settings = VAEConfig((1, 28, 28), latent_dim=50, reconstruction_loss="bce")
    images = torch.from_numpy(x.transpose(0, 3, 1, 2).copy())
    trainer = BaseTrainer(
        VAE(settings, Encoder(), Decoder()),
        BaseDataset(images, torch.zeros(len(images))),
        training_config=BaseTrainerConfig(
            output_dir=tempfile.mkdtemp(),
            per_device_train_batch_size=config.batch_size,
            learning_rate=1e-3,
            no_cuda=True,
        ),
    )
    trainer.prepare_training()
    callbacks = trainer.callback_handler.callbacks
    trainer.callback_handler.callbacks = callbacks[:1]  # no progress bar, no printer
    return {"pythae": lambda: trainer.train_step(1)}


if __name__ == "__main__":
    timing.run_benchmark(main, Config, QUICK, __doc__)
