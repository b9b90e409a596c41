"""A bundle of generative classifiers: do they keep the rightly labelled draws?"""

import dataclasses

import numpy as np

import kvae.data
from kvae import random, samplers
from kvae.augmentation.acceptance import judge_rows
from kvae.augmentation.generate import generate
from kvae.experiments.protocol import fit_multi_vaes, fit_single_vaes
from kvae.experiments.vae_cache import load_source, single_vae
from kvae.latent.codes import decode
from kvae.models.replicas import take
from kvae.preprocessing.standardize import standardize
from kvae.training.classifiers import (
    predict_convnet,
    predict_mlps,
    train_convnet,
    train_mlps,
)
from kvae.training.generative_classifiers import (
    early_reconstructions,
    fit_generative_classifiers,
    noisy_rows,
)
from recipes.cells.tables import load_table

DRAWS = 200  # per class and seed
LABELLED = "labelled draws"
NAMELESS = "N(0, I), labelled by the filter"


@dataclasses.dataclass(frozen=True)
class Filter:
    """A way to train a generative classifier.

    Args:
        noise: float, of bad rows of tables, in standard deviations.
        early: int, steps of the VAE whose reconstructions are bad images.
        pass_rate: float, share of originals that the threshold lets pass.
        ratio: float, bad rows for each original.
    """

    noise: float = 2.0
    early: int = 200
    pass_rate: float = 0.9
    ratio: float = 1.0


def train_table_filters(data, where, shots, seeds, settings, filters):
    """Judges draws of Multi-VAEs by each filter; the truth is said by a judge.

    The judge is an MLP trained on all training rows, stopped early on the validation
    rows, on which its accuracy is stated too. The filters see the labelled rows alone.

    Args:
        data: str, name of a PROBEN1 problem.
        where: dict, `data_dir` and `manual_dir` of `kvae.load`.
        shots: int, labelled rows per class.
        seeds: list of int.
        settings: Settings.
        filters: tuple of Filter.

    Returns:
        List of dicts, a row for each filter and seed.
    """
    source = standardize(load_table(data, **where))
    draws = [kvae.data.few_shot(source, shots, seed) for seed in seeds]
    vaes = fit_multi_vaes(draws, seeds, settings)
    new = [
        generate(vae, *draw.rows, "normal", DRAWS, random.derive(seed, "filter"))
        for seed, draw, vae in zip(seeds, draws, vaes, strict=True)
    ]
    longer = dataclasses.replace(settings, steps=3 * settings.steps)
    cell = [(0, source.train, None)]
    judge = train_mlps(cell, source.num_classes, longer, source.validation)
    truth = [predict_mlps(judge, own.x)[0] for own in new]
    hits = predict_mlps(judge, source.validation.x)[0] == source.validation.y
    rows, pairs = [], list(zip(seeds, draws, strict=True))
    for own in filters:
        bad = [_bad_rows(draw.rows.x, seed, own) for seed, draw in pairs]
        cells = [(*draw.rows, b) for draw, b in zip(draws, bad, strict=True)]
        fitted = fit_generative_classifiers(
            cells, source.num_classes, seeds, settings.steps, pass_rate=own.pass_rate
        )
        parts = zip(seeds, fitted, new, truth, strict=True)
        rows += [_row(source, shots, own, *part, hits.mean()) for part in parts]
    return rows


def train_image_filters(where, shots, seed, settings, filters, cache, sampler):
    """Judges draws of a Single-VAE by each filter; arguments as above.

    The first filter is also given draws from N(0, I), which have no label but the one
    that it gives them.

    The judge is a convnet trained on the training images but the last 5,000, on which
    its accuracy is stated.

    Args:
        where: dict, the arguments of `load_source`.
        shots: int, labelled images per class.
        seed: int.
        settings: Settings; its VAE is drawn from.
        filters: tuple of Filter.
        cache: path, folder of trained VAEs.
        sampler: list of (name, arguments), the members of a chain.
    """
    source = load_source(**where)
    draw = kvae.data.few_shot(source, shots, seed)
    vae = single_vae(source, seed, settings, cache)
    members = [samplers.get(name, **own) for name, own in sampler]
    new = generate(vae, *draw.rows, samplers.get(members), DRAWS, seed)
    prior = samplers.get("normal").draw_unlabelled(
        len(new), vae.latent_dim, random.derive(seed, "prior")
    )
    prior = decode(vae, prior).astype("float32")
    truth, accuracy = _image_judge(source, settings, np.concatenate([new.x, prior]))
    truth, prior_truth = np.split(truth, [len(new)])
    rows = []
    for own in filters:
        early = dataclasses.replace(settings.single_vae, steps=own.early)
        early = dataclasses.replace(settings, single_vae=early)
        young = take(fit_single_vaes(source, [seed], early), 0)
        count = round(own.ratio * len(draw.labelled))
        x = np.resize(draw.rows.x, (count, *source.element_shape))
        bad = early_reconstructions(young, x)
        cell = (*draw.rows, bad)
        (fitted,) = fit_generative_classifiers(
            [cell],
            source.num_classes,
            [seed],
            settings.steps,
            settings.batch_size,
            pass_rate=own.pass_rate,
        )
        about = source, shots, own, seed, fitted
        rows.append(_row(*about, new, truth, accuracy))
        if own == filters[0]:
            rows.append(_row(*about, prior, prior_truth, accuracy, NAMELESS))
    return rows


def _bad_rows(x, seed, own):
    count = round(own.ratio * len(x))
    return noisy_rows(np.resize(x, (count, x.shape[1])), seed, own.noise)


def _image_judge(source, settings, x):
    """Returns (labels of images x, accuracy of such a judge)."""
    longer = dataclasses.replace(settings, steps=5 * settings.steps // 2)
    classes, train = source.num_classes, source.train
    cut = len(train.y) - min(5000, len(train.y) // 5)
    first, rest = train.take(slice(cut)), train.take(slice(cut, None))
    weights, _ = train_convnet(0, first, None, classes, longer)
    accuracy = (predict_convnet(weights, rest.x, classes) == rest.y).mean()
    return predict_convnet(weights, x, classes), accuracy


def _row(source, shots, own, seed, fitted, new, truth, accuracy, draws=LABELLED):
    x, y = (new, None) if draws == NAMELESS else (new.x, new.y)
    label, _, accepted = judge_rows(fitted, x, y)
    right = truth == label
    kept, dropped = right[accepted], right[~accepted]
    return {
        "data": source.name,
        "shots": shots,
        "draws": draws,
        **dataclasses.asdict(own),
        "seed": seed,
        "accepted": round(float(accepted.mean()), 5),
        "right": round(float(right.mean()), 5),
        "right_accepted": round(float(kept.mean()), 5) if len(kept) else None,
        "right_rejected": round(float(dropped.mean()), 5) if len(dropped) else None,
        "threshold": round(float(fitted.threshold), 5),
        "judge_accuracy": round(float(accuracy), 5),
    }
