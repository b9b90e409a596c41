"""How much faster a stack trains many small models than a loop over them does.

    python -m tools.benchmark_replicas            # 5 minutes on 2 cores

60 MLPs (21-64-32-3) and then 60 VAEs (21-64-2-64-21), each on other rows, 15 to 300 of
them; 1,000 steps, batch 32, Adam 1e-3:

- stack: kvae's replicas, all in one model and one `fit`;
- traced: one model after the other through one tf.function, a loop in the graph without
  metrics, traced once; for each model only the variables are reset. The fairest rival.
  It starts from the stack's first weights, whose making is not in its time;
- plain: a fresh Keras model for each, compiled and fitted. It trains only some of the
  models in a round, others in the next; its time is scaled to all of them.

Each pays for its tracing. All run on one thread, as the recipes' workers do, and
take turns; ratios are medians over rounds. On a busy machine read those of CPU seconds.
"""

import statistics
import time
from dataclasses import dataclass

from recipes import common
from tools import timing

FEATURES, CLASSES, BATCH_SIZE = 21, 3, 32


@dataclass(frozen=True)
class Config:
    rounds: int = 3
    """How often each variant is timed."""
    replicas: int = 60
    """How many models are trained."""
    steps: int = 1000
    """Training steps of each model."""
    plain: int = 3
    """How many of the models plain Keras trains in a round."""
    threads: int = 1
    """Threads of TensorFlow."""
    quick: bool = False
    """One round of 20 steps of 6 models: a check that it runs."""


QUICK = {"rounds": 1, "replicas": 6, "steps": 20, "plain": 2}


def main(config):
    import numpy as np

    timing.use_threads(config.threads)
    sizes = np.linspace(15, 300, config.replicas).astype(int)
    stream = np.random.default_rng(0)
    centers = 0.4 * stream.standard_normal((CLASSES, FEATURES))
    problems = [draw_rows(stream, centers, size) for size in sizes]
    test = draw_rows(stream, centers, 2000)
    print(f"plain trains {config.plain} of {config.replicas} models a round")
    compare(config, "MLPs", unit="accuracy", variants=mlps(problems, test))
    compare(config, "VAEs", unit="nats a row", variants=vaes(problems, test))


def draw_rows(stream, centers, size):
    """Returns Rows of three classes that overlap, all of them among the first."""
    import numpy as np

    from kvae.data.guarded import Rows

    y = np.arange(size) % CLASSES
    x = centers[y] + stream.standard_normal((size, FEATURES))
    return Rows(x.astype("float32"), y)


def compare(config, models, unit, variants):
    """Times the variants in turn, and prints ratios and scores on test rows."""
    if not config.quick:
        for train in variants.values():  # what TensorFlow does only once in a process
            train([0], steps=2)
    wall, cpu, scores = ({name: [] for name in variants} for _ in range(3))
    every = range(config.replicas)
    with common.progress(config.rounds * len(variants), models, "run") as bar:
        for number in range(config.rounds):
            for name, train in variants.items():
                chosen = some_of(config, number) if name == "plain" else every
                scale = config.replicas / len(chosen)
                start, cpu_start = time.perf_counter(), time.process_time()
                score = train(chosen, config.steps)
                wall[name].append((time.perf_counter() - start) * scale)
                cpu[name].append((time.process_time() - cpu_start) * scale)
                scores[name].append(score())
                bar.update()
    print(
        f"\n{config.replicas} {models:6} {'seconds':>8} {'times stack':>24} "
        f"{'times stack, CPU':>24} {unit:>11}"
    )
    for name in variants:
        print(
            f"{name:9} {statistics.median(wall[name]):8.1f} "
            f"{timing.ratios(wall[name], wall['stack']):>24} "
            f"{timing.ratios(cpu[name], cpu['stack']):>24} {mean(scores[name]):11.3f}"
        )
    for name in ("stack", "traced"):
        of_plain = [
            [of_round[i] for i in some_of(config, number)]
            for number, of_round in enumerate(scores[name])
        ]
        print(f"{name} on the models of plain alone: {mean(of_plain):.3f} {unit}")


def some_of(config, number):
    """Returns the models that plain trains in a round, one from each stretch."""
    offset = (number + 0.5) / config.rounds
    stretch = config.replicas / config.plain
    return [int((i + offset) * stretch) for i in range(config.plain)]


def mean(scores):
    """Returns the mean over models and rounds."""
    return statistics.mean(float(score) for of_round in scores for score in of_round)


def mlps(problems, test):
    """Returns the three ways to train MLPs: (numbers, steps) -> function of scores."""
    import keras
    import numpy as np

    from kvae import random
    from kvae.experiments.protocol import Settings
    from kvae.models.classifiers import MLP
    from kvae.training.classifiers import half_real_indices, predict_mlps, train_mlps

    seeds = [random.derive(number, "classifier") for number in range(len(problems))]
    first = MLP(CLASSES, seeds=seeds)
    first.build((len(problems), None, FEATURES))

    def accuracy(model):
        return np.mean(np.argmax(model(test.x), axis=-1) == test.y)

    def stack(numbers, steps):
        settings = Settings(None, None, steps=steps, batch_size=BATCH_SIZE)
        cells = [(number, problems[number], None) for number in numbers]
        model = train_mlps(cells, CLASSES, settings)
        return lambda: np.mean(predict_mlps(model, test.x) == test.y, axis=-1)

    def indices(number, steps):
        return half_real_indices(
            len(problems[number].y), 0, batch_size=BATCH_SIZE, steps=steps, seed=number
        )

    def plain(number, epochs):
        layers = [keras.layers.Dense(units, "relu") for units in (64, 32)]
        model = keras.Sequential([*layers, keras.layers.Dense(CLASSES)])
        loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
        model.compile(keras.optimizers.Adam(1e-3), loss)
        model.fit(*problems[number], batch_size=BATCH_SIZE, epochs=epochs, verbose=0)
        return model

    def make():
        model = MLP(CLASSES)
        model.build((None, FEATURES))
        return model

    def cross_entropy(model, x, y):
        each = keras.ops.sparse_categorical_crossentropy(y, model(x), from_logits=True)
        return keras.ops.mean(each)

    return {
        "stack": stack,
        "traced": traced(
            make, cross_entropy, problems, indices=indices, first=first, score=accuracy
        ),
        "plain": one_by_one(plain, problems, accuracy),
    }


def vaes(problems, test):
    """Returns the three ways to train VAEs: (numbers, steps) -> function of scores."""
    import keras
    import numpy as np

    import kvae
    from kvae.data.batches import index_stream

    def make(seeds=0):
        vae = kvae.BetaVAE(
            kvae.DenseEncoder(2, (64,), seeds=seeds),
            kvae.DenseDecoder((FEATURES,), (64,), seeds=seeds),
            reconstruction="gaussian",
        )
        vae.compile(keras.optimizers.Adam(1e-3), steps_per_execution=50)
        lead = () if vae.replicas is None else (vae.replicas,)
        vae.build((*lead, None, FEATURES))
        vae.optimizer.build(vae.trainable_variables)  # a second tracing would do it
        return vae

    def negative_elbo(model):
        lead = () if model.replicas is None else (model.replicas,)
        x = np.broadcast_to(test.x, (*lead, *test.x.shape))
        _, reconstruction, kl, _ = model.compute_losses(x)
        return (reconstruction + kl).numpy()

    def stack(numbers, steps):
        parts = [problems[number].x for number in numbers]
        ends = np.cumsum([len(x) for x in parts])
        rows = np.split(np.arange(ends[-1]), ends[:-1])
        seeds = list(numbers)
        vae = make(seeds)
        data = kvae.batches(
            np.concatenate(parts),
            batch_size=BATCH_SIZE,
            steps=steps,
            seeds=seeds,
            rows=rows,
        )
        vae.fit(data, verbose=0)
        return lambda: negative_elbo(vae)

    def indices(number, steps):
        return index_stream(len(problems[number].y), BATCH_SIZE, steps, seed=number)

    def plain(number, epochs):
        vae = make(number)
        vae.compile(keras.optimizers.Adam(1e-3))
        vae.fit(problems[number].x, batch_size=BATCH_SIZE, epochs=epochs, verbose=0)
        return vae

    def loss(model, x, y):
        return model.compute_losses(x, training=True)[0]

    first = make(range(len(problems)))
    return {
        "stack": stack,
        "traced": traced(
            make, loss, problems, indices=indices, first=first, score=negative_elbo
        ),
        "plain": one_by_one(plain, problems, negative_elbo),
    }


def traced(make, loss, problems, indices, first, score):
    """Returns how to train one model after the other by one traced function.

    `make()` gives the model; `first` is a stack of untrained ones, where each starts;
    `indices(number, steps)` are the row numbers of its batches.
    """
    import keras
    import tensorflow as tf

    starts = first.get_weights()
    signature = [
        tf.TensorSpec((None, FEATURES), "float32"),
        tf.TensorSpec((None,), "int64"),
        tf.TensorSpec((None, BATCH_SIZE), "int32"),
    ]

    def train(numbers, steps):
        model, optimizer = make(), keras.optimizers.Adam(1e-3)
        optimizer.build(model.trainable_variables)
        optimizer_start = [variable.numpy() for variable in optimizer.variables]
        variables = model.trainable_variables

        @tf.function(input_signature=signature)
        def train_one(x, y, rows):
            for step in tf.range(tf.shape(rows)[0]):
                with tf.GradientTape() as tape:
                    batch_x, batch_y = (
                        tf.gather(x, rows[step]),
                        tf.gather(y, rows[step]),
                    )
                    value = loss(model, batch_x, batch_y)
                optimizer.apply(tape.gradient(value, variables), variables)

        trained = []
        for number in numbers:
            model.set_weights([weights[number] for weights in starts])
            for variable, value in zip(
                optimizer.variables, optimizer_start, strict=True
            ):
                variable.assign(value)
            train_one(*map(tf.constant, problems[number]), indices(number, steps))
            trained.append(model.get_weights())

        def scores():
            for weights in trained:
                model.set_weights(weights)
                yield score(model)

        return lambda: list(scores())

    return train


def one_by_one(fit, problems, score):
    """Returns how to train a fresh model for each number by `fit(number, epochs)`."""

    def train(numbers, steps):
        models = []
        for number in numbers:
            steps_of_epoch = -(-len(problems[number].y) // BATCH_SIZE)
            models.append(fit(number, -(-steps // steps_of_epoch)))
        return lambda: [score(model) for model in models]

    return train


if __name__ == "__main__":
    timing.run_benchmark(main, Config, QUICK, __doc__)
