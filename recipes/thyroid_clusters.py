"""Clusters in the latent space of thyroid: what are rows grouped by?

    python -m recipes.thyroid_clusters                  # 3 min on 1 core
    python -m recipes.thyroid_clusters --quick          # few steps; 30 s

The deck's figure of thyroid's latent space, whose clusters are those of a discrete
attribute. VAEs with 2 latents of all training rows, 5 seeds as one stack; each
attribute with two levels (of 20 rows at least) is scored by the silhouette of its
levels, and by their adjusted mutual information with the clusters of k-means (0 is
chance, 1 the same). Figure: codes by the attributes that group them most, and by class.
"""

from dataclasses import dataclass
from pathlib import Path

from recipes import common, figures

NAME = "thyroid_clusters"


@dataclass(frozen=True)
class Config(common.Proben1Config):
    data: str = "proben1/thyroid1"
    """A PROBEN1 problem."""
    seeds: int = 5
    """How many seeds."""
    steps: int = 4000
    """Training steps of 64 rows."""
    out: Path = Path("recipes/results") / NAME
    """Where the store, the table and the figure are."""
    quick: bool = False
    """2 seeds, few steps: a check that everything runs."""


QUICK = {"seeds": 2, "steps": 200, "out": Path("out") / NAME}


def main(config):
    common.make_table(config, bundles(config), write)


def bundles(config):
    """Yields the bundle."""
    from kvae import experiments
    from kvae.training import VAESettings
    from recipes.cells.thyroid_clusters import train_cluster_cells

    settings = VAESettings(2, 1.0, (64,), "gaussian", batch_size=64, steps=config.steps)
    yield experiments.Bundle(
        train_cluster_cells,
        {
            "data": config.data,
            "seeds": list(range(config.seeds)),
            "settings": settings,
        },
        ({"model": "VAE"},),
        where=config.where,
    )


def write(config, results):
    """Writes and prints a line for each attribute, and draws the figure."""
    table = summarize(results)
    common.write_table(config.out / "summary.csv", table, results)
    print(f"\n{config.data}: how attributes group the codes, means over seeds\n")
    print(table.round(3).to_string(index=False))
    draw(config.out / "codes", table, results)
    print(f"\nWritten to {config.out}.")


def summarize(results):
    """Returns a line for each attribute, that which groups codes most first."""
    import pandas as pd

    from kvae.evaluation.statistics import mean_interval

    lines = []
    for name, own in results.groupby("attribute", sort=False):
        line = {"attribute": name, "rows_of_smaller": own["rows_of_smaller"].iloc[0]}
        for measure in ("mutual_information", "silhouette"):
            mean, low, high = mean_interval(own[measure])
            line |= {measure: mean, f"{measure}_low": low, f"{measure}_high": high}
        lines.append(line | {"runs": len(own)})
    return pd.DataFrame(lines).sort_values("silhouette", ascending=False, kind="stable")


def draw(path, table, results):
    """Saves the figure: codes by three attributes and by class."""
    plt = figures.pyplot()
    import numpy as np

    from kvae import plots
    from recipes.cells.thyroid_clusters import CLASS

    names = [name for name in table["attribute"] if name != CLASS][:3] + [CLASS]
    first = results[results["level"].notna()].set_index("attribute")
    z = np.array(first.loc[CLASS, "codes"], float)
    silhouette = table.set_index("attribute")["silhouette"]
    figure, axes = plt.subplots(2, 2, figsize=(8, 7), layout="constrained")
    for ax in axes.flat[len(names) :]:
        ax.set_axis_off()
    for ax, name in zip(axes.flat, names, strict=False):
        level = np.array(first.loc[name, "level"], int)
        words = "no", "yes"
        levels = range(level.max() + 1)
        named = [str(k) if name == CLASS else words[k] for k in levels]
        # The rarer level last: it is drawn above the other.
        plots.plot_latent(z, level, named, ax)
        ax.legend(frameon=False, fontsize=8, loc="best")
        ax.set_title(f"{name}: silhouette {silhouette[name]:.2f}", fontsize=11)
        # A row far out would press all others together.
        low, high = np.quantile(z, [0.002, 0.998], axis=0)
        edge = 0.1 * (high - low)
        ax.set_xlim(low[0] - edge[0], high[0] + edge[0])
        ax.set_ylim(low[1] - edge[1], high[1] + edge[1])
        ax.set_xlabel("latent 1", fontsize=9)
        ax.set_ylabel("latent 2", fontsize=9)
    figures.save(figure, path, dpi=90)


if __name__ == "__main__":
    common.run(main, Config, QUICK, description=__doc__)
