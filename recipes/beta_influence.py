"""The influence of beta: latent space, reconstructions, and few-shot F1.

    python -m recipes.beta_influence                  # MNIST; 8 min on 1 core
    python -m recipes.beta_influence --quick          # digits, few steps; 1 min

The deck's figure "Latent-Space MNIST mit verschiedenen Werten für beta", and its
sentence that high values lead to blurred reconstructions. All betas are trained as one
replicated model, from the same weights and on the same batches: once in the plane, to
be seen (figure codes), and with 16 latents, to be measured (figures measures and
reconstructions): KL, reconstruction, active units, sharpness of reconstructions over
that of the held-out images, and weighted F1 of a convnet on 5 real images per class and
as many that "extrapolate+noise" generates. summary.csv has the paired differences to
beta 0.5, the deck's.
"""

import dataclasses
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from recipes import common, figures

NAME = "beta_influence"
BASE = 0.5  # the deck's, which the other betas are compared with
MEASURES = {
    "sharpness": "sharpness (1: originals)",
    "nats": "reconstruction, nats",
    "kl": "KL, nats",
    "active_units": "active units",
    "weighted_f1": "weighted F1, 5 per class",
}


@dataclass(frozen=True)
class Config(common.StoreConfig):
    data: Literal["mnist", "digits"] = "mnist"
    """Data set; mnist is read from a prepared tfds folder."""
    data_dir: str | None = None
    """tfds folder; by default TFDS_DATA_DIR."""
    betas: tuple[float, ...] = (0.1, 0.5, 4.0, 32.0)
    """What multiplies the KL; 0.5, which the others are compared with, is always
    there."""
    latent_dim: int = 16
    """Latents of the VAEs that are measured."""
    seeds: int = 3
    """How many seeds."""
    steps: int = 1000
    """Training steps of the VAEs."""
    classifier_steps: int = 600
    """Training steps of each convnet."""
    out: Path = Path("recipes/results") / NAME
    """Where the store, the tables and the figures are."""
    quick: bool = False
    """digits, 2 seeds, few steps: a check that everything runs."""


QUICK = {
    "data": "digits",
    "betas": (0.1, 0.5, 8.0),
    "seeds": 2,
    "steps": 300,
    "classifier_steps": 100,
    "out": Path("out") / NAME,
}


def main(config):
    common.make_table(config, bundles(config), write)


def bundles(config):
    """Yields the stack in the plane, and one with more latents for each seed."""
    import kvae
    from kvae import experiments
    from recipes import image_tables
    from recipes.cells.blur import train_blur_cells

    source = kvae.load(config.data, config.data_dir)
    table = image_tables.table_settings(source)
    known = image_tables.sampler_parameters()
    vae = dataclasses.replace(
        table.single_vae, steps=config.steps, latent_dim=config.latent_dim, beta=BASE
    )
    cells = tuple({"beta": beta} for beta in sorted({BASE, *config.betas}))
    where = {"data_dir": config.data_dir}
    plane = dataclasses.replace(vae, latent_dim=2)
    arguments = {"data": config.data, "seed": 0, "settings": plane}
    yield experiments.Bundle(train_blur_cells, arguments, cells, where=where)
    for seed in range(config.seeds):
        yield experiments.Bundle(
            train_blur_cells,
            {
                "data": config.data,
                "seed": seed,
                "settings": vae,
                "classifier": dataclasses.replace(table, steps=config.classifier_steps),
                "parameters": {name: known[name] for name in ("extrapolate", "noise")},
            },
            cells,
            where=where,
        )


def write(config, results):
    """Writes and prints the measures, and draws the figures."""
    plane = results[results["latent_dim"] == 2]
    measured = results[results["weighted_f1"].notna()]
    summary = summarize(measured)
    common.write_table(config.out / "summary.csv", summary, results)
    points = plane[["beta", "labels", "z_1", "z_2"]].explode(["labels", "z_1", "z_2"])
    points.to_csv(config.out / "codes.csv", index=False)
    print(f"\n{config.data}: means over seeds, {config.latent_dim} latents\n")
    shown = summary.pivot(index="beta", columns="measure", values="mean")
    print(shown.to_string(float_format="{:.3f}".format))
    draw_codes(config.out / "codes", points, plane)
    draw_measures(config.out / "measures", summary, measured)
    draw_reconstructions(config.out / "reconstructions", measured)
    print(f"\nWritten to {config.out}.")


def summarize(measured):
    """Returns a line for each beta and measure, with the difference to beta 0.5.

    "gain" is weighted F1 minus that of the real images alone.
    """
    import pandas as pd

    from kvae.evaluation import compare

    measured = measured.assign(gain=measured["weighted_f1"] - measured["real_f1"])
    tables = []
    for measure in (*MEASURES, "rmse", "gain"):
        wide = measured.pivot(index="seed", columns="beta", values=measure)
        table = compare(wide, BASE).rename_axis("beta").reset_index()
        tables.append(table.assign(measure=measure))
    table = pd.concat(tables, ignore_index=True)
    return table[["beta", "measure", *table.columns.drop(["beta", "measure"])]]


def draw_codes(path, points, plane):
    """Saves the figure: the codes of held-out images in the plane, for each beta."""
    plt = figures.pyplot()
    import numpy as np

    from kvae import plots

    betas = sorted(points["beta"].unique())
    columns = min(2, len(betas))
    lines = -(-len(betas) // columns)
    figure, axes = plt.subplots(
        lines, columns, figsize=(8, 3.7 * lines), layout="constrained", squeeze=False
    )
    for ax in axes.flat[len(betas) :]:
        ax.set_axis_off()
    kl = plane.set_index("beta")["kl"]
    for ax, beta in zip(axes.flat, betas, strict=False):
        chosen = points[points["beta"] == beta]
        z = chosen[["z_1", "z_2"]].to_numpy(float)
        labels = chosen["labels"].to_numpy(int)
        names = [str(label) for label in range(labels.max() + 1)]
        plots.plot_latent(z, labels, names, ax, named=True)
        # The prior is as wide in every panel: closed latents are seen as a point.
        reach = max(3.2, np.quantile(np.abs(z), 0.995))
        ax.set(xlim=(-reach, reach), ylim=(-reach, reach), aspect="equal")
        ax.set_xticks([-2, 0, 2])
        ax.set_yticks([-2, 0, 2])
        ax.set_title(f"beta = {beta:g}, KL {kl[beta]:.1f} nats", fontsize=11)
        ax.set_xlabel("latent 1", fontsize=9)
        ax.set_ylabel("latent 2", fontsize=9)
    figures.save(figure, path, dpi=90)


def draw_measures(path, summary, measured):
    """Saves the figure: each measure over beta, with its interval."""
    plt = figures.pyplot()
    from kvae import plots

    figure, axes = plt.subplots(2, 3, figsize=(8, 4.8), layout="constrained")
    axes.flat[-1].set_axis_off()
    table = summary.assign(row=summary["beta"].map("{:g}".format).astype(float))
    for ax, (measure, title) in zip(axes.flat, MEASURES.items(), strict=False):
        lines = table[table["measure"] == measure].assign(method="VAE")
        plots.plot_scores(lines, ax, "beta")
        ax.set_xticks(lines["row"], [f"{beta:g}" for beta in lines["row"]])
        ax.set_title(title, fontsize=10)
        if measure == "weighted_f1":
            real = measured.groupby("seed")["real_f1"].first().mean()
            ax.axhline(real, color="black", ls="--", lw=1, label="real images only")
            ax.legend(frameon=False, fontsize=8)
        else:
            ax.set_ylim(0)
    figures.save(figure, path, dpi=90)


def draw_reconstructions(path, measured):
    """Saves the figure: an image of each class, and what each beta makes of it."""
    plt = figures.pyplot()
    import numpy as np

    from kvae import plots
    from recipes.cells.disentanglement import from_png

    first = measured[measured["seed"] == measured["seed"].min()].sort_values("beta")
    strips = [first["originals"].iloc[0], *first["strip"]]
    names = [
        f"beta {line.beta:g}\nsharpness {line.sharpness:.2f}"
        for line in first.itertuples()
    ]
    figure, ax = plt.subplots(
        figsize=(8, 0.68 * len(strips) + 0.5), layout="constrained"
    )
    rows = np.stack([from_png(strip, points=10) for strip in strips])
    plots.plot_image_grid(rows, ax, row_labels=["originals", *names], dark=False)
    ax.tick_params(labelsize=9)
    latents = first["latent_dim"].iloc[0]
    ax.set_title(f"held-out images and reconstructions, d = {latents}", fontsize=11)
    figures.save(figure, path, dpi=90)


if __name__ == "__main__":
    common.run(main, Config, QUICK, description=__doc__)
