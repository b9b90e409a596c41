"""Training generative classifiers: bad examples, and a threshold found out of fold.

    early = EarlyCheckpoint(steps=100)
    vae.fit(batches, callbacks=[early])
    bad = early_reconstructions(early.model_then, x)  # images
    bad = noisy_rows(x, seed=0)                       # tables
    judge = fit_generative_classifier(x, y, bad, num_classes=10)
    new = generate(vae, x, y, "noise", generative_classifier=judge)

Reference: Iser 2023, "Generative Classifier - Training".
"""

import dataclasses

import keras
import numpy as np
from scipy.special import softmax

from kvae import random
from kvae.checks import class_indices, expect_at_least, expect_count, expect_finite
from kvae.data.batches import batches
from kvae.data.labels import stratified_folds
from kvae.latent.codes import by_replica
from kvae.models.classifiers import MLP, convnet
from kvae.models.generative_classifier import GenerativeClassifier
from kvae.models.replicas import take
from kvae.training.classifiers import as_new_convnet

PASS_RATE = 0.9
FOLDS = 5


def noisy_rows(x, seed=0, noise=2.0):
    """Returns rows with strong noise: bad examples for tables.

    Args:
        x: float array (N, F), or images (N, H, W, C) in [0, 1].
        seed: int.
        noise: float >= 0, standard deviation in units of that of each column.

    Returns:
        Float32 array of the same shape; images stay in [0, 1].

    Example:
        >>> noisy_rows(np.eye(4), noise=0.0).tolist() == np.eye(4).tolist()
        True
    """
    expect_at_least("noise of noisy_rows", noise, 0)
    x = np.asarray(x, "float32")
    expect_finite("noisy_rows", x)
    step = random.generator(seed, "noisy_rows").standard_normal(x.shape)
    noisy = (x + noise * x.std(axis=0) * step).astype("float32")
    return noisy.clip(0, 1) if x.ndim == 4 else noisy


class EarlyCheckpoint(keras.callbacks.Callback):
    """Keeps a VAE as it was early in its training.

    Args:
        steps: int, after how many steps of the optimizer; the first end of an
            execution (`steps_per_execution`) at or after it counts.

    Attributes:
        model_then: after training, a VAE with the weights of that moment.
    """

    def __init__(self, steps):
        super().__init__()
        expect_count("steps of EarlyCheckpoint", steps, 1)
        self.steps = steps
        self.model_then = None

    def on_train_begin(self, logs=None):
        """Forgets an earlier training."""
        self.model_then = None
        self._start = int(self.model.optimizer.iterations)

    def on_train_batch_end(self, batch, logs=None):
        """Copies the model when the step has come."""
        steps = int(self.model.optimizer.iterations) - self._start
        if self.model_then is None and steps >= self.steps:
            copy = type(self.model).from_config(self.model.get_config())
            copy.build(self.model.get_build_config()["input_shape"])
            copy.set_weights(self.model.get_weights())
            self.model_then = copy


def early_reconstructions(early, x):
    """Returns reconstructions by a VAE that has hardly learned: bad images.

    Args:
        early: BetaVAE without a replica axis, such as `EarlyCheckpoint.model_then`.
        x: float array (N, ...).

    Returns:
        Float32 array (N, ...).
    """
    if early is None:
        raise ValueError(
            "early_reconstructions expects a VAE. Received: None. Train for at least "
            "as many steps as EarlyCheckpoint(steps) waits for."
        )

    def reconstruct(rows):
        return [early.decode(early.encode(rows)[0])]

    (rows,) = by_replica(early, reconstruct, np.asarray(x, "float32"), replica=None)
    return rows


def fit_generative_classifier(x, y, bad, num_classes, **settings):
    """Trains one generative classifier; see `fit_generative_classifiers`.

    Example:
        >>> x = np.random.default_rng(0).normal(size=(40, 3)) + np.eye(3)[[0] * 40]
        >>> y = np.arange(40) % 2
        >>> judge = fit_generative_classifier(x, y, noisy_rows(x), 2, steps=20)
        >>> 0 <= float(judge.threshold) <= 1
        True
    """
    settings = {"seeds": [settings.pop("seed", 0)], **settings}
    return fit_generative_classifiers([(x, y, bad)], num_classes, **settings)[0]


def fit_generative_classifiers(
    cells,
    num_classes,
    seeds,
    steps=1000,
    batch_size=32,
    learning_rate=1e-3,
    folds=FOLDS,
    pass_rate=PASS_RATE,
):
    """Trains a generative classifier for each cell; those of tables all as one stack.

    The threshold is found by cross-fitting: in turn, each part of the originals is
    judged by a classifier trained on the others and their bad rows. It is the largest
    that lets `pass_rate` of the originals pass; 0 where even the arg max alone lets
    fewer pass. The classifier that is returned is trained on all rows. A class of one
    row cannot be left out, and has no part in the threshold.

    Args:
        cells: list of (x, y, bad): float array (N, ...), class indices (N,), and bad
            rows (M, ...). Bad row m belongs to original m modulo N.
        num_classes: int K.
        seeds: list of int, one for each cell.
        steps: int, gradient steps of every classifier.
        batch_size: int.
        learning_rate: float, Adam's.
        folds: int >= 2.
        pass_rate: float in (0, 1].

    Returns:
        List of GenerativeClassifier.

    Raises:
        ValueError: for rows that are not finite, unlabelled rows, or no bad rows.
    """
    expect_count("folds", folds, 2)
    if not 0 < pass_rate <= 1:
        raise ValueError(
            f"pass_rate expects a number in (0, 1]. Received: {pass_rate!r}."
        )
    jobs, parts = [], []
    for cell, seed in zip(cells, seeds, strict=True):
        x, y, bad = _expect_cell(*cell, num_classes=num_classes)
        fold = stratified_folds(y, folds, seed)
        rows = np.concatenate([x, bad])
        labels = np.concatenate([y, np.full(len(bad), num_classes)])
        of_row = np.concatenate([fold, np.resize(fold, len(bad))])
        used = [f for f in range(folds) if (fold == f).any()]
        parts.append((x, y, fold, used))
        jobs += [
            _Job(
                rows,
                labels,
                kept=np.flatnonzero(of_row != f),
                left_out=x[fold == f],
                seed=random.derive(seed, "fold", f),
            )
            for f in used
        ]
        jobs.append(
            _Job(
                rows,
                labels,
                kept=np.arange(len(rows)),
                left_out=None,
                seed=random.derive(seed, "fold", "all"),
            )
        )
    train = _train_stack if jobs[0].rows.ndim == 2 else _train_one_by_one
    trained = iter(
        train(
            jobs,
            outputs=num_classes + 1,
            steps=steps,
            batch_size=batch_size,
            learning_rate=learning_rate,
        )
    )
    judges = []
    for x, y, fold, used in parts:
        scores = [_pass_scores(next(trained), y[fold == f]) for f in used]
        judge = GenerativeClassifier(num_classes, next(trained))
        judge.build((None, *x.shape[1:]))
        score = np.concatenate(scores) if scores else np.empty(0)
        judge.threshold.assign(_threshold(score, pass_rate))
        judges.append(judge)
    return judges


@dataclasses.dataclass(frozen=True)
class _Job:
    """A network to train on the rows kept, and to ask about the rows left out."""

    rows: np.ndarray
    labels: np.ndarray
    kept: np.ndarray
    left_out: np.ndarray | None
    seed: int


def _pass_scores(logits, y):
    """Returns p[label] of rows (N,); -inf where the label is not the arg max."""
    p = softmax(logits.astype("float64"), axis=-1)
    return np.where(p.argmax(axis=-1) == y, p[np.arange(len(y)), y], -np.inf)


def _threshold(score, pass_rate):
    """The largest threshold that lets a share of the scores pass, or 0."""
    if len(score) == 0:
        return 0.0
    needed = int(np.ceil(pass_rate * len(score)))
    return float(max(0.0, np.sort(score)[::-1][needed - 1]))


def _train_stack(jobs, outputs, steps, batch_size, learning_rate):
    """Returns for each job the logits of the rows left out, else the network."""
    model = MLP(outputs, seeds=[job.seed for job in jobs])
    model.compile(keras.optimizers.Adam(learning_rate), steps_per_execution=50)
    # Variables that a training step would have to make cost a second tracing of it.
    model.build((len(jobs), None, jobs[0].rows.shape[-1]))
    model.optimizer.build(model.trainable_variables)
    rows, offset, seen = [], 0, {}
    for job in jobs:
        if id(job.rows) not in seen:  # the folds of a cell share its rows
            seen[id(job.rows)] = offset, job
            offset += len(job.rows)
        rows.append(seen[id(job.rows)][0] + job.kept)
    x = np.concatenate([job.rows for _, job in seen.values()])
    y = np.concatenate([job.labels for _, job in seen.values()])
    data = batches(
        x, y, batch_size=batch_size, steps=steps, seeds=model.seeds, rows=rows
    )
    model.fit(data, verbose=0, shuffle=False)
    # All at once: taking networks out one by one would last longer than training them.
    asked = [x[:1] if job.left_out is None else job.left_out for job in jobs]
    longest = max(map(len, asked))
    filled_up = [np.resize(rows_asked, (longest, x.shape[1])) for rows_asked in asked]
    logits = np.asarray(model(np.stack(filled_up)))
    return [
        take(model, r) if job.left_out is None else logits[r, : len(job.left_out)]
        for r, job in enumerate(jobs)
    ]


def _train_one_by_one(jobs, **settings):
    """The same for images, whose networks do not stack."""
    return [_train_one(job, **settings) for job in jobs]


def _train_one(job, outputs, steps, batch_size, learning_rate):
    element_shape = job.rows.shape[1:]
    model = as_new_convnet(
        element_shape, outputs, job.seed, learning_rate=learning_rate, steps=steps
    )
    data = batches(
        job.rows,
        job.labels,
        batch_size=batch_size,
        steps=steps,
        seeds=random.derive(job.seed, "batches"),
        rows=job.kept,
    )
    model.fit(data, verbose=0, shuffle=False)
    if job.left_out is not None:
        return model.predict(job.left_out, verbose=0)
    network = convnet(element_shape, outputs, job.seed)
    network.set_weights(model.get_weights())
    return network


def _expect_cell(x, y, bad, num_classes):
    x, bad = np.asarray(x, "float32"), np.asarray(bad, "float32")
    expect_finite("fit_generative_classifier", x)
    expect_finite("fit_generative_classifier", bad)
    y = class_indices("fit_generative_classifier", y, len(x))
    if (y < 0).any() or len(bad) == 0 or bad.shape[1:] != x.shape[1:]:
        raise ValueError(
            "fit_generative_classifier expects labelled rows, and bad rows of the same "
            f"shape. Received: {int((y < 0).sum())} rows without a label, shapes "
            f"{x.shape} and {bad.shape}."
        )
    if y.max(initial=-1) >= num_classes:
        raise ValueError(
            f"fit_generative_classifier expects labels from 0 to {num_classes - 1}; "
            f"{num_classes} stands for bad rows. Received: {y.max()}. Raise "
            "num_classes, or encode the labels."
        )
    return x, y, bad
