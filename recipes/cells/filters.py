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


def train_table_filters(
    data, shots, seeds, settings, cells, data_dir=None, manual_dir=None
):
    """Judges draws of Multi-VAEs by each filter; the truth is said by a judge.

    The judge is an MLP trained on all training rows, stopped early on the validation
    rows, on which its accuracy is stated too. The filters see the labelled rows alone.

    Args:
        data: str, name of a PROBEN1 problem.
        shots: int, labelled rows per class.
        seeds: list of int.
        settings: Settings.
        cells: list of dicts: `filter`, a Filter.
        data_dir: tfds folder.
        manual_dir: folder of PROBEN1's files.

    Returns:
        A list of rows for each cell, one for each seed.
    """
    source = standardize(load_table(data, data_dir, manual_dir))
    draws = [kvae.data.few_shot(source, shots, seed) for seed in seeds]
    vaes = fit_multi_vaes(draws, seeds, settings.multi_vae)
    new = [
        generate(
            vae,
            *draw.rows,
            sampler="normal",
            n=DRAWS,
            seed=random.derive(seed, "filter"),
        )
        for seed, draw, vae in zip(seeds, draws, vaes, strict=True)
    ]
    longer = dataclasses.replace(settings, steps=3 * settings.steps)
    every_row = [(0, source.train, None)]
    judge = train_mlps(
        every_row, source.num_classes, longer, validation=source.validation
    )
    truth = [predict_mlps(judge, generated.x)[0] for generated in new]
    hits = predict_mlps(judge, source.validation.x)[0] == source.validation.y
    found = []
    for cell in cells:
        way = cell["filter"]
        originals = [
            (*draw.rows, _bad_rows(draw.rows.x, seed, way))
            for seed, draw in zip(seeds, draws, strict=True)
        ]
        fitted = fit_generative_classifiers(
            originals,
            source.num_classes,
            seeds,
            steps=settings.steps,
            pass_rate=way.pass_rate,
        )
        found.append(
            [
                {
                    "data": source.name,
                    "shots": shots,
                    "draws": LABELLED,
                    **dataclasses.asdict(way),
                    "seed": seed,
                    **_judged(
                        classifier, x=generated.x, y=generated.y, truth=truth_of_seed
                    ),
                    "judge_accuracy": float(hits.mean()),
                }
                for seed, classifier, generated, truth_of_seed in zip(
                    seeds, fitted, new, truth, strict=True
                )
            ]
        )
    return found


def train_image_filters(
    data, shots, seed, settings, sampler, cells, data_dir=None, cache=None
):
    """Judges draws of a Single-VAE by each filter; arguments as above.

    The default filter is also given draws from N(0, I), which have no label but the
    one that it gives them.

    The judge is a convnet trained on the training images but the last 5,000, on which
    its accuracy is stated.

    Args:
        data: str, name of a data set.
        shots: int, labelled images per class.
        seed: int.
        settings: Settings; its VAE is drawn from.
        sampler: list of (name, arguments), the members of a chain.
        cells: list of dicts: `filter`, a Filter.
        data_dir: tfds folder.
        cache: path, folder of trained VAEs.

    Returns:
        A list of rows for each cell.
    """
    source = load_source(data, data_dir)
    draw = kvae.data.few_shot(source, shots, seed)
    vae = single_vae(source, seed, settings.single_vae, cache=cache)
    members = [samplers.get(name, **arguments) for name, arguments in sampler]
    chain = samplers.get(members)
    new = generate(vae, *draw.rows, sampler=chain, n=DRAWS, seed=seed)
    prior = samplers.get("normal").draw_unlabelled(
        len(new), vae.latent_dim, random.derive(seed, "prior")
    )
    prior = decode(vae, prior).astype("float32")
    truth, accuracy = _image_judge(source, settings, np.concatenate([new.x, prior]))
    truth, prior_truth = np.split(truth, [len(new)])
    found = []
    for cell in cells:
        way = cell["filter"]
        early = dataclasses.replace(settings.single_vae, steps=way.early)
        young = take(fit_single_vaes(source, [seed], early), 0)
        count = round(way.ratio * len(draw.labelled))
        x = np.resize(draw.rows.x, (count, *source.element_shape))
        (fitted,) = fit_generative_classifiers(
            [(*draw.rows, early_reconstructions(young, x))],
            source.num_classes,
            [seed],
            steps=settings.steps,
            batch_size=settings.batch_size,
            pass_rate=way.pass_rate,
        )
        judged = {LABELLED: _judged(fitted, x=new.x, y=new.y, truth=truth)}
        if way == Filter():
            judged[NAMELESS] = _judged(fitted, x=prior, y=None, truth=prior_truth)
        found.append(
            [
                {
                    "data": source.name,
                    "shots": shots,
                    "draws": draws,
                    **dataclasses.asdict(way),
                    "seed": seed,
                    **shares,
                    "judge_accuracy": float(accuracy),
                }
                for draws, shares in judged.items()
            ]
        )
    return found


def _bad_rows(x, seed, way):
    count = round(way.ratio * len(x))
    return noisy_rows(np.resize(x, (count, x.shape[1])), seed, way.noise)


def _image_judge(source, settings, x):
    """Returns (labels of images x, accuracy of such a judge)."""
    longer = dataclasses.replace(settings, steps=5 * settings.steps // 2)
    classes, train = source.num_classes, source.train
    cut = len(train.y) - min(5000, len(train.y) // 5)
    first, rest = train.take(slice(cut)), train.take(slice(cut, None))
    weights, _ = train_convnet(0, first, None, num_classes=classes, settings=longer)
    accuracy = (predict_convnet(weights, rest.x, classes) == rest.y).mean()
    return predict_convnet(weights, x, classes), accuracy


def _judged(classifier, x, y, truth):
    """Returns how many rows a filter accepts, and how many labels are right."""
    label, _, accepted = judge_rows(classifier, x, y)
    right = truth == label
    kept, dropped = right[accepted], right[~accepted]
    return {
        "accepted": float(accepted.mean()),
        "right": float(right.mean()),
        "right_accepted": float(kept.mean()) if len(kept) else None,
        "right_rejected": float(dropped.mean()) if len(dropped) else None,
        "threshold": float(classifier.threshold),
    }
