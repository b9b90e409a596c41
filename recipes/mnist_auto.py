"""MNIST, few labelled images and 60,000 without: what does `method="auto"` choose?

    python -m recipes.mnist_auto                      # 50 min on 2 cores
    python -m recipes.mnist_auto --rows 5 --seeds 3   # some of it
    python -m recipes.mnist_auto --quick              # digits, two rows; 2 min

Rows: labelled images per class. Below 5 a rule decides; from 5 on auto cross-validates
real images alone, shifts and rotations, extrapolation and `propagate` inside the
labelled images, with the VAE of `recipes.mnist_labels`. A convnet is trained on what
it chose. Beside it stand the columns of `recipes.mnist_labels` that could always be
used instead; run that first.
"""

import dataclasses
from dataclasses import dataclass
from pathlib import Path

from recipes import common, figures, image_tables, mnist_labels

NAME = "mnist_auto"


@dataclass(frozen=True)
class Config(image_tables.Config):
    rows: tuple[int, ...] = (2, 3, 4, 5, 10, 20)
    """Which rows of the table."""
    labels: Path = Path("recipes/results") / mnist_labels.NAME / "store.jsonl"
    """The store of `recipes.mnist_labels`."""
    out: Path = Path("recipes/results") / NAME
    """Where the store and the table are."""


QUICK = {
    **image_tables.quick(NAME),
    "labels": Path("out") / mnist_labels.NAME / "store.jsonl",
}


def main(config):
    common.make_table(config, bundles(config), write, train=image_tables.run_bundles)


def bundles(config):
    """Yields a bundle for each seed and row."""
    import kvae
    from kvae import experiments
    from kvae.training import Budget
    from recipes.cells.auto import AUTO, train_auto_image_cell

    source = kvae.load(config.data, config.data_dir)
    settings = dataclasses.replace(
        image_tables.table_settings(source, quick=config.quick),
        single_vae=mnist_labels.label_settings(source, config.quick).vae,
    )
    budget = Budget(
        repeats=1,
        steps=settings.steps,
        batch_size=settings.batch_size,
        convnet_dtype=settings.convnet_dtype,
    )
    for seed in range(config.first_seed, config.first_seed + config.seeds):
        for shots in config.rows:
            yield experiments.Bundle(
                train_auto_image_cell,
                {
                    "data": config.data,
                    "shots": shots,
                    "seed": seed,
                    "settings": settings,
                    "budget": budget,
                },
                ({"method": AUTO},),
                where=config.where,
            )


def write(config, results):
    """Writes and prints auto beside the columns of `recipes.mnist_labels`."""
    import pandas as pd

    from kvae import experiments
    from kvae.augmentation.methods import BASELINE, PROPAGATE, SHIFTS
    from kvae.evaluation import tables
    from recipes.cells.auto import AUTO

    keys = ["data", "shots", "seed"]
    others = experiments.Store(config.labels).rows()
    if len(others):
        beside = others[others["method"].isin([BASELINE, SHIFTS, PROPAGATE])]
        beside = beside.merge(results[keys])
        results = pd.concat([beside, results], ignore_index=True)
    results = results.rename(columns={"shots": "row"})
    results = results.sort_values(["row", "seed"], kind="stable")
    summary = tables.summarize(results, ["row"])
    common.write_table(config.out / "summary.csv", summary, results)
    figures.draw_curves(config.out / "f1", summary, "labelled images per class")
    for row, lines in summary.groupby("row", sort=False):
        print(f"\n{config.data}, {row} per class: weighted F1\n")
        print(tables.readable(lines.set_index("method")).to_string())
    said = results[results["method"] == AUTO]
    print("\nHow often each was chosen\n")
    print(said.groupby("row")["chosen"].value_counts().to_string())
    print(f"\nWritten to {config.out}.")


if __name__ == "__main__":
    common.run(main, Config, QUICK, description=__doc__)
