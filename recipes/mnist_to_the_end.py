"""MNIST, few labels spread over 60,000 images: how far do they carry a classifier?

    python -m recipes.mnist_to_the_end            # 5 seeds; an hour or more on 2 cores
    python -m recipes.mnist_to_the_end --rows 5   # one row of it
    python -m recipes.mnist_to_the_end --quick    # digits; 1 min

Rows: labelled images per class. `recipes.mnist_labels` trains its convnets for 600
steps, all columns alike; here the last one learns from all training images and the
labels of "refined twice, doubted rows", moved, turned and scaled anew in each epoch,
until a tenth of them, held out with their spread labels, is predicted no better. Beside
it the same with the true labels of all images (one for each seed).

Not yet run on MNIST. The settings are a first guess: try them on development rows
(--development 10000 --first-seed 1000), and freeze them before the table is made.
"""

import dataclasses
import itertools
from dataclasses import dataclass
from pathlib import Path

from recipes import common, image_tables, mnist_labels

NAME = "mnist_to_the_end"


@dataclass(frozen=True)
class Config(image_tables.Config):
    rows: tuple[int, ...] = (2, 5, 10)
    """Which rows of the table; the true labels are in the first."""
    seeds: int = 5
    """How many seeds."""
    development: int = 0
    """This many training images stand in for the test images (10000 while choosing)."""
    out: Path = Path("recipes/results") / NAME
    """Where the store and the tables are."""


def main(config):
    common.make_table(config, bundles(config), write, train=image_tables.run_bundles)


def bundles(config):
    """Yields a bundle for each seed and row."""
    import kvae
    from kvae import experiments
    from recipes.cells.to_the_end import SPREAD, TRUE, EndSettings, train_to_the_end

    source = kvae.load(config.data, config.data_dir)
    settings = dataclasses.replace(
        image_tables.table_settings(source, quick=config.quick),
        single_vae=mnist_labels.label_settings(source, config.quick).vae,
    )
    end = EndSettings(epochs=3) if config.quick else EndSettings()
    seeds = range(config.first_seed, config.first_seed + config.seeds)
    for seed, shots in itertools.product(seeds, config.rows):
        methods = (SPREAD, TRUE) if shots == config.rows[0] else (SPREAD,)
        yield experiments.Bundle(
            train_to_the_end,
            {
                "data": config.data,
                "shots": shots,
                "seed": seed,
                "settings": settings,
                "labels": mnist_labels.label_settings(source, config.quick),
                "end": end,
                "development": config.development,
            },
            tuple({"method": method} for method in methods),
            where=config.where,
        )


def write(config, results):
    """Writes and prints the table: accuracy and F1, and how many labels are right."""
    results = results.sort_values(["shots", "method", "seed"], kind="stable")
    columns = ["accuracy", "weighted_f1", "label_accuracy", "label_share", "epochs"]
    cells = results.groupby(["shots", "method"], sort=False)
    summary = cells[columns].mean()
    summary["accuracy_low"] = cells["accuracy"].min()
    summary["accuracy_high"] = cells["accuracy"].max()
    summary["runs"] = cells.size()
    summary = summary.reset_index()
    common.write_table(config.out / "summary.csv", summary, results)
    print(f"\n{config.data}: means over seeds, and the range of accuracy\n")
    print(summary.round(4).to_string(index=False))
    print(f"\nWritten to {config.out}.")


if __name__ == "__main__":
    common.run(main, Config, image_tables.quick(NAME), description=__doc__)
