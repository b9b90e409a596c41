"""A bundle of table cells: one PROBEN1 problem and row of a table, all seeds."""

import dataclasses
import functools
import time

import numpy as np
from sklearn.ensemble import RandomForestClassifier

import kvae.data
from kvae import random
from kvae.augmentation.methods import (
    BASELINE,
    CLASS_WEIGHTS,
    INPUT_NOISE,
    METHODS,
    MULTI_VAE,
    SMOTE,
)
from kvae.data.few_shot import FewShot
from kvae.data.labels import counts_like
from kvae.evaluation.statistics import bootstrap_interval
from kvae.experiments.protocol import fit_multi_vaes, fit_single_vaes
from kvae.experiments.scoring import score_on_test
from kvae.models.replicas import take
from kvae.preprocessing.standardize import standardize
from kvae.training.classifiers import (
    generated_places,
    predict_mlps,
    train_logistic_regression,
    train_mlps,
)
from kvae.training.generative_classifiers import fit_generative_classifiers, noisy_rows

# In the tables of PROBEN1 a method's name says which VAE it draws from.
SINGLE_VAE = "Single-VAE: posterior"
FOREST = "random forest"


def beta_name(beta):
    """Returns the name of a Multi-VAE's column: its beta is a part of it."""
    return f"{MULTI_VAE}, beta {beta}"


@functools.lru_cache(maxsize=4)
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


def rivals_of(source, shots):
    """Returns the cells that stand in every table of a problem, the baseline first.

    Class weights stand among them where labelled classes differ in size: only where
    all rows are labelled.
    """
    y = source.train.y if shots is None else np.zeros(1, int)
    uneven = len(set(counts_like(y).values())) > 1
    names = BASELINE, SMOTE, INPUT_NOISE, *((CLASS_WEIGHTS,) if uneven else ())
    return tuple({"method": name} for name in names)


def train_table_cells(
    data,
    shots,
    seeds,
    settings,
    cells,
    mix_in=0.0,
    balance=False,
    with_validation=False,
    data_dir=None,
    manual_dir=None,
):
    """Trains and scores an MLP and a logistic regression for each cell and seed.

    With `shots` the labelled rows are drawn by seed, and the MLPs take a fixed number
    of steps. Without, all training rows are labelled, and each MLP stops early on the
    validation part.

    Args:
        data: str, name of a PROBEN1 problem.
        shots: int, labelled rows per class; None for all.
        seeds: list of int.
        settings: Settings.
        cells: list of dicts: `method`, a name of METHODS; a Multi-VAE has `beta`, a
            number, or "norm" for 1 with `normalize_beta`, and with `filtered` a
            generative classifier keeps the rows that look like their class. Draws of
            the Single-VAE are from one of all rows of the pool, without labels.
        mix_in: float, share of other classes' rows in a class's VAE.
        balance: bool, whether smaller classes are topped up to the largest first.
        with_validation: bool, whether the validation part belongs to the pool.
        data_dir: tfds folder.
        manual_dir: folder of PROBEN1's files.

    Returns:
        A list of rows for each cell, one for each classifier and seed.
    """
    where = {"data_dir": data_dir, "manual_dir": manual_dir}
    draws = _draws(data, shots, seeds, with_validation=with_validation, **where)
    source = draws[0].source
    n = counts_like(draws[0].rows.y, balance)
    # The baseline is trained whether or not it is missing: gains are over its hits.
    todo = [{"method": BASELINE}, *(c for c in cells if c["method"] != BASELINE)]
    trained = []
    judges = [None for _ in seeds]
    if any(cell.get("filtered") for cell in todo):
        judges = _fit_judges(draws, seeds)  # the same for every beta
    for cell in todo:
        start = time.perf_counter()
        filtered = ", filtered" if cell.get("filtered") else ""
        registered = cell["method"] + filtered
        vaes = _fit_vaes(
            cell, source, draws=draws, seeds=seeds, settings=settings, mix_in=mix_in
        )
        training_rows = [
            METHODS[registered].rows(
                draw.rows,
                seed,
                vaes=models,
                n=n,
                places=settings.steps * generated_places(settings.batch_size),
                generative_classifier=judge,
            )
            for seed, draw, models, judge in zip(
                seeds, draws, vaes, judges, strict=True
            )
        ]
        trained.append((column_name(cell), training_rows, time.perf_counter() - start))
    rows = _train_and_score(source, shots, seeds, trained=trained, settings=settings)
    return [
        [row for row in rows if row["method"] == column_name(cell)] for cell in cells
    ]


def train_forests(
    data, shots, seeds, cells, with_validation=False, data_dir=None, manual_dir=None
):
    """Trains and scores a random forest on the real rows, for each seed.

    Args:
        data: str, name of a PROBEN1 problem.
        shots: int, labelled rows per class; None for all.
        seeds: list of int; each draws the rows that `train_table_cells` draws.
        cells: list of one dict, which names the classifier.
        with_validation: bool, whether the validation part belongs to the pool.
        data_dir: tfds folder.
        manual_dir: folder of PROBEN1's files.

    Returns:
        A list of rows for each cell, one for each seed.
    """
    where = {"data_dir": data_dir, "manual_dir": manual_dir}
    draws = _draws(data, shots, seeds, with_validation=with_validation, **where)
    forests, rows = [], []
    for seed, draw in zip(seeds, draws, strict=True):
        start = time.perf_counter()
        forest = RandomForestClassifier(
            random_state=random.derive(seed, "classifier") % 2**31
        )
        forests.append(forest.fit(*draw.rows))
        rows.append(
            {
                "data": draw.source.name,
                "shots": shots,
                "classifier": FOREST,
                "method": BASELINE,
                "seed": seed,
                "real": len(draw.rows.y),
                "generated": 0,
                "generation_seconds": 0.0,
                "training_seconds": round(time.perf_counter() - start, 3),
            }
        )

    def predict(x):
        return [forest.predict(x) for forest in forests]

    scored, _ = score_on_test(draws[0].source, predict, rows)
    return [scored for _ in cells]


def forests_beside(bundle):
    """Returns the Bundle of forests on the real rows of a bundle of table cells."""
    shared = ("data", "shots", "seeds", "with_validation")
    arguments = {n: v for n, v in bundle.arguments.items() if n in shared}
    return dataclasses.replace(
        bundle,
        function=train_forests,
        arguments=arguments,
        cells=({"classifier": FOREST},),
    )


def _draws(data, shots, seeds, with_validation, data_dir, manual_dir):
    """Returns the labelled rows of each seed, a list of FewShot."""
    source = standardize(
        load_table(data, data_dir, manual_dir, with_validation=with_validation)
    )
    if shots is None:
        every = np.arange(len(source.train.y))
        return [FewShot(source, every, every[:0]) for _ in seeds]
    return [kvae.data.few_shot(source, shots, seed) for seed in seeds]


def column_name(cell):
    """Returns the name of a cell's column."""
    if cell["method"] == MULTI_VAE:
        filtered = ", filtered" if cell.get("filtered") else ""
        return beta_name(cell["beta"]) + filtered
    return SINGLE_VAE if cell["method"] == "posterior" else cell["method"]


def _fit_vaes(cell, source, draws, seeds, settings, mix_in):
    """Returns what a cell draws from, a dict of VAEs, or None, for each seed."""
    if cell["method"] == "posterior":
        stack = fit_single_vaes(source, seeds, settings.single_vae)
        return [{"single": take(stack, r)} for r in range(len(seeds))]
    if cell["method"] != MULTI_VAE:
        return [None for _ in seeds]
    vae = _with_beta(settings.multi_vae, cell["beta"])
    multis = fit_multi_vaes(draws, seeds, vae, mix_in=mix_in)
    return [{"multi": multi} for multi in multis]


def _fit_judges(draws, seeds):
    """Returns a generative classifier for each seed."""
    originals = [
        (*draw.rows, noisy_rows(draw.rows.x, seed))
        for seed, draw in zip(seeds, draws, strict=True)
    ]
    num_classes = draws[0].source.num_classes
    return fit_generative_classifiers(originals, num_classes, seeds)


def _train_and_score(source, shots, seeds, trained, settings):
    """Returns the rows of all methods; the first is the baseline.

    Args:
        source: Source.
        shots: int, or None.
        seeds: list of int.
        trained: list of (name, TrainingRows of each seed, seconds of generation).
        settings: Settings.
    """
    inputs = [
        (seed, real, new)
        for _, training_rows, _ in trained
        for seed, (real, new, _) in zip(seeds, training_rows, strict=True)
    ]
    start = time.perf_counter()
    validation = source.validation if shots is None else None
    mlps = train_mlps(inputs, source.num_classes, settings, validation=validation)
    seconds = (time.perf_counter() - start) / len(inputs)
    linear = [train_logistic_regression(*rows) for rows in inputs]
    rows = [
        {
            "data": source.name,
            "shots": shots,
            "classifier": classifier,
            "method": name,
            "seed": seed,
            "real": len(real.y),
            "generated": 0 if new is None else len(new.y),
            "generation_seconds": round(generation_seconds, 2),
            "training_seconds": round(seconds, 3),
        }
        for classifier in ("MLP", "logistic regression")
        for name, training_rows, generation_seconds in trained
        for seed, (real, new, _) in zip(seeds, training_rows, strict=True)
    ]

    def predict(x):
        return [*predict_mlps(mlps, x), *(model.predict(x) for model in linear)]

    scored, hits = score_on_test(source, predict, rows)
    return _with_bounds(scored, hits, len(seeds))


def _with_bounds(rows, hits, num_seeds):
    """Adds bootstrapped bounds of the gain in accuracy, over seeds and test rows."""
    cells = hits.reshape(2, -1, num_seeds, hits.shape[-1])  # classifier, method, seed
    bounded = []
    for classifier, method in np.ndindex(cells.shape[:2]):
        low = high = None
        if method > 0:
            gain = cells[classifier, method].astype(float) - cells[classifier, 0]
            _, low, high = bootstrap_interval(gain)
        start = num_seeds * (classifier * cells.shape[1] + method)
        bounded += [
            {**row, "bootstrap_low": low, "bootstrap_high": high}
            for row in rows[start : start + num_seeds]
        ]
    return bounded


def _with_beta(settings, beta):
    if beta == "norm":
        return dataclasses.replace(settings, beta=1.0, normalize_beta=True)
    return dataclasses.replace(settings, beta=float(beta))
