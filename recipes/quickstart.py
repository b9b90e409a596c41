"""From a few labelled digits to a table, a figure and an exported decoder.

    python -m recipes.quickstart              # digits, 5 per class, 10 seeds
    python -m recipes.quickstart --quick      # a check that everything runs
    python -m recipes.quickstart --data mnist # needs a prepared tfds folder

For every seed it draws labelled rows, trains one beta-VAE on all rows without labels
and one for each class on the labelled rows, generates rows with every sampler, trains
a classifier on each method's rows and scores it on the test rows. It writes to --out:
results.csv (every score), table.csv, figure.png, run.json and decoder/1, a SavedModel.
"""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from recipes import common


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
    """Generated rows per class; by default as many as labelled ones."""
    methods: tuple[str, ...] = ()
    """Some of the methods only; by default all."""
    development: int = 0
    """Rows held out of the training part that stand in for the test rows (0: none).
    Use it, with seeds from 1000 up, to choose settings."""
    data_dir: Path | None = None
    """Folder of prepared tfds data; by default TFDS_DATA_DIR."""
    jobs: int = os.cpu_count() or 1
    """Worker processes; they change the speed, not the result."""
    out: Path = Path("out/quickstart")
    """Output folder."""
    quick: bool = False
    """Two seeds, a tenth of the VAEs' steps: a check that everything runs."""


QUICK = {"seeds": 2}


def main(config):
    import kvae
    from kvae import evaluation, experiments, serving

    source = kvae.load(config.data, config.data_dir)
    if config.development:
        source = source.development(config.development)
    if not source.is_image:
        source = kvae.preprocessing.standardize(source)
    settings = experiments.default_settings(source)
    settings = settings.quick() if config.quick else settings
    methods = _methods(config, source)
    seeds = range(config.first_seed, config.first_seed + config.seeds)
    draws = [kvae.few_shot(source, config.shots, seed) for seed in seeds]
    config.out.mkdir(parents=True, exist_ok=True)
    common.write_record(config.out / "run.json", config, settings)

    single_vaes, multi_vaes = _train_vaes(source, draws, seeds, settings)
    generated = {
        (seed, method): experiments.generate_for(
            method, draw, seed, settings, single, multi, config.generated
        )
        for seed, draw, single, multi in zip(
            seeds, draws, single_vaes, multi_vaes, strict=True
        )
        for method in methods
    }
    path = serving.export_decoder(
        single_vaes[0], config.out / "decoder" / "1", overwrite=True
    )
    results = _judge(config, source, draws, generated, settings)

    scores = results.pivot(index="seed", columns="method", values="weighted_f1")
    table = evaluation.compare(scores[list(methods)], methods[0])
    table.to_csv(config.out / "table.csv", index_label="method")
    figure = config.out / "figure.png"
    _draw(figure, source, draws[0], generated, single_vaes[0], table, seeds[0])
    print(_title(config, source))
    print(_readable(table).to_string())
    print(_in_words(table, methods[0]))
    print(f"figure   {figure}\ndecoder  {path} (SavedModel, z -> x)")


def _methods(config, source):
    from kvae import experiments
    from kvae.checks import expect_one_of

    every = experiments.IMAGE_METHODS if source.is_image else experiments.TABLE_METHODS
    for method in config.methods:
        expect_one_of("--methods", method, every)
    # The baseline is always there: every other method is compared with it.
    chosen = (every[0], *config.methods) if config.methods else every
    return tuple(dict.fromkeys(chosen))


def _train_vaes(source, draws, seeds, settings):
    """Returns a Single-VAE and a Multi-VAE for each seed."""
    from kvae import experiments
    from kvae.models import take

    with common.progress(settings.single_vae.steps, "Single-VAEs", "step") as bar:
        callbacks = [common.step_progress(bar)]
        stack = experiments.fit_single_vaes(source, seeds, settings, callbacks)
    with common.progress(settings.multi_vae.steps, "Multi-VAEs", "step") as bar:
        callbacks = [common.step_progress(bar)]
        multi = experiments.fit_multi_vaes(draws, seeds, settings, callbacks=callbacks)
    return [take(stack, r) for r in range(len(seeds))], multi


def _judge(config, source, draws, generated, settings):
    """Trains a classifier for each seed and method, and scores it on the test rows.

    Every score is written to results.csv as soon as it is there.
    """
    import pandas as pd

    from kvae import experiments
    from kvae.evaluation import score

    rows = dict(zip(dict.fromkeys(seed for seed, _ in generated), draws, strict=True))
    cells = [(seed, rows[seed].rows, new) for (seed, _), new in generated.items()]
    results = []
    with (
        source.scoring() as test,
        open(config.out / "results.csv", "w") as file,
        common.progress(len(cells), "Classifiers", "model") as bar,
    ):
        predictions = experiments.train_and_predict(
            cells, test.x, source.num_classes, settings, config.jobs
        )
        for position, labels, seconds in predictions:
            seed, method = list(generated)[position]
            new = cells[position][2]
            result = {
                "data": source.name,
                "shots": config.shots,
                "method": method,
                "generated": 0 if new is None else len(new.y),
                "seed": seed,
                **score(test.y, labels, source.num_classes),
                "seconds": round(seconds, 3),
            }
            line = pd.DataFrame([result]).to_csv(header=not results, index=False)
            file.write(line)
            file.flush()
            results.append(result)
            bar.update()
    return pd.DataFrame(results)


def _title(config, source):
    labelled = config.shots * source.num_classes
    return (
        f"\n{source.name}: weighted F1 on test rows, {config.shots} labelled rows per "
        f"class ({labelled} in all), {config.seeds} seeds, 95 % intervals\n"
    )


def _readable(table):
    """The table in print: means and intervals in one column each."""
    import pandas as pd

    def interval(row, name, low, high, sign=""):
        if pd.isna(row[name]):
            return ""
        if pd.isna(row[low]):
            return f"{row[name]:{sign}.3f}"
        return f"{row[name]:{sign}.3f} [{row[low]:{sign}.3f}, {row[high]:{sign}.3f}]"

    columns = {
        "weighted F1": [interval(r, "mean", "low", "high") for _, r in table.iterrows()]
    }
    if "difference" in table:
        names = ("difference", "difference_low", "difference_high", "+")
        columns["paired difference"] = [
            interval(r, *names) for _, r in table.iterrows()
        ]
    if "p" in table:
        columns["p (Holm)"] = ["" if pd.isna(p) else f"{p:.3f}" for p in table["p"]]
    return pd.DataFrame(columns, index=table.index)


def _in_words(table, baseline):
    """What the comparison says, good or bad."""
    if "difference_low" not in table or table["difference_low"].isna().all():
        return ""
    others = table.drop(index=baseline)
    if "p" in others:
        clear, rule = others["p"] < 0.05, "p < 0.05 after Holm's correction"
    else:
        clear = (others["difference_low"] > 0) | (others["difference_high"] < 0)
        rule = "the 95 % interval excludes 0; not corrected for many comparisons"
    groups = {
        "better": others.index[clear & (others["difference"] > 0)],
        "worse": others.index[clear & (others["difference"] < 0)],
        "cannot tell": others.index[~clear],
    }
    lines = [f"{name:12} {', '.join(own) or 'none'}" for name, own in groups.items()]
    return f"\nCompared with {baseline} ({rule}):\n" + "\n".join(lines) + "\n"


def _draw(path, source, draw, generated, vae, table, seed):
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
        strips = _strips(draw, generated, vae, seed)
        axes = left.subplots(len(strips), 1)
        for ax, (name, images) in zip(axes, strips.items(), strict=True):
            plots.plot_images(images, ax, name)
        left.suptitle("one image of each class (first seed)")
    top, bottom = right.subplots(2, 1)
    codes = encode(vae, source.train.x[:2000], source.train.y[:2000])
    points = PCA(2, random_state=0).fit(codes.z_mean)
    own = encode(vae, *draw.rows)
    plots.plot_latent(
        points.transform(np.concatenate([codes.z_mean, own.z_mean])),
        np.concatenate([codes.label, own.label]),
        source.class_names,
        top,
        marked=len(codes) + np.arange(len(own)),
    )
    top.set_title("latent means (two principal components), labelled rows outlined")
    if "difference" in table:
        label = f"weighted F1, paired difference to {table.index[0]}"
        plots.plot_differences(table, bottom, label)
    figure.savefig(path, dpi=120)
    plt.close(figure)


def _strips(draw, generated, vae, seed):
    """Returns, for each kind of row, one image of each class."""
    import numpy as np

    def first_of_each_class(rows):
        return rows.x[[np.argmax(rows.y == c) for c in np.unique(rows.y)]]

    real = first_of_each_class(draw.rows)
    strips = {
        "real": real,
        "reconstructed": np.asarray(vae.decode(vae.encode(real)[0])),
    }
    for (own_seed, method), rows in generated.items():
        if own_seed == seed and rows is not None:
            strips[method] = first_of_each_class(rows)
    return strips


if __name__ == "__main__":
    common.run(main, Config, QUICK, __doc__)
