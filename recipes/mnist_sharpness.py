"""MNIST: are generated images blurred, and what does that cost?

    python -m recipes.mnist_sharpness                  # 10 min on 2 cores
    python -m recipes.mnist_sharpness --quick          # digits; 1 min

Rows: kinds of images, 100 per class each. Sharpness is the variance of an image's
Laplacian; the mean over images, over that of the labelled images (1: as sharp as they
are). "reconstructions" are the labelled images through the VAE of
`recipes.mnist_few_shot`: they differ in what it loses, and in nothing else. The others
are draws around the labelled images, and of the Multi-VAE. A convnet is trained on each
kind alone. The deck has no number: it says that images are blurred.
"""

from dataclasses import dataclass
from pathlib import Path

from recipes import common, image_tables

NAME = "mnist_sharpness"


@dataclass(frozen=True)
class Config(image_tables.ImageConfig):
    shots: int = 100
    """Labelled images per class, and generated ones."""
    seeds: int = 10
    """How many seeds; p values need 10."""
    out: Path = Path("recipes/results") / NAME
    """Where the store and the table are."""
    quick: bool = False
    """digits, 10 images per class, 2 seeds, a tenth of the VAEs' steps."""


QUICK = {"data": "digits", "shots": 10, "seeds": 2, "out": Path("out") / NAME}


def main(config):
    common.make_table(config, bundles(config), write, train=image_tables.run_bundles)


def bundles(config):
    """Yields a bundle for each seed."""
    import kvae
    from kvae import experiments
    from recipes.cells.sharpness import SHARPNESS_METHODS, train_sharpness_cells

    source = kvae.load(config.data, config.data_dir)
    settings = image_tables.table_settings(source, quick=config.quick)
    parameters = image_tables.sampler_parameters()
    for seed in range(config.seeds):
        yield experiments.Bundle(
            train_sharpness_cells,
            {
                "data": config.data,
                "shots": config.shots,
                "seed": seed,
                "settings": settings,
            },
            image_tables.cells_of(SHARPNESS_METHODS, parameters),
            where=config.where,
        )


def write(config, results):
    """Writes and prints sharpness, with intervals over seeds, and weighted F1."""
    from kvae.evaluation import tables
    from kvae.evaluation.statistics import mean_interval

    results = results.sort_values("seed", kind="stable")
    summary = tables.summarize(results, ["data"]).set_index("method")
    names = ["sharpness", "sharpness_low", "sharpness_high"]
    for method, images in results.groupby("method"):
        summary.loc[method, names] = mean_interval(images["sharpness"])
    common.write_table(config.out / "summary.csv", summary.reset_index(), results)
    table = tables.readable(summary)
    sharp = summary[names].itertuples(index=False)
    words = [f"{mean:.3f} [{low:.3f}, {high:.3f}]" for mean, low, high in sharp]
    table.insert(0, "sharpness", words)
    print(f"\n{config.data}: sharpness, and weighted F1 of a convnet trained on it\n")
    print(table.to_string())
    print(f"\nWritten to {config.out}.")


if __name__ == "__main__":
    common.run(main, Config, QUICK, description=__doc__)
