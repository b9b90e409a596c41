"""From a few labelled digits to a table, a figure and an exported decoder.

    python -m recipes.quickstart              # digits; 2 to 3 min on 2 cores
    python -m recipes.quickstart --quick      # a check that everything runs; 30 s
    python -m recipes.quickstart --data wine  # a table; 50 s
    python -m recipes.quickstart --data mnist # prepared tfds folder; tens of minutes

MNIST, 5 per class, real rows only: weighted F1 0.776 in the deck (one run), ours 0.763.
For each seed: draw labelled rows, train a beta-VAE on all rows without labels and one
for each class, generate with every sampler (propagate draws around the unlabelled rows
that a label reached), judge each method by a classifier on the
test rows. Writes results.csv, table.csv, figure.png, run.json and the decoder to --out.
"""

import dataclasses
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from recipes import common, reports


@dataclass(frozen=True)
class Config:
    data: Literal["digits", "mnist", "breast_cancer", "wine"] = "digits"
    """Data set; mnist is read from a prepared tfds folder."""
    shots: int = 5
    """Labelled rows per class."""
    seeds: int = 10
    """How many seeds; p values need 10."""
    first_seed: int = 0
    """The first seed; the others follow."""
    generated: int | None = None
    """Generated rows per class; by default as many as labelled ones, and 1,000 images
    where labels spread to the unlabelled ones (propagate)."""
    methods: tuple[str, ...] = ()
    """Some of the methods only; by default all."""
    development: int = 0
    """Rows held out of the training part that stand in for the test rows (0: none).
    Use it, with seeds from 1000 up, to choose settings."""
    settings: Path | None = None
    """A settings.json of `recipes.search`: its VAE instead of the protocol's."""
    data_dir: Path | None = None
    """Folder of prepared tfds data; by default TFDS_DATA_DIR."""
    jobs: int = 0
    """Worker processes (0: one for each core); the result does not depend on it."""
    out: Path = Path("out/quickstart")
    """Output folder."""
    quick: bool = False
    """Two seeds, a tenth of the VAEs' steps: a check that everything runs."""


QUICK = {"seeds": 2}
OWN_TABLE = "kvae augment data.csv --target y"


def main(config):
    import kvae
    from kvae import experiments, quiet, serving

    _check(config)
    quiet.start_tensorflow()
    from kvae.evaluation import tables

    source = kvae.load(config.data, config.data_dir)
    if config.development:
        source = source.development(config.development)
    if not source.is_image:
        source = kvae.preprocessing.standardize(source)
    vae = common.searched_vae(config.settings)
    settings = experiments.default_settings(source, config.generated, vae)
    settings = settings.quick() if config.quick else settings
    methods = _methods(config, source)
    seeds = range(config.first_seed, config.first_seed + config.seeds)
    draws = [kvae.few_shot(source, config.shots, seed) for seed in seeds]
    config.out.mkdir(parents=True, exist_ok=True)
    samplers = _samplers(methods)
    common.write_record(config.out / "run.json", config, settings, samplers=samplers)

    vaes = _train_vaes(source, draws, seeds, settings=settings)
    path = config.out / "decoder" / "1"
    serving.export_decoder(
        vaes[0]["single"],
        path,
        overwrite=True,
        about={
            "name": "decoder",
            "data": source.name,
            "licence": source.licence,
            "settings": {
                **dataclasses.asdict(settings.single_vae),
                "seed": config.first_seed,
            },
            "revision": common.revision(),
        },
    )
    cells = _generate(
        config, methods, draws=draws, seeds=seeds, settings=settings, vaes=vaes
    )
    results = _judge(config, source, cells, settings=settings)

    table = tables.summarize(results, ["classifier"])
    table = table.set_index(["classifier", "method"])
    table.to_csv(config.out / "table.csv")
    first = table.index[0][0]
    figure = config.out / "figure.png"
    _draw(
        figure,
        source,
        draws[0],
        cells=cells,
        vae=vaes[0]["single"],
        table=table.loc[first],
    )
    for classifier in table.index.unique(level=0):
        print(_title(config, source, classifier))
        print(tables.readable(table.loc[classifier]).to_string())
    print(tables.in_words(table.loc[first], first))
    print("samplers ", *(s for name, s in samplers.items() if "+" not in name))
    print(f"figure    {figure}\ndecoder   {path} (SavedModel, z -> x)")
    if not source.is_image:
        print("          x is in standard units of the training rows")
    command = "kvae augment FOLDER" if source.is_image else OWN_TABLE
    page = reports.of_results(
        config.out,
        f"{source.name}: which way to augment helps?\n{__doc__}",
        commands=[("The same of your own data", command)],
    )
    print(f"report    {page}")
    print(_what_to_do(source))


def _what_to_do(source):
    """Returns how to go on with data of one's own."""
    if not source.is_image:
        return (
            """
Your own table, as CSV, Parquet or Excel, whose column y is to be predicted:

    """
            + OWN_TABLE
        )
    return """
Your own images: label a few of each kind, and let the others teach, too. Make a folder
for each kind, named as you call it, put the few images that you have labelled into
these, and all others into a folder `unlabelled` beside them. Then

    kvae augment FOLDER

labels the others, draws new images of each kind, and says whether training on these
helps."""


def _check(config):
    """Mistakes are found before anything is trained."""
    from kvae.checks import expect_count

    for name, least in (("shots", 1), ("seeds", 1), ("jobs", 0), ("development", 0)):
        expect_count(f"--{name}", getattr(config, name), least)
    if config.generated is not None:
        expect_count("--generated", config.generated, 1)


def _methods(config, source):
    from kvae.augmentation.methods import IMAGE_METHODS, PROPAGATE, TABLE_METHODS
    from kvae.checks import expect_one_of

    every = (*IMAGE_METHODS, PROPAGATE) if source.is_image else TABLE_METHODS
    for method in config.methods:
        expect_one_of("--methods", method, every)
    # The baseline is always there: every other method is compared with it.
    chosen = (every[0], *config.methods) if config.methods else every
    return tuple(dict.fromkeys(chosen))


def _train_vaes(source, draws, seeds, settings):
    """Returns {"single": BetaVAE, "multi": MultiVAE} for each seed."""
    from kvae import experiments
    from kvae.models import take

    with common.progress(settings.single_vae.steps, "Single-VAEs", "step") as bar:
        stack = experiments.fit_single_vaes(
            source, seeds, settings.single_vae, callbacks=[common.step_progress(bar)]
        )
    with common.progress(settings.multi_vae.steps, "Multi-VAEs", "step") as bar:
        multis = experiments.fit_multi_vaes(
            draws, seeds, settings.multi_vae, callbacks=[common.step_progress(bar)]
        )
    return [
        {"single": take(stack, r), "multi": multi} for r, multi in enumerate(multis)
    ]


def _samplers(methods):
    """Returns {sampler of a method: what it is, in words}."""
    from kvae.augmentation.methods import METHODS

    ways = [METHODS[name] for name in methods if METHODS[name].sampler is not None]
    return {way.sampler: repr(way.make_sampler()) for way in ways}


@dataclass(frozen=True)
class Cell:
    """One seed and method: what a classifier is trained on."""

    seed: int
    method: str
    real: object
    new: object
    seconds: float


def _generate(config, methods, draws, seeds, settings, vaes):
    """Returns a cell for each seed and method."""
    from kvae.augmentation.methods import METHODS, spreading
    from kvae.training.classifiers import generated_places

    # Of images with a label that has spread, there are as many as `auto` would draw.
    ways = METHODS | {way.name: way for way in spreading((-1,), image=True)}
    places = settings.steps * generated_places(settings.batch_size)
    cells = []
    for seed, draw, models in zip(seeds, draws, vaes, strict=True):
        for name in methods:
            start = time.perf_counter()
            real, new, _ = ways[name].rows(
                draw.rows,
                seed,
                vaes=models,
                n=config.generated,
                places=places,
                unlabelled=draw.source.train.x[draw.unlabelled],
            )
            seconds = time.perf_counter() - start
            cells.append(Cell(seed, name, real=real, new=new, seconds=seconds))
    return cells


def _judge(config, source, cells, settings):
    """Trains a classifier for each cell; then scores them on the test rows."""
    judge = _judge_images if source.is_image else _judge_table
    return judge(config, source, cells, settings=settings)


def _judge_table(config, source, cells, settings):
    from kvae.training.classifiers import (
        predict_mlps,
        train_logistic_regression,
        train_mlps,
    )

    inputs = [(cell.seed, cell.real, cell.new) for cell in cells]
    start = time.perf_counter()
    mlps = train_mlps(inputs, source.num_classes, settings)
    seconds = (time.perf_counter() - start) / len(cells)
    linear = [train_logistic_regression(*rows) for rows in inputs]

    def predict(x):
        return [*predict_mlps(mlps, x), *(model.predict(x) for model in linear)]

    rows = [
        _row(config, source, classifier="MLP", cell=cell, seconds=seconds)
        for cell in cells
    ]
    rows += [
        _row(config, source, classifier="logistic regression", cell=c, seconds=0.0)
        for c in cells
    ]
    return _score(config, source, predict=predict, rows=rows)


def _judge_images(config, source, cells, settings):
    import joblib

    from kvae.training.classifiers import predict_convnet, train_convnets

    inputs = [(cell.seed, cell.real, cell.new) for cell in cells]
    trained = {}
    jobs = config.jobs or joblib.cpu_count()
    try:
        with common.progress(len(cells), "Classifiers", "model") as bar:
            for position, weights, seconds in train_convnets(
                inputs, source.num_classes, settings, jobs=jobs
            ):
                trained[position] = weights, seconds
                bar.update()
    finally:  # after Ctrl-C, what was trained is still scored and written
        done = sorted(trained)

        def predict(x):
            return [
                predict_convnet(trained[position][0], x, source.num_classes)
                for position in done
            ]

        rows = [
            _row(
                config,
                source,
                classifier="convnet",
                cell=cells[position],
                seconds=trained[position][1],
            )
            for position in done
        ]
        results = _score(config, source, predict=predict, rows=rows)
    return results


def _row(config, source, classifier, cell, seconds):
    """Returns what is known of a classifier before it is scored."""
    return {
        "data": source.name,
        "shots": config.shots,
        "classifier": classifier,
        "method": cell.method,
        "generated": 0 if cell.new is None else len(cell.new.y),
        "seed": cell.seed,
        "generation_seconds": round(cell.seconds, 3),
        "training_seconds": round(seconds, 3),
        "revision": common.revision(),
    }


def _score(config, source, predict, rows):
    """Scores classifiers and writes one line for each to results.csv."""
    import pandas as pd

    from kvae.experiments.scoring import score_on_test

    if not rows:
        return pd.DataFrame()
    scored, _ = score_on_test(source, predict, rows)
    results = pd.DataFrame(scored)
    results.to_csv(config.out / "results.csv", index=False)
    return results


def _title(config, source, classifier):
    labelled = f"{config.shots} labelled rows for each of {source.num_classes} classes"
    return (
        f"\n{source.name}, {classifier}: weighted F1 on test rows, {labelled}, "
        f"{config.seeds} seeds, 95 % intervals\n"
    )


def _draw(path, source, draw, cells, vae, table):
    """Saves the figure: rows of every kind, latent space, paired differences."""
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt
    import numpy as np
    from sklearn.decomposition import PCA

    from kvae import plots
    from kvae.latent import encode

    figure = plt.figure(figsize=(12, 7), layout="constrained")
    left, right = figure.subfigures(1, 2, width_ratios=(1, 1))
    if source.is_image:
        strips = _strips(draw, cells, vae)
        axes = left.subplots(len(strips), 1)
        for ax, (name, images) in zip(axes, strips.items(), strict=True):
            plots.plot_images(images, ax, name)
        left.suptitle("one image of each class (first seed)")
    top, bottom = right.subplots(2, 1)
    codes = encode(vae, source.train.x[:2000], source.train.y[:2000])
    points = PCA(2, random_state=0).fit(codes.z_mean)
    labelled = encode(vae, *draw.rows)
    plots.plot_latent(
        points.transform(np.concatenate([codes.z_mean, labelled.z_mean])),
        np.concatenate([codes.label, labelled.label]),
        source.class_names,
        ax=top,
        marked=len(codes) + np.arange(len(labelled)),
    )
    top.set_title("latent means (PCA); outlined: labelled rows")
    if "difference" in table:
        label = f"weighted F1, paired difference to {table.index[0]}"
        plots.plot_differences(table, bottom, label)
    figure.savefig(path, dpi=120)
    plt.close(figure)


def _strips(draw, cells, vae):
    """Returns, for each kind of row, one image of each class, of the first seed."""
    import numpy as np

    def first_of_each_class(rows):
        return rows.x[[np.argmax(rows.y == c) for c in np.unique(rows.y)]]

    real = first_of_each_class(draw.rows)
    reconstructed = np.asarray(vae.decode(vae.encode(real)[0]))
    strips = {"real": real, "reconstructed": reconstructed}
    for cell in cells:
        if cell.seed == cells[0].seed and cell.new is not None:
            strips[cell.method] = first_of_each_class(cell.new)
    return strips


if __name__ == "__main__":
    common.run(main, Config, QUICK, description=__doc__, tensorflow=False)
