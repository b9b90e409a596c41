"""Cells that compare VAEs of real tables with the plain Gaussian VAE, all seeds."""

import dataclasses
import time

import numpy as np

import kvae.data
from kvae import random
from kvae.augmentation.generate import generate
from kvae.augmentation.methods import generate_for
from kvae.data.attributes import from_frame
from kvae.data.guarded import Rows
from kvae.evaluation.scores import score
from kvae.experiments.protocol import BASELINE, MULTI_VAE, SMOTE, fit_multi_vaes
from kvae.models.conditional_vae import ConditionalVAE
from kvae.models.replicas import take
from kvae.preprocessing.standardize import standardize
from kvae.resampling.rows import TableRows, rows_like
from kvae.training.classifiers import predict_mlps, train_mlps
from kvae.training.vaes import fit_vaes
from recipes.cells.tables import load_table

PLAIN = "plain Gaussian VAE"
# Name: (one VAE for each class or one for all, sampler, rows or mean rows, whether
# variances are learned).
VARIANTS = {
    "mixed Multi-VAE": ("multi", "normal", "sample", True),
    "mixed Multi-VAE, mean rows": ("multi", "normal", "mean", True),
    "mixed Multi-VAE, variance 1, mean rows": ("multi", "normal", "mean", False),
    "mixed conditional VAE": ("conditional", "normal", "sample", True),
    "mixed conditional VAE, mean rows": ("conditional", "normal", "mean", True),
    "mixed conditional VAE: posterior": ("conditional", "posterior", "sample", True),
    "mixed conditional VAE, variance 1, mean rows": (
        "conditional",
        "normal",
        "mean",
        False,
    ),
    "mixed conditional VAE, variance 1: posterior": (
        "conditional",
        "posterior",
        "mean",
        False,
    ),
}


def train_mixed_cells(data, where, shots, seeds, settings, variants, development=False):
    """Scores MLPs trained with, and on, rows of plain and of mixed VAEs.

    Plain: a Multi-VAE of standardised inputs, Gaussian of variance 1. Mixed: the same
    network and steps on the inputs of a `Table` of the same training rows, each
    attribute by its own likelihood, variances learned, holes as often as in real rows.

    Args:
        data: str, name of a PROBEN1 problem.
        where: dict, `data_dir` and `manual_dir` of `kvae.load`.
        shots: int, labelled rows per class.
        seeds: list of int.
        settings: Settings.
        variants: tuple of str, of `VARIANTS`.
        development: bool, whether the validation part stands in for the test part.

    Returns:
        List of dicts, a row for each method, seed and training set ("both": real and
        generated rows, half of each batch; "generated": those alone).
    """
    raw = load_table(data, **where)
    raw = raw.development() if development else raw
    source = standardize(raw)
    draws = [kvae.data.few_shot(source, shots, seed) for seed in seeds]
    made = {BASELINE: [None] * len(seeds)}
    seconds = {}
    start = time.perf_counter()
    made[SMOTE] = [
        generate_for(SMOTE, draw, seed, settings, None, None)
        for seed, draw in zip(seeds, draws, strict=True)
    ]
    seconds[SMOTE] = time.perf_counter() - start
    start = time.perf_counter()
    vaes = fit_multi_vaes(draws, seeds, settings)
    made[PLAIN] = [
        generate_for(MULTI_VAE, draw, seed, settings, None, vae)
        for seed, draw, vae in zip(seeds, draws, vaes, strict=True)
    ]
    seconds[PLAIN] = time.perf_counter() - start
    mixed, spent = _mixed_rows(raw, source, draws, seeds, settings, variants)
    return _scored(source, shots, seeds, draws, made | mixed, settings, seconds | spent)


def _mixed_rows(raw, source, draws, seeds, settings, variants):
    """Returns {variant: list of Rows in the source's inputs}, {variant: seconds}."""
    table = TableRows(raw.attributes())
    mixed = dataclasses.replace(
        source,
        train=Rows(table.x, source.train.y),
        guarded_test=Rows(table.x[:1], source.train.y[:1]),
        validation=None,
        schema=table.schema,
    )
    own = dataclasses.replace(settings.multi_vae, reconstruction="mixed")
    settings = dataclasses.replace(settings, multi_vae=own)
    draws = [dataclasses.replace(draw, source=mixed) for draw in draws]
    vaes, made, seconds = {}, {}, {}
    for variant in variants:
        kind, sampler, output, learned = VARIANTS[variant]
        start = time.perf_counter()
        if (kind, learned) not in vaes:
            fit = fit_multi_vaes if kind == "multi" else fit_conditional_vaes
            more = {"schema": table.schema, "learn_variance": learned}
            vaes[kind, learned] = fit(draws, seeds, settings, **more)
        made[variant] = [
            _generate(vae, draw, sampler, output, seed, table, raw, source)
            for vae, draw, seed in zip(vaes[kind, learned], draws, seeds, strict=True)
        ]
        seconds[variant] = time.perf_counter() - start
    return made, seconds


def _generate(vae, draw, sampler, output, seed, table, raw, source):
    """Returns as many rows as are labelled, in the inputs that classifiers get."""
    y = np.full(len(table.x), -1)
    y[draw.labelled] = draw.rows.y
    seed = random.derive(seed, "generate", "mixed")
    new = generate(vae, *draw.rows, sampler, None, seed, output, row_id=draw.labelled)
    parent = new.provenance["parent"].fillna(-1).to_numpy("int64")
    x = table.with_holes(new.x, rows_like(new.y, parent, y, seed))
    inputs = from_frame(table.new(x), raw.schema)
    # In the units of the standardised source, which the raw training rows give.
    mean, deviation = raw.train.x.mean(axis=0), raw.train.x.std(axis=0)
    scaled = (inputs - mean) / np.where(deviation > 0, deviation, 1)
    return Rows(scaled.astype("float32"), new.y)


def fit_conditional_vaes(draws, seeds, settings, **more):
    """Trains a ConditionalVAE for each seed on its labelled rows, all as one stack.

    Args:
        draws: list of FewShot, one for each seed.
        seeds: list of int.
        settings: Settings; those of the Multi-VAE count.
        **more: arguments of ConditionalVAE, such as schema.

    Returns:
        List of ConditionalVAE, one for each seed.
    """
    source = draws[0].source
    one_hot = np.eye(source.num_classes, dtype="float32")[source.train.y]
    vae = fit_vaes(
        np.concatenate([source.train.x, one_hot], axis=1),
        [random.derive(seed, "conditional_vae") for seed in seeds],
        settings.multi_vae,
        [draw.labelled for draw in draws],
        ConditionalVAE,
        source.num_attributes,
        num_classes=source.num_classes,
        **more,
    )
    return [take(vae, r) for r in range(len(seeds))]


def _scored(source, shots, seeds, draws, made, settings, seconds):
    cells, about = [], []
    for method, generated in made.items():
        for seed, draw, new in zip(seeds, draws, generated, strict=True):
            cells.append((seed, draw.rows, new))
            about.append((method, seed, "both"))
            if new is not None:
                cells.append((seed, new, None))
                about.append((method, seed, "generated"))
    mlps = train_mlps(cells, source.num_classes, settings)
    with source.scoring() as test:
        labels = predict_mlps(mlps, test.x)
        return [
            {
                "data": source.name,
                "shots": shots,
                "method": method,
                "trained_on": trained_on,
                "seed": seed,
                "generation_seconds": round(seconds.get(method, 0.0), 2),
                **{
                    name: round(value, 5)
                    for name, value in score(test.y, own, source.num_classes).items()
                },
            }
            for (method, seed, trained_on), own in zip(about, labels, strict=True)
        ]
