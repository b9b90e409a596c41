"""Bundles of `method="auto"`: a row of PROBEN1's table, or of MNIST's and a seed."""

import numpy as np

import kvae.data
from kvae.augmentation import rivals
from kvae.augmentation.methods import generate_for, table_candidates
from kvae.evaluation.scores import score
from kvae.experiments.protocol import (
    BASELINE,
    MULTI_VAE,
    SMOTE,
    fit_multi_vaes,
    fit_single_vaes,
)
from kvae.experiments.vae_cache import load_source, single_vae
from kvae.models.replicas import take
from kvae.preprocessing.standardize import standardize
from kvae.training.classifiers import (
    predict_convnet,
    predict_mlps,
    train_convnet,
    train_mlps,
)
from kvae.training.generative_classifiers import fit_generative_classifier, noisy_rows
from kvae.verdicts.cross_validation import cross_validate_all
from kvae.verdicts.selection import choose, compare, select
from recipes.cells.tables import load_table

AUTO = "auto"


def train_auto_cells(data, where, shots, seeds, settings, budget, development=False):
    """Lets `auto` choose on the labelled rows, and scores what it chose.

    The choice sees the labelled rows and, without labels, the other training rows.
    Beside it stand the methods that could always be used instead. What `select` does
    for one seed is done for all seeds as one stack.

    Args:
        data: str, name of a PROBEN1 problem.
        where: dict, `data_dir` and `manual_dir` of `kvae.load`.
        shots: int, labelled rows per class.
        seeds: list of int.
        settings: Settings, of the classifier and the VAEs of the rows that are scored.
        budget: Budget of the choice.
        development: bool, whether the validation part stands in for the test part.

    Returns:
        List of dicts, a row for each method and seed.
    """
    source = load_table(data, **where)
    if development:
        source = source.development()
    chosen = _choices(source, shots, seeds, budget)
    source = standardize(source)
    draws = [kvae.data.few_shot(source, shots, seed) for seed in seeds]
    multis = fit_multi_vaes(draws, seeds, settings)
    cells = {}
    for seed, draw, own, multi in zip(seeds, draws, chosen, multis, strict=True):
        real = draw.rows
        new = generate_for(MULTI_VAE, draw, seed, settings, None, multi)
        cells[BASELINE, seed] = real, None
        cells[SMOTE, seed] = real, rivals.smote(real, seed)
        cells[MULTI_VAE, seed] = real, new
        cells[AUTO, seed] = _rows(own.candidate, draw, seed, settings, multi)
    inputs = [(seed, *rows) for (_, seed), rows in cells.items()]
    mlps = train_mlps(inputs, source.num_classes, settings)
    with source.scoring() as test:
        said = predict_mlps(mlps, test.x)
        scores = [score(test.y, own, source.num_classes) for own in said]
    names = {seed: own.candidate.name for seed, own in zip(seeds, chosen, strict=True)}
    return [
        {
            "data": source.name,
            "shots": shots,
            "method": method,
            "seed": seed,
            "chosen": names[seed] if method == AUTO else None,
            **{name: round(value, 5) for name, value in own.items()},
        }
        for (method, seed), own in zip(cells, scores, strict=True)
    ]


def train_auto_image_cell(where, shots, seed, settings, budget, cache):
    """Lets `auto` choose on labelled images, and scores what it chose.

    Args:
        where: dict, the arguments of `load_source`.
        shots: int, labelled images per class.
        seed: int.
        settings: Settings, of the convnet and of the VAE of all training images.
        budget: Budget of the choice.
        cache: path, folder of trained VAEs.

    Returns:
        List of one dict.
    """
    source = load_source(**where)
    draw = kvae.data.few_shot(source, shots, seed)
    vae = single_vae(source, seed, settings, cache)
    x, y = source.train.x, np.full(len(source.train.y), -1)
    y[draw.labelled] = draw.rows.y
    chosen = select(x, y, budget=budget, seed=seed, unlabelled=-1, vae=vae)
    places = round(settings.steps * settings.batch_size / 2)
    real, new, share = chosen.candidate.rows(
        draw.rows, x[draw.unlabelled], {"single": vae}, None, seed, places
    )
    weights, _ = train_convnet(seed, real, new, source.num_classes, settings, share)
    with source.scoring() as test:
        said = predict_convnet(weights, test.x, source.num_classes)
        scores = score(test.y, said, source.num_classes)
    row = {"data": source.name, "shots": shots, "method": AUTO, "seed": seed}
    about = {"chosen": chosen.candidate.name, "reason": chosen.reason}
    about["choice_seconds"] = round(chosen.seconds, 1)
    return [{**row, **about, **{n: round(v, 5) for n, v in scores.items()}}]


def _choices(source, shots, seeds, budget):
    """Returns what `select` would choose for each seed."""
    x, problems = source.train.x, []
    for seed in seeds:
        draw = kvae.data.few_shot(source, shots, seed)
        y = np.full(len(x), -1)
        y[draw.labelled] = draw.rows.y
        problems.append((x, y, seed))
    candidates = table_candidates(problems[0][1])
    found = cross_validate_all(problems, candidates, budget)
    return [choose(compare(own), candidates) for own in found]


def _rows(candidate, draw, seed, settings, multi):
    """What the candidate trains on, its VAEs trained by the table's settings."""
    vaes, judge = {"multi": multi}, None
    if candidate.vae == "single":
        stack = fit_single_vaes(draw.source, [seed], settings)
        vaes["single"] = take(stack, 0)
    if candidate.generative_classifier:
        bad = noisy_rows(draw.rows.x, seed)
        classes = draw.source.num_classes
        judge = fit_generative_classifier(*draw.rows, bad, classes, seed=seed)
    places = round(settings.steps * settings.batch_size / 2)
    unlabelled = draw.source.train.x[draw.unlabelled]
    return candidate.rows(draw.rows, unlabelled, vaes, judge, seed, places)
