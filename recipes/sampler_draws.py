"""What each sampler draws from the same parents, and a Multi-VAE's split of the data.

    python -m recipes.sampler_draws                  # MNIST; 4 min on 1 core
    python -m recipes.sampler_draws --quick          # digits, few steps; 30 s

A VAE in the plane, five labelled images of a class as parents, and 40 draws of each
sampler around them: in latent space (figure codes) and decoded (figure images), with
the parameters of the published tables. draws.csv has every draw, summary.csv how far
draws are from the nearest parent. Figure split: which labelled rows the VAE of each
class learns from, where the deck's share of 0.2 comes from other classes.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from recipes import common, figures

NAME = "sampler_draws"
SAMPLERS = (
    "posterior",
    "noise",
    "interpolate",
    "extrapolate",
    "interpolate+noise",
    "extrapolate+noise",
)


@dataclass(frozen=True)
class Config(common.StoreConfig):
    data: Literal["mnist", "digits"] = "mnist"
    """Data set; mnist is read from a prepared tfds folder."""
    data_dir: str | None = None
    """tfds folder; by default TFDS_DATA_DIR."""
    seed: int = 0
    """Seed of the VAE, of the few images and of the draws."""
    steps: int = 5000
    """Training steps of the VAE."""
    out: Path = Path("recipes/results") / NAME
    """Where the store, the tables and the figures are."""
    quick: bool = False
    """digits, few steps: a check that everything runs."""


QUICK = {"data": "digits", "steps": 300, "out": Path("out") / NAME}


def main(config):
    common.make_table(config, bundles(config), write)


def bundles(config):
    """Yields the bundle."""
    import dataclasses

    import kvae
    from kvae import experiments
    from recipes import image_tables
    from recipes.cells.sampler_draws import SPLIT, train_draw_cells

    source = kvae.load(config.data, config.data_dir)
    vae = image_tables.table_settings(source).single_vae
    yield experiments.Bundle(
        train_draw_cells,
        {
            "data": config.data,
            "seed": config.seed,
            "settings": dataclasses.replace(vae, steps=config.steps),
            "parameters": image_tables.sampler_parameters(),
        },
        tuple({"sampler": name} for name in (*SAMPLERS, SPLIT)),
        where={"data_dir": config.data_dir},
    )


def write(config, results):
    """Writes and prints the distances, and draws the figures."""
    import pandas as pd

    from recipes.cells.sampler_draws import SPLIT

    split = results[results["sampler"] == SPLIT]
    drawn = results[results["sampler"] != SPLIT]
    summary = drawn[["sampler", "distance"]]
    common.write_table(config.out / "summary.csv", summary, results)
    points = drawn[["sampler", "z"]].explode("z", ignore_index=True)
    z = pd.DataFrame(points["z"].tolist(), columns=["z_1", "z_2"])
    pd.concat([points["sampler"], z], axis=1).to_csv(
        config.out / "draws.csv", index=False
    )
    print(f"\n{config.data}: from a draw to the nearest parent, in deviations\n")
    print(summary.round(3).to_string(index=False))
    draw_codes(config.out / "codes", drawn)
    draw_images(config.out / "images", drawn)
    draw_split(config.out / "split", split)
    print(f"\nWritten to {config.out}.")


def draw_codes(path, drawn):
    """Saves the figure: draws, their parents, and codes of the class behind them."""
    plt = figures.pyplot()
    import numpy as np

    from kvae.plots.palette import color_of

    figure, axes = plt.subplots(
        2, 3, figsize=(8, 5.6), sharex=True, sharey=True, layout="constrained"
    )
    for ax, (_, row) in zip(axes.flat, drawn.iterrows(), strict=True):
        behind = np.array(row["behind"], float)
        ax.scatter(*behind.T, s=4, color="0.8", label="real images of the class")
        ax.scatter(*np.array(row["z"], float).T, s=12, color=color_of(0), label="draws")
        ax.scatter(
            *np.array(row["parents"], float).T,
            s=60,
            marker="*",
            color=color_of(1),
            edgecolors="black",
            linewidths=0.5,
            label="labelled images",
        )
        ax.set_title(f"{row['sampler']}: {row['distance']:.2f}", fontsize=10)
    for ax in axes[-1]:
        ax.set_xlabel("latent 1", fontsize=9)
    for ax in axes[:, 0]:
        ax.set_ylabel("latent 2", fontsize=9)
    handles, labels = axes.flat[0].get_legend_handles_labels()
    figure.legend(
        handles, labels, loc="outside lower center", ncols=3, frameon=False, fontsize=9
    )
    figures.save(figure, path, dpi=90)


def draw_images(path, drawn):
    """Saves the figure: ten draws of each sampler, decoded."""
    plt = figures.pyplot()
    import numpy as np

    from kvae import plots
    from recipes.cells.disentanglement import from_png
    from recipes.cells.sampler_draws import IMAGES

    figure, ax = plt.subplots(figsize=(8, 4.6), layout="constrained")
    rows = np.stack([from_png(strip, points=IMAGES) for strip in drawn["images"]])
    plots.plot_image_grid(rows, ax, row_labels=drawn["sampler"].tolist(), dark=False)
    figures.save(figure, path, dpi=90)


def draw_split(path, split):
    """Saves the figure: how many rows of each class the VAE of a class learns from."""
    plt = figures.pyplot()
    import numpy as np

    from kvae.plots.palette import color_of

    counts = np.array(split["counts"].tolist(), int)  # (VAE, class of the rows)
    figure, ax = plt.subplots(figsize=(8, 3), layout="constrained")
    places = np.arange(len(counts))
    below = np.zeros(len(counts))
    for label in range(counts.shape[1]):
        ax.bar(places, counts[:, label], 0.8, below, color=color_of(label), label=label)
        below += counts[:, label]
    ax.set_xticks(places)
    ax.set_xlabel("VAE of class")
    ax.set_ylabel("training rows")
    ax.legend(title="rows of class", ncols=2, frameon=False, bbox_to_anchor=(1, 1))
    for side in ("top", "right"):
        ax.spines[side].set_visible(False)
    figures.save(figure, path, dpi=90)


if __name__ == "__main__":
    common.run(main, Config, QUICK, description=__doc__)
