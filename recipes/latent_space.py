"""Latent space: where classes are, and what lies between them, of a VAE and without.

    python -m recipes.latent_space                  # MNIST; 10 min on 1 core
    python -m recipes.latent_space --quick          # digits, few steps; 1 min

The deck's figures "Latent-Space MNIST" and "Interpolation innerhalb der Klasse 2", and
its sentence that the gaps of an autoencoder's space have no meaning and those of a
VAE's are interpolations. VAEs and plain autoencoders (no noise, no KL) of the same size
are trained alike, in the plane and in the dimension of `recipes.mnist_few_shot`.
Figures: codes (of d > 2 the first two principal components), grid, interpolations.

summary.csv measures the gaps: of points half-way between two codes, of one class or of
two, and of points drawn from a normal distribution fitted to the codes, how far their
images are from the nearest training image (1: as far as held-out images are), and the
share of them that a convnet, trained on all training images, is sure of (p >= 0.9).
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from recipes import common, figures

NAME = "latent_space"


@dataclass(frozen=True)
class Config(common.StoreConfig):
    data: Literal["mnist", "digits"] = "mnist"
    """Data set; mnist is read from a prepared tfds folder."""
    data_dir: str | None = None
    """tfds folder; by default TFDS_DATA_DIR."""
    seeds: int = 3
    """How many seeds are measured; the first one is drawn."""
    steps: int = 2000
    """Training steps of each VAE."""
    classifier_steps: int = 600
    """Training steps of the convnet that may be sure."""
    shown: int = 1500
    """Test images whose codes are drawn, and points of each kind that are measured."""
    out: Path = Path("recipes/results") / NAME
    """Where the store, the tables and the figures are."""
    quick: bool = False
    """digits, 2 seeds, few steps and images: a check that everything runs."""


QUICK = {
    "data": "digits",
    "seeds": 2,
    "steps": 400,
    "classifier_steps": 200,
    "shown": 300,
    "out": Path("out") / NAME,
}


def main(config):
    common.make_table(config, bundles(config), write)


def bundles(config):
    """Yields a bundle for each latent dimension."""
    import dataclasses

    import kvae
    from kvae import experiments
    from recipes.cells import latent_space as cells

    source = kvae.load(config.data, config.data_dir)
    settings = experiments.default_settings(source).single_vae
    for latent_dim in (2, settings.latent_dim):
        yield experiments.Bundle(
            cells.train_latent_cells,
            {
                "data": config.data,
                "seeds": list(range(config.seeds)),
                "settings": dataclasses.replace(settings, steps=config.steps),
                "classifier_steps": config.classifier_steps,
                "shown": config.shown,
            },
            tuple(
                {"model": model, "latent_dim": latent_dim}
                for model in (cells.VAE, cells.AUTOENCODER)
            ),
            where={"data_dir": config.data_dir},
        )


def write(config, results):
    """Writes and prints the measures, and draws the figures."""
    summary = summarize(results[results["table"] == "measures"])
    common.write_table(config.out / "summary.csv", summary, results)
    codes = results[results["table"] == "codes"]
    points = codes[["model", "latent_dim", "label", "z_1", "z_2", "explained"]]
    points = points.explode(["z_1", "z_2"])
    points.to_csv(config.out / "codes.csv", index=False)
    print(f"\n{config.data}: images of each kind against held-out images\n")
    shown = summary.pivot(
        index=["model", "latent_dim", "kind"], columns="measure", values="mean"
    )
    print(shown.to_string(float_format="{:.3f}".format))
    draw_codes(config.out / "codes", points)
    images = results[results["table"] == "images"]
    draw_grid(config.out / "grid", images)
    draw_interpolations(config.out / "interpolations", images)
    print(f"\nWritten to {config.out}.")


def summarize(measures):
    """Returns a line for each model, dimension, kind and measure.

    Differences are those of the VAE to the autoencoder, paired by seed.
    """
    import pandas as pd

    from kvae.evaluation import compare
    from recipes.cells.latent_space import AUTOENCODER, KINDS

    measures = measures.sort_values("model", kind="stable")
    tables = []
    for latent_dim, lines in measures.groupby("latent_dim", sort=False):
        for kind in KINDS:
            own = lines[lines["kind"] == kind]
            for measure in ("distance", "sure", "kl", "neighbours_agree"):
                wide = own.pivot(index="seed", columns="model", values=measure)
                table = compare(wide, AUTOENCODER).rename_axis("model").reset_index()
                table.insert(1, "latent_dim", int(latent_dim))
                table.insert(2, "kind", kind)
                table.insert(3, "measure", measure)
                tables.append(table)
    return pd.concat(tables, ignore_index=True)


def of_models(lines):
    """Yields (dimension, model, its lines), the autoencoder first."""
    for latent_dim in sorted(lines["latent_dim"].unique()):
        for model in sorted(lines["model"].unique(), key="VAE".__eq__):
            chosen = lines["latent_dim"].eq(latent_dim) & lines["model"].eq(model)
            if chosen.any():
                yield int(latent_dim), model, lines[chosen]


def draw_codes(path, points):
    """Saves the figure: codes by class, a panel for each model and dimension."""
    plt = figures.pyplot()
    import numpy as np

    from kvae import plots

    figure, axes = plt.subplots(2, 2, figsize=(8, 7.2), layout="constrained")
    for ax, (latent_dim, model, lines) in zip(
        axes.flat, of_models(points), strict=True
    ):
        z = lines[["z_1", "z_2"]].to_numpy(float)
        labels = lines["label"].to_numpy(int)
        names = [str(label) for label in range(labels.max() + 1)]
        plots.plot_latent(z, labels, names, ax, named=True)
        # What is far out would leave the others no room.
        low, high = np.quantile(z, (0.005, 0.995), axis=0)
        room = 0.06 * (high - low)
        ax.set_xlim(low[0] - room[0], high[0] + room[0])
        ax.set_ylim(low[1] - room[1], high[1] + room[1])
        ax.set_xticks(_ticks(ax.get_xlim()))
        ax.set_yticks(_ticks(ax.get_ylim()))
        ax.set_title(f"{model}, d = {latent_dim}", fontsize=11)
        axis = "latent {}"
        if latent_dim > 2:
            share = lines["explained"].iloc[0]
            axis = f"principal component {{}} (both: {share:.0%} of the variance)"
        ax.set_xlabel(axis.format(1), fontsize=9)
        ax.set_ylabel(axis.format(2) if latent_dim == 2 else "principal component 2")
        ax.yaxis.label.set_fontsize(9)
    figures.save(figure, path, dpi=90)


def _ticks(limits):
    """Three round places on an axis."""
    from matplotlib.ticker import MaxNLocator

    low, high = limits
    places = MaxNLocator(4, steps=[1, 2, 5, 10]).tick_values(low, high)
    return [place for place in places if low <= place <= high]


def draw_grid(path, images):
    """Saves the figure: what the plane decodes to, without and with the KL."""
    plt = figures.pyplot()
    from kvae import plots
    from recipes.cells.latent_space import GRID

    figure, axes = plt.subplots(1, 2, figsize=(8, 4.3), layout="constrained")
    lines = images[images["what"] == "grid"]
    for ax, (_, model, own) in zip(axes, of_models(lines), strict=True):
        own = own.sort_values("place")
        top, bottom = own["from_z"].iloc[0], own["to_z"].iloc[-1]
        ends = {0: 0, GRID - 1: 1}
        across = (top[0], bottom[0])
        along = (top[1], bottom[1])
        plots.plot_image_grid(
            _strips(own, GRID),
            ax,
            row_labels=[
                f"{along[ends[i]]:.1f}" if i in ends else "" for i in range(GRID)
            ],
            column_labels=[
                f"{across[ends[i]]:.1f}" if i in ends else "" for i in range(GRID)
            ],
            dark=False,
        )
        ax.set_title(f"{model}, d = 2", fontsize=11)
        ax.set_xlabel("latent 1", fontsize=9)
        ax.set_ylabel("latent 2", fontsize=9)
    figures.save(figure, path, dpi=90)


def draw_interpolations(path, images):
    """Saves the figure: from one image's code to another's, in equal steps."""
    plt = figures.pyplot()
    from kvae import plots
    from recipes.cells.latent_space import STEPS

    figure, axes = plt.subplots(2, 2, figsize=(8, 5.4), layout="constrained")
    lines = images[images["what"] != "grid"]
    ends = ["a code", *[""] * (STEPS - 2), "another's"]
    ends[STEPS // 2] = "half-way"
    for ax, (latent_dim, model, own) in zip(axes.flat, of_models(lines), strict=True):
        own = own.sort_values("place")
        names = own["name"].tolist()
        plots.plot_image_grid(
            _strips(own, STEPS), ax, names, column_labels=ends, dark=False
        )
        ax.tick_params(labelsize=9)
        ax.set_title(f"{model}, d = {latent_dim}", fontsize=11)
    figures.save(figure, path, dpi=90)


def _strips(lines, points):
    import numpy as np

    from recipes.cells.disentanglement import from_png

    return np.stack([from_png(strip, points) for strip in lines["strip"]])


if __name__ == "__main__":
    common.run(main, Config, QUICK, description=__doc__)
