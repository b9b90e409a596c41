"""Disentanglement: does each latent stand for one factor, and what does beta change?

    python -m recipes.disentanglement                  # 1 h on 2 cores
    python -m recipes.disentanglement --quick          # small, bundled data; 1 min

Rendered shapes have five known factors. For each seed VAEs of all betas are trained as
one stack, from the same weights and on the same batches; the codes of images that they
have not seen are scored (`kvae.evaluation.disentanglement`), with the KL, the
reconstruction and the active units beside it. The beta-TCVAE, whose beta weights what
latents share alone, is trained likewise. Figure and table: metrics.

Sweeps show what a latent changes: it moves from -2 to 2 of its standard deviations, the
others stay. Faces, around the mean code, at the deck's betas 1 and 150 (normalised: the
KL counts beta d / N), are CelebA's where a prepared tfds folder is found, else the
Olivetti faces; shapes, around the image nearest to their mean, at beta 0.5 and at the
best. Figures: sweeps_faces, sweeps_shapes; sweeps.csv has each latent's KL and how much
it changes a pixel.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from recipes import common, figures

NAME = "disentanglement"
LATENTS = 10
BASE = 0.5  # what the other betas are compared with
DECK_BETAS = (1.0, 150.0)  # of the sweeps of faces, normalised
FACES = ("celeb_a", "olivetti")
METRICS = {
    "mig": "MIG",
    "sap": "SAP",
    "disentanglement": "DCI: disentanglement",
    "completeness": "DCI: completeness",
    "informativeness": "DCI: informativeness",
    "factor_vae_score": "FactorVAE score",
    "beta_vae_score": "beta-VAE score",
    "active_units": f"active units, of {LATENTS}",
    "kl": "KL, nats per image",
    "reconstruction": "reconstruction, nats",
}


@dataclass(frozen=True)
class Config(common.StoreConfig):
    betas: tuple[float, ...] = (0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 32.0)
    """What multiplies the KL on shapes; 0.5, which the others are compared with, is
    always there."""
    best: float = 8.0
    """Which of them the sweeps of shapes show; chosen on development seeds."""
    seeds: int = 5
    """How many seeds."""
    first_seed: int = 0
    """The first seed; the others follow."""
    development: int = 0
    """Training images that stand in for the test images, to choose settings on."""
    steps: int = 10_000
    """Training steps of 64 images."""
    num_train: int = 20_000
    """Rendered images to train on; a fifth to a half as many again are scored."""
    num_test: int = 10_000
    """Rendered images that are scored."""
    faces: Literal["auto", "celeb_a", "olivetti", "none"] = "auto"
    """Which faces are swept; auto takes what is here."""
    face_steps: int = 4_000
    """Training steps of 32 faces."""
    data_dir: str | None = None
    """tfds folder; by default TFDS_DATA_DIR."""
    vaes: Path = Path("out/vaes")
    """Where the VAEs of the sweeps are kept."""
    out: Path = Path("recipes/results") / NAME
    """Where the store, the tables and the figures are."""
    quick: bool = False
    """Two betas, two seeds, few images and steps: a check that everything runs."""


QUICK = {
    "betas": (0.5, 8.0),
    "seeds": 2,
    "steps": 400,
    "num_train": 2000,
    "num_test": 1000,
    "face_steps": 200,
    "out": Path("out") / NAME,
}


def main(config):
    common.make_table(config, bundles(config), write)


def bundles(config):
    """Yields a bundle for each seed and model, and those of the sweeps."""
    from kvae import experiments
    from kvae.training import VAESettings
    from recipes.cells import disentanglement as cells

    dense = {"hidden_units": (256, 128), "reconstruction": "bernoulli"}
    shapes = VAESettings(LATENTS, BASE, batch_size=64, steps=config.steps, **dense)
    betas = dict.fromkeys((BASE, *config.betas))
    for total_correlation in (False, True):
        for seed in range(config.first_seed, config.first_seed + config.seeds):
            yield experiments.Bundle(
                cells.train_shapes_cells,
                {
                    "seed": seed,
                    "settings": shapes,
                    "num_train": config.num_train,
                    "num_test": config.num_test,
                    "development": config.development,
                    "total_correlation": total_correlation,
                },
                tuple({"beta": beta} for beta in betas),
            )
    sweeps = {"shapes": (shapes, (BASE, config.best))}
    faces = find_faces(config)
    if faces:
        settings = VAESettings(
            32,
            1.0,
            batch_size=32,
            steps=config.face_steps,
            normalize_beta=True,
            **dense,
        )
        sweeps[faces] = settings, DECK_BETAS
    for data, (settings, swept) in sweeps.items():
        yield experiments.Bundle(
            cells.train_sweep_cells,
            {
                "data": data,
                "seed": config.first_seed,
                "settings": settings,
                # At a low beta the mean code of shapes is no shape.
                "around": "image" if data == "shapes" else "mean",
            },
            tuple({"beta": beta} for beta in swept),
            where={"data_dir": config.data_dir, "cache": config.vaes},
        )


def find_faces(config):
    """Returns the name of a set of faces that is here; None, and says so, without."""
    import kvae
    from kvae.data.prepared import prepared_folder

    if config.faces == "none":
        return None
    for name in FACES if config.faces == "auto" else (config.faces,):
        try:
            if name == "celeb_a":
                prepared_folder(name, config.data_dir)
            else:
                kvae.load(name)
            return name
        except FileNotFoundError as error:
            missing = error
    if config.faces != "auto":
        raise missing
    print(f"No faces are here, and none are swept. {missing}")
    return None


def write(config, results):
    """Writes and prints the scores with their intervals, and draws the figures."""
    scored = results[results["table"] == "scores"]
    swept = results[results["table"] == "sweeps"]
    if len(scored):
        summary = summarize(scored)
        common.write_table(config.out / "summary.csv", summary, scored)
        common.write_table(config.out / "factors.csv", of_factors(scored), scored)
        show(summary)
        draw_metrics(config.out / "metrics", summary)
    if len(swept):
        table = swept.dropna(axis=1, how="all").drop(columns=["strip", "table"])
        common.write_table(config.out / "sweeps.csv", table, swept)
        for data, lines in swept.groupby("data", sort=False):
            kind = "shapes" if data.startswith("shapes") else "faces"
            draw_sweeps(config.out / f"sweeps_{kind}", lines)
    print(f"\nWritten to {config.out}.")


def summarize(scored):
    """Returns a line for each model, beta and metric, and its difference to beta 0.5.

    A beta-TCVAE is compared with its own beta 0.5.
    """
    import pandas as pd

    from kvae.evaluation import compare

    tables = []
    for model, lines in scored.groupby("model", sort=False):
        for metric in METRICS:
            wide = lines.pivot(index="seed", columns="beta", values=metric).dropna()
            table = compare(wide, BASE).rename_axis("beta").reset_index()
            tables.append(table.assign(model=model, metric=metric))
    table = pd.concat(tables, ignore_index=True)
    first = ["model", "beta", "metric"]
    return table[first + [name for name in table if name not in first]]


def of_factors(scored):
    """Returns what the best latent knows of each factor, and its lead: shares."""
    names = [name for name in scored if name.startswith(("known_", "gap_"))]
    return scored.groupby(["model", "beta"], sort=False)[names].mean().reset_index()


def show(summary):
    """Prints the means, and MIG's differences."""
    means = summary.pivot(index=["model", "beta"], columns="metric", values="mean")
    print("\nshapes: scores of codes, means over seeds; 0 is chance, 1 is best\n")
    print(means[list(METRICS)].to_string(float_format="{:.3f}".format))
    print(f"\nMIG minus that of beta {BASE}, with its 95 % interval\n")
    for line in (
        summary.query("metric == 'mig'").dropna(subset="difference").itertuples()
    ):
        print(
            f"{line.model}, beta {line.beta:g}: {line.difference:+.3f} "
            f"[{line.difference_low:+.3f}, {line.difference_high:+.3f}]"
        )


def draw_metrics(path, summary):
    """Saves the figure: every score over beta, a line for each model."""
    plt = figures.pyplot()
    import pandas as pd

    from kvae import plots

    figure, axes = plt.subplots(2, 5, figsize=(11.5, 5.2), layout="constrained")
    named = summary.rename(columns={"model": "method"})
    # As they are written on the axis: 8, not 8.0.
    whole = [int(beta) if beta == int(beta) else beta for beta in summary["beta"]]
    named["row"] = pd.Series(whole, dtype=object)
    for ax, (metric, title) in zip(axes.flat, METRICS.items(), strict=True):
        lines = named[named["metric"] == metric]
        plots.plot_scores(lines, ax, "beta")
        ax.set_title(title, fontsize=11)
        top = {"active_units": LATENTS + 0.5, "kl": None, "reconstruction": None}
        ax.set_ylim(0, top.get(metric, 1.02))
    axes[0, 0].legend(frameon=False, loc="upper left")
    figures.save(figure, path, dpi=120)


def draw_sweeps(path, lines):
    """Saves the figure: the latents that say most, moved one by one, at each beta."""
    plt = figures.pyplot()
    import numpy as np

    from kvae import plots
    from recipes.cells.disentanglement import POINTS, from_png

    faces = path.name.endswith("faces")
    betas = sorted(lines["beta"].unique())
    figure, axes = plt.subplots(
        1, len(betas), figsize=(12, 5.6), layout="constrained", squeeze=False
    )
    ends = ["−2 sd", *[""] * (POINTS - 2), "+2 sd"]
    ends[POINTS // 2] = "0"
    for ax, beta in zip(axes[0], betas, strict=True):
        shown = lines[(lines["beta"] == beta) & (lines["strip"] != "")]
        plots.plot_image_grid(
            np.stack([from_png(strip) for strip in shown["strip"]]),
            ax,
            row_labels=[label_of(line) for line in shown.itertuples()],
            column_labels=ends,
            dark=faces,
        )
        coefficient = shown["coefficient"].iloc[0]
        normalised = f", normalised: KL × {coefficient:.3g}" if faces else ""
        ax.set_title(f"beta = {beta:g}{normalised}")
        ax.set_xlabel("one latent moves, the others stay")
    figures.save(figure, path, dpi=120)


def label_of(line):
    """Returns what stands beside a sweep: KL, and the factor that the latent knows."""
    nats = f"KL {line.kl:.1f}"
    return f"{nats}\n{line.factor} {line.known:.2f}" if line.factor else nats


if __name__ == "__main__":
    common.run(main, Config, QUICK, description=__doc__)
