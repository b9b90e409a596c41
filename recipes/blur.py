"""Blur: how sharp reconstructions are, over beta, architecture and likelihood.

    python -m recipes.blur                  # MNIST; 10 min on 1 core
    python -m recipes.blur --quick          # digits, few steps; 1 min

The deck's limitation: VAEs blur. Sharpness is the variance of the Laplacian of
reconstructions of held-out images, over that of the images themselves (1: as sharp as
they are). "optimal_gaussian" (`kvae.likelihoods.OptimalGaussian`) is the sharper
decoder. It was chosen on development rows (the last 10,000 training images, seed 1000;
d 50, beta 0.5, 1,500 steps), sharpness and root mean square error of a pixel:

    bernoulli                                   0.49, 0.097
    bernoulli, beta 0.1                         0.62, 0.082
    Gaussian, optimal variance                  0.68, 0.077   (4,000 steps: 0.76, 0.063;
                                                      bernoulli then 0.57, 0.086)
    the same, and of the Laplacian              0.65, 0.078
    Laplace, optimal scale                      1.18, 0.175   sharp, and wrong
    discretised logistic, optimal scale         1.01, 0.166   sharp, and wrong
    bernoulli + 0.5 or 2 square error of edges  0.49, 0.097; 0.51, 0.094
    bernoulli + absolute error of edges         0.58, 0.093

The sweep has `--sweep-seeds` seeds. What the sharper decoder is worth is measured at
beta 0.5 on all seeds: weighted F1 of convnets on 5 real images per class and as many
that "extrapolate+noise" generates, with its VAE and with the Bernoulli one, paired.
Tables: summary.csv, and over_bernoulli.csv with the differences; figures: sharpness,
reconstructions.
"""

import dataclasses
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from recipes import common, figures

NAME = "blur"
PLAIN, SHARP = LIKELIHOODS = ("bernoulli", "optimal_gaussian")
BETA = 0.5  # at which the two are compared
MEASURES = ("sharpness", "rmse", "kl", "active_units")


@dataclass(frozen=True)
class Config(common.StoreConfig):
    data: Literal["mnist", "digits"] = "mnist"
    """Data set; mnist is read from a prepared tfds folder."""
    data_dir: str | None = None
    """tfds folder; by default TFDS_DATA_DIR."""
    betas: tuple[float, ...] = (0.1, 0.5, 2.0)
    """What multiplies the KL in the sweep."""
    architectures: tuple[Literal["wide", "narrow", "convolutions"], ...] = (
        "wide",
        "narrow",
    )
    """Dense layers as in `recipes.mnist_few_shot`, one dense layer of a quarter of
    the units, or convolutions of 16 and 32 filters (10 times as long)."""
    seeds: int = 5
    """How many seeds compare the likelihoods at beta 0.5."""
    sweep_seeds: int = 1
    """How many of them are swept."""
    first_seed: int = 0
    """The first seed; the others follow."""
    steps: int = 1000
    """Training steps of each VAE."""
    classifier_steps: int = 600
    """Training steps of each convnet."""
    shots: int = 5
    """Labelled images per class, and generated ones."""
    development: int = 0
    """Training images that stand in for the test images, to choose settings on."""
    out: Path = Path("recipes/results") / NAME
    """Where the store, the tables and the figures are."""
    quick: bool = False
    """digits, two seeds, few steps: a check that everything runs."""


QUICK = {
    "data": "digits",
    "betas": (0.1, 1.0),
    "architectures": ("wide", "convolutions"),
    "seeds": 2,
    "sweep_seeds": 1,
    "steps": 200,
    "classifier_steps": 100,
    "out": Path("out") / NAME,
}


def main(config):
    common.make_table(config, bundles(config), write)


def bundles(config):
    """Yields the bundles of the comparison at beta 0.5, and then those of the sweep."""
    import kvae
    from kvae import experiments
    from recipes import image_tables
    from recipes.cells.blur import train_blur_cells

    source = kvae.load(config.data, config.data_dir)
    table = image_tables.table_settings(source)
    wide = dataclasses.replace(table.single_vae, beta=BETA, steps=config.steps)
    networks = {
        "wide": {},
        "narrow": {"hidden_units": (wide.hidden_units[0] // 4,)},
        "convolutions": {"filters": (16, 32)},
    }
    common_arguments = {"data": config.data, "development": config.development}
    where = {"data_dir": config.data_dir}
    for seed in range(config.first_seed, config.first_seed + config.seeds):
        for likelihood in LIKELIHOODS:
            yield experiments.Bundle(
                train_blur_cells,
                {
                    **common_arguments,
                    "seed": seed,
                    "settings": dataclasses.replace(wide, reconstruction=likelihood),
                    "classifier": dataclasses.replace(
                        table, steps=config.classifier_steps
                    ),
                    "shots": config.shots,
                    "parameters": {
                        name: value
                        for name, value in image_tables.sampler_parameters().items()
                        if name in ("extrapolate", "noise")
                    },
                },
                ({"beta": BETA},),
                where=where,
            )
    for seed in range(config.first_seed, config.first_seed + config.sweep_seeds):
        for name in config.architectures:
            for likelihood in LIKELIHOODS:
                changes = {"reconstruction": likelihood, **networks[name]}
                betas = [b for b in config.betas if name != "wide" or b != BETA]
                yield experiments.Bundle(
                    train_blur_cells,
                    {
                        **common_arguments,
                        "seed": seed,
                        "settings": dataclasses.replace(wide, **changes),
                    },
                    tuple({"beta": beta} for beta in betas),
                    where=where,
                )


def write(config, results):
    """Writes and prints the tables, and draws the figures."""
    over = compare_likelihoods(results)
    common.write_table(config.out / "over_bernoulli.csv", over, results)
    summary = summarize(results)
    common.write_table(config.out / "summary.csv", summary, results)
    print(f"\n{config.data}: reconstructions of held-out images, means over seeds\n")
    print(summary.to_string(index=False, float_format="{:.3f}".format))
    print(f"\noptimal_gaussian against bernoulli at beta {BETA}, paired\n")
    print(over.to_string(float_format="{:.3f}".format, index=False))
    draw_sharpness(config.out / "sharpness", summary)
    draw_reconstructions(config.out / "reconstructions", results)
    print(f"\nWritten to {config.out}.")


def summarize(results):
    """Returns a line for each architecture, likelihood and beta."""
    import pandas as pd

    from kvae.evaluation import mean_interval

    lines = []
    keys = ["architecture", "latent_dim", "likelihood", "beta"]
    for key, runs in results.groupby(keys, sort=True):
        line = dict(zip(keys, key, strict=True), runs=len(runs))
        for name in MEASURES:
            line[name] = runs[name].mean()
        bounds = mean_interval(runs["sharpness"])[1:]
        line |= zip(("sharpness_low", "sharpness_high"), bounds, strict=True)
        lines.append(line)
    return pd.DataFrame(lines)


def compare_likelihoods(results):
    """Returns the paired ratio of sharpness, and the differences of scores.

    The ratio's interval is that of the mean of logarithms.
    """
    import numpy as np
    import pandas as pd

    from kvae.evaluation import compare, mean_interval

    scored = results[results["weighted_f1"].notna()]
    wide = scored.pivot(index="seed", columns="likelihood")
    logs = np.log(wide["sharpness"][SHARP] / wide["sharpness"][PLAIN])
    ratio = dict(zip(("mean", "low", "high"), np.exp(mean_interval(logs)), strict=True))
    lines = [{"what": "ratio of sharpness", **ratio, "runs": len(logs)}]
    f1 = wide["weighted_f1"].assign(real=wide["real_f1"][PLAIN])
    for what, name, base in (
        ("weighted F1, minus bernoulli", SHARP, PLAIN),
        ("weighted F1, minus real rows only", SHARP, "real"),
        ("weighted F1 of bernoulli, minus real rows only", PLAIN, "real"),
    ):
        line = compare(f1[[base, name]], base).loc[name]
        kept = [n for n in line.index if n.startswith("difference")]
        named = {
            "difference": "mean",
            "difference_low": "low",
            "difference_high": "high",
        }
        found = {named[n]: line[n] for n in kept}
        lines.append({"what": what, **found, "runs": int(line["runs"])})
    return pd.DataFrame(lines)


def draw_sharpness(path, summary):
    """Saves the figure: sharpness and error over beta, a line for each VAE."""
    plt = figures.pyplot()
    from kvae import plots

    figure, axes = plt.subplots(1, 2, figsize=(8, 3.9), layout="constrained")
    titles = {"sharpness": "sharpness (1: originals)", "rmse": "error of a pixel, rms"}
    table = summary.assign(
        method=summary["likelihood"] + ", " + summary["architecture"],
        row=summary["beta"],
    )
    for ax, (measure, title) in zip(axes, titles.items(), strict=True):
        sharp = measure == "sharpness"
        bounds = ("sharpness_low", "sharpness_high") if sharp else None
        # Two seeds have an interval that leaves the figure: it is in the table.
        bounds = bounds if summary["runs"].min() > 2 else None
        plots.plot_scores(table, ax, "beta", value=measure, bounds=bounds)
        ax.set_title(title, fontsize=11)
        ax.set_ylim(0)
    handles, labels = axes[0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside lower center", ncols=2, frameon=False)
    figures.save(figure, path, dpi=90)


def draw_reconstructions(path, results):
    """Saves the figure: an image of each class, and what each VAE makes of it."""
    plt = figures.pyplot()
    import numpy as np

    from kvae import plots
    from recipes.cells.disentanglement import from_png

    first = results[results["seed"] == results["seed"].min()]
    wide = first[first["weighted_f1"].notna()]["architecture"].iloc[0]
    first = first[first["architecture"] == wide].sort_values("beta", kind="stable")
    strips, names = [first["originals"].iloc[0]], ["originals"]
    for likelihood in LIKELIHOODS:
        for line in first[first["likelihood"] == likelihood].itertuples():
            strips.append(line.strip)
            names.append(
                f"{likelihood}, beta {line.beta:g}\nsharpness {line.sharpness:.2f}"
            )
    figure, ax = plt.subplots(
        figsize=(8, 0.62 * len(strips) + 0.5), layout="constrained"
    )
    rows = np.stack([from_png(strip, points=10) for strip in strips])
    plots.plot_image_grid(rows, ax, row_labels=names, dark=False)
    ax.tick_params(labelsize=8)
    ax.set_title(f"held-out images and their reconstructions, {wide}", fontsize=11)
    figures.save(figure, path, dpi=90)


if __name__ == "__main__":
    common.run(main, Config, QUICK, description=__doc__)
