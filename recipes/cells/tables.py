"""A bundle of table cells: one PROBEN1 problem and row of a table, all seeds."""

import dataclasses
import time
import warnings

import numpy as np

import kvae.data
from kvae.augmentation import rivals
from kvae.augmentation.methods import generate_for
from kvae.data.few_shot import FewShot
from kvae.data.labels import counts_like
from kvae.evaluation.scores import score
from kvae.evaluation.statistics import bootstrap_interval
from kvae.experiments.protocol import (
    BASELINE,
    CLASS_WEIGHTS,
    INPUT_NOISE,
    MULTI_VAE,
    SMOTE,
    fit_multi_vaes,
    fit_single_vaes,
)
from kvae.models.replicas import take
from kvae.preprocessing.standardize import standardize
from kvae.training.classifiers import (
    predict_mlps,
    train_logistic_regression,
    train_mlps,
)
from kvae.training.generative_classifiers import fit_generative_classifiers, noisy_rows

SINGLE_VAE = "Single-VAE: posterior"


def load_table(data, data_dir=None, manual_dir=None, with_validation=False):
    """Returns a PROBEN1 problem, optionally with its validation rows in the pool.

    Example:
        >>> load_table("proben1/thyroid1", with_validation=True)  # doctest: +SKIP
    """
    source = kvae.data.load(data, data_dir, manual_dir=manual_dir)
    if with_validation:
        pool = source.train + source.validation
        source = dataclasses.replace(source, train=pool, validation=None)
    return source


def smallest_class(source):
    """Returns (index, rows) of the training part's smallest class."""
    labels = source.train.y[source.train.y >= 0]
    counts = np.bincount(labels, minlength=source.num_classes)
    return int(counts.argmin()), int(counts.min())


def train_table_cells(
    data,
    where,
    shots,
    seeds,
    settings,
    betas=(1.0,),
    mix_in=0.0,
    balance=False,
    with_validation=False,
    single_vae=False,
):
    """Trains and scores an MLP and a logistic regression for each method and seed.

    With `shots` the labelled rows are drawn by seed, and the MLPs take a fixed number
    of steps. Without, all training rows are labelled, and each MLP stops early on the
    validation part.

    Args:
        data: str, name of a PROBEN1 problem.
        where: dict, `data_dir` and `manual_dir` of `kvae.load`.
        shots: int, labelled rows per class; None for all.
        seeds: list of int.
        settings: Settings.
        betas: of the Multi-VAEs; a number, or "norm" for 1 with `normalize_beta`.
        mix_in: float, share of other classes' rows in a class's VAE.
        balance: bool, whether smaller classes are topped up to the largest first.
        with_validation: bool, whether the validation part belongs to the pool.
        single_vae: bool, whether a VAE of all rows of the pool, without labels, is
            drawn from too, by the posterior sampler, which has nothing to tune.

    Returns:
        List of dicts, a row for each classifier, method and seed.
    """
    source = standardize(load_table(data, **where, with_validation=with_validation))
    if shots is None:
        every = np.arange(len(source.train.y))
        draws = [FewShot(source, every, every[:0]) for _ in seeds]
    else:
        draws = [kvae.data.few_shot(source, shots, seed) for seed in seeds]
    n = counts_like(draws[0].rows.y, balance)
    cells, seconds = [], {}
    for method in (BASELINE, SMOTE, INPUT_NOISE):
        start = time.perf_counter()
        for seed, draw in zip(seeds, draws, strict=True):
            new = generate_for(method, draw, seed, settings, None, None, n)
            cells.append((method, seed, draw.rows, new))
        seconds[method] = time.perf_counter() - start
    if len(set(counts_like(draws[0].rows.y).values())) > 1:
        for seed, draw in zip(seeds, draws, strict=True):
            cells.append((CLASS_WEIGHTS, seed, rivals.balanced(draw.rows, seed), None))
    if single_vae:
        start = time.perf_counter()
        stack = fit_single_vaes(source, seeds, settings)
        for r, (seed, draw) in enumerate(zip(seeds, draws, strict=True)):
            vae = take(stack, r)
            new = generate_for("posterior", draw, seed, settings, vae, None, n)
            cells.append((SINGLE_VAE, seed, draw.rows, new))
        seconds[SINGLE_VAE] = time.perf_counter() - start
    for beta in betas:
        start = time.perf_counter()
        own = _with_beta(settings, beta)
        vaes = fit_multi_vaes(draws, seeds, own, mix_in)
        method = f"{MULTI_VAE}, beta {beta}"
        for seed, draw, vae in zip(seeds, draws, vaes, strict=True):
            new = generate_for(MULTI_VAE, draw, seed, settings, None, vae, n)
            cells.append((method, seed, draw.rows, new))
        seconds[method] = time.perf_counter() - start
    return _train_and_score(source, shots, cells, settings, seconds)


def train_filtered_cells(
    data, where, seeds, settings, betas=(1.0,), mix_in=0.0, balance=False
):
    """As `train_table_cells` for all rows, a generative classifier filters the draws.

    Its bad examples are the rows with strong noise. Where it accepts too few draws of
    a class there are fewer rows of it.

    Args:
        data: str, name of a PROBEN1 problem.
        where: dict, `data_dir` and `manual_dir` of `kvae.load`.
        seeds: list of int.
        settings: Settings.
        betas: as in `train_table_cells`.
        mix_in: float, as there.
        balance: bool, as there.

    Returns:
        List of dicts, a row for each classifier, beta and seed; the baseline's are
        those of `train_table_cells` for the same seeds.
    """
    source = standardize(load_table(data, **where))
    every = np.arange(len(source.train.y))
    draw = FewShot(source, every, every[:0])
    n = counts_like(draw.rows.y, balance)
    cells = [(BASELINE, seed, draw.rows, None) for seed in seeds]
    bad = [(*draw.rows, noisy_rows(draw.rows.x, seed)) for seed in seeds]
    judges = fit_generative_classifiers(bad, source.num_classes, seeds)
    seconds = {}
    for beta in betas:
        start = time.perf_counter()
        own = _with_beta(settings, beta)
        vaes = fit_multi_vaes([draw] * len(seeds), seeds, own, mix_in)
        method = f"{MULTI_VAE}, beta {beta}, filtered"
        for seed, vae, judge in zip(seeds, vaes, judges, strict=True):
            how = {"n": n, "generative_classifier": judge}
            with warnings.catch_warnings():
                warnings.filterwarnings("ignore", "The generative classifier accepted")
                new = generate_for(MULTI_VAE, draw, seed, settings, None, vae, **how)
            cells.append((method, seed, draw.rows, new))
        seconds[method] = time.perf_counter() - start
    rows = _train_and_score(source, None, cells, settings, seconds)
    return [row for row in rows if row["method"] != BASELINE]


def _train_and_score(source, shots, cells, settings, seconds):
    inputs = [cell[1:] for cell in cells]
    start = time.perf_counter()
    validation = source.validation if shots is None else None
    mlps = train_mlps(inputs, source.num_classes, settings, validation)
    training = (time.perf_counter() - start) / len(cells)
    linear = [train_logistic_regression(*rows) for rows in inputs]
    with source.scoring() as test:
        labels = {
            "MLP": predict_mlps(mlps, test.x),
            "logistic regression": np.array([m.predict(test.x) for m in linear]),
        }
        rows = []
        for classifier, own in labels.items():
            bounds = _bounds(cells, own == test.y)
            for (method, seed, real, new), predicted in zip(cells, own, strict=True):
                scores = score(test.y, predicted, source.num_classes)
                rows.append(
                    {
                        "data": source.name,
                        "shots": shots,
                        "classifier": classifier,
                        "method": method,
                        "seed": seed,
                        "real": len(real.y),
                        "generated": 0 if new is None else len(new.y),
                        **{name: round(value, 5) for name, value in scores.items()},
                        "bootstrap_low": bounds[method][0],
                        "bootstrap_high": bounds[method][1],
                        "generation_seconds": round(seconds.get(method, 0.0), 2),
                        "training_seconds": round(training, 3),
                    }
                )
    return rows


def _bounds(cells, hits):
    """Bootstrapped bounds of each method's gain in accuracy, over seeds and rows."""
    methods = np.array([method for method, *_ in cells])
    bounds = {BASELINE: (None, None)}
    for method in dict.fromkeys(methods):
        if method != BASELINE:
            gain = hits[methods == method].astype(float) - hits[methods == BASELINE]
            _, low, high = bootstrap_interval(gain)
            bounds[method] = round(low, 5), round(high, 5)
    return bounds


def _with_beta(settings, beta):
    if beta == "norm":
        own = dataclasses.replace(settings.multi_vae, beta=1.0, normalize_beta=True)
    else:
        own = dataclasses.replace(settings.multi_vae, beta=float(beta))
    return dataclasses.replace(settings, multi_vae=own)
