"""Bundles of `method="auto"`: a row of PROBEN1's table, or of MNIST's and a seed."""

import numpy as np
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

import kvae.data
from kvae.augmentation.methods import BASELINE, METHODS, automatic_methods
from kvae.data.guarded import Rows
from kvae.experiments.scoring import score_on_test
from kvae.experiments.vae_cache import load_source, single_vae
from kvae.resampling.resampler import VAEOverSampler
from kvae.training.classifiers import (
    fit_estimator,
    generated_places,
    predict_convnet,
    train_convnet,
)
from kvae.verdicts.judges import judge_of
from kvae.verdicts.selection import Selection, select, select_all
from recipes.cells.tables import load_table

AUTO = "auto"


def train_auto_cells(
    data,
    shots,
    seeds,
    budget,
    cells,
    development=False,
    data_dir=None,
    manual_dir=None,
):
    """Lets `auto` choose on the labelled rows, and scores what it chose.

    The choice sees the labelled rows and, without labels, the other training rows.
    Beside it stand methods that could always be used instead. All are judged by the
    classifier that is best on the labelled rows, found by cross-validation.

    Args:
        data: str, name of a PROBEN1 problem.
        shots: int, labelled rows per class.
        seeds: list of int.
        budget: Budget of the choice.
        cells: list of dicts: `method`, AUTO, or a name of METHODS without a VAE.
        development: bool, whether the validation part, or where there is none the last
            third of the training rows, stands in for the test part.
        data_dir: tfds folder.
        manual_dir: folder of PROBEN1's files.

    Returns:
        A list of rows for each cell, one for each seed.
    """
    source = load_table(data, data_dir, manual_dir)
    if development:
        third = None if source.validation is not None else len(source.train.y) // 3
        source = source.development(third)
    x = source.train.x
    problems = [(x, few_labels(source, shots, seed), seed) for seed in seeds]
    methods = automatic_methods(problems[0][1], image=False)
    models, rows = [], []
    for name in (cell["method"] for cell in cells):
        if name == AUTO:
            chosen = select_all(problems, methods, budget=budget, unlabelled=-1)
        else:
            chosen = [Selection(METHODS[name], "asked for") for _ in seeds]
        for selection, (_, y, seed) in zip(chosen, problems, strict=True):
            models.append(_fitted(selection, x, y, seed))
            rows.append(
                {
                    "data": source.name,
                    "shots": shots,
                    "method": name,
                    "seed": seed,
                    "chosen": selection.method.name if name == AUTO else None,
                }
            )
    scored, _ = score_on_test(
        source, lambda x: [model.predict(x) for model in models], rows
    )
    names = [cell["method"] for cell in cells]
    return [[row for row in scored if row["method"] == name] for name in names]


def _fitted(selection, x, y, seed):
    """Returns the classifier that someone has who does what was chosen."""
    method, known = selection.method, y >= 0
    if method.classifier is not None or method.name == BASELINE:
        return selection.fit(x, y, seed, unlabelled=-1)
    scaler = StandardScaler().fit(x)
    real = Rows(scaler.transform(x[known]).astype("float32"), y[known])
    judge, generated, share = judge_of(None, real, seed), None, method.share
    if method.rival is not None:
        real, generated, share = method.rows(real, seed)
    else:
        counts = {c: 2 * count for c, count in enumerate(np.bincount(y[known]))}
        sampler = VAEOverSampler(
            sampling_strategy=counts, method=method, random_state=seed
        )
        more, labels = sampler.fit_resample(scaler.transform(x), y)
        generated = Rows(more[len(real.y) :], labels[len(real.y) :])
    return make_pipeline(scaler, fit_estimator(judge, seed, real, generated, share))


def train_auto_image_cell(
    data, shots, seed, settings, budget, cells, data_dir=None, cache=None
):
    """Lets `auto` choose on labelled images, and scores what it chose.

    Args:
        data: str, name of a data set.
        shots: int, labelled images per class.
        seed: int.
        settings: Settings, of the convnet and of the VAE of all training images.
        budget: Budget of the choice.
        cells: list of one dict: `method`, AUTO.
        data_dir: tfds folder.
        cache: path, folder of trained VAEs.

    Returns:
        A list of a list of one row.
    """
    source = load_source(data, data_dir)
    draw = kvae.data.few_shot(source, shots, seed)
    vae = single_vae(source, seed, settings.single_vae, cache=cache)
    x, y = source.train.x, few_labels(source, shots, seed)
    selection = select(x, y, budget=budget, seed=seed, unlabelled=-1, vae=vae)
    real, new, share = selection.method.rows(
        draw.rows,
        seed,
        vaes={"single": vae},
        places=settings.steps * generated_places(settings.batch_size),
        unlabelled=x[draw.unlabelled],
    )
    weights, _ = train_convnet(
        seed, real, new, num_classes=source.num_classes, settings=settings, share=share
    )
    row = {
        "data": source.name,
        "shots": shots,
        "method": AUTO,
        "seed": seed,
        "chosen": selection.method.name,
        "reason": selection.reason,
        "choice_seconds": round(selection.seconds, 1),
    }

    def predict(x):
        return [predict_convnet(weights, x, source.num_classes)]

    scored, _ = score_on_test(source, predict, [row])
    return [scored for _ in cells]


def few_labels(source, shots, seed):
    """Returns the labels (N,) of a few-shot draw; -1 for all other training rows."""
    draw = kvae.data.few_shot(source, shots, seed)
    y = np.full(len(source.train.y), -1)
    y[draw.labelled] = draw.rows.y
    return y
