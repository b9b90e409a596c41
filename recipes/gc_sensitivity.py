"""Generative classifier: does it keep what is rightly labelled, and what matters?

    python -m recipes.gc_sensitivity                  # 20 min on 2 cores
    python -m recipes.gc_sensitivity --data card      # one data set
    python -m recipes.gc_sensitivity --quick          # glass and digits; 1 min

Draws are judged by a classifier trained on the full training part, whose own accuracy
is stated: is the share of rightly labelled rows higher among accepted draws than among
rejected ones? Paired over 10 seeds. Tables (20 labelled rows per class, permutation 1)
draw from a Multi-VAE; MNIST (10 per class) draws around the labelled images, by
extrapolation and noise, from the VAE of `recipes.mnist_labels`. One thing is varied at
a time: the noise of bad rows, the steps of the VAE whose reconstructions are bad
images, the share of originals that the threshold lets pass, bad rows for each original.
On images the filter also labels draws from N(0, I), which have no label of their own.
"""

import dataclasses
from dataclasses import dataclass
from pathlib import Path

from recipes import common, image_tables, mnist_labels

NAME = "gc_sensitivity"
TABLES = ("gene", "thyroid", "card", "glass")
VARIED = {
    "noise": (0.5, 1.0, 4.0),
    "early": (50, 1000),
    "pass_rate": (0.8, 0.95, 1.0),
    "ratio": (0.5, 2.0, 4.0),
}


@dataclass(frozen=True)
class Config:
    data: tuple[str, ...] = ("gene", "thyroid", "card", "mnist")
    """Which data sets."""
    shots: int = 20
    """Labelled rows per class of tables."""
    image_shots: int = 10
    """Labelled images per class."""
    seeds: int = 10
    """How many seeds; settings other than the default get 3 on images."""
    data_dir: str | None = None
    """tfds folder; by default TFDS_DATA_DIR."""
    manual_dir: str | None = None
    """A folder that holds the .dt files; by default KVAE_PROBEN1_DIR."""
    vaes: Path = Path("out/vaes")
    """Where trained Single-VAEs are kept."""
    jobs: int = 0
    """Worker processes (0: one for each core); the result does not depend on it."""
    out: Path = Path("recipes/results") / NAME
    """Where the store and the table are."""
    quick: bool = False
    """glass and digits, 2 seeds, fewer steps: a check that everything runs."""


QUICK = {
    "data": ("glass", "digits"),
    "shots": 5,
    "image_shots": 3,
    "seeds": 2,
    "out": Path("out") / NAME,
}


def main(config):
    from recipes.cells.filters import train_image_filters, train_table_filters

    table, images = {}, {}
    for name in config.data:
        (table if name in TABLES else images).update(bundles(config, name))

    results, errors = [], {}
    for function, own in (
        (train_table_filters, table),
        (train_image_filters, images),
    ):
        if own:
            store = config.out / "store.jsonl"
            rows, failed = common.run_bundles(function, own, store, config.jobs)
            results.append(rows)
            errors |= failed
    write(config, results)
    common.end(errors)


def bundles(config, name):
    """Returns {key: arguments} of a data set: tables all seeds at once."""
    import kvae
    from kvae import experiments
    from recipes.cells.tables import load_table

    seeds = list(range(config.seeds))
    if name in TABLES:
        data = f"proben1/{name}1"
        where = {"data_dir": config.data_dir, "manual_dir": config.manual_dir}
        settings = experiments.default_settings(load_table(data, **where))
        settings = settings.quick() if config.quick else settings
        cells = {"data": data, "shots": config.shots, "seeds": seeds}
        cells |= {"settings": settings, "filters": filters("early")}
        key = experiments.bundle_key(f"{data} shots={config.shots}", **cells)
        return {key: {**cells, "where": where}}
    source = kvae.load(name, config.data_dir)
    where = {"data": name, "data_dir": config.data_dir, "development": 0}
    settings = image_tables.table_settings(source, quick=config.quick)
    labels = mnist_labels.label_settings(source, config.quick)
    settings = dataclasses.replace(settings, single_vae=labels.vae)
    image_tables.single_vaes(where, seeds, settings, config.vaes, config.jobs)
    chain = image_tables.sampler_parameters()
    chain = [(member, chain[member]) for member in ("extrapolate", "noise")]
    found = {}
    for seed in seeds:
        few = config.quick or seed >= 3
        cells = {
            "shots": config.image_shots,
            "seed": seed,
            "settings": settings,
            "filters": filters("noise")[: 1 if few else None],
            "sampler": chain,
        }
        key = experiments.bundle_key(f"{name} seed={seed}", **cells)
        found[key] = {**cells, "where": where, "cache": config.vaes}
    return found


def filters(but):
    """Returns the default and what differs from it in one thing, `but` one of them."""
    from recipes.cells.filters import Filter

    varied = [
        Filter(**{name: value})
        for name, values in VARIED.items()
        if name != but
        for value in values
    ]
    return (Filter(), *varied)


def write(config, results):
    """Writes and prints accepted minus rejected, for each data set and setting."""
    import pandas as pd

    from kvae.evaluation.statistics import mean_interval

    results = pd.concat(results)
    names = ["data", "shots", "draws", *VARIED]
    lines = []
    for key, own in results.groupby(names, sort=False):
        # Where all draws were accepted, or none, there is nothing to compare.
        pairs = own.dropna(subset=["right_accepted", "right_rejected"])
        difference = pairs["right_accepted"] - pairs["right_rejected"]
        interval = mean_interval(difference) if len(pairs) else (float("nan"),) * 3
        means = own[["accepted", "right", "right_accepted", "right_rejected"]].mean()
        lines.append(
            {
                **dict(zip(names, key, strict=True)),
                **means,
                **dict(zip(("difference", "low", "high"), interval, strict=True)),
                "seeds": len(pairs),
                "judge_accuracy": own["judge_accuracy"].mean(),
            }
        )
    table = pd.DataFrame(lines)
    common.write_table(config.out / "summary.csv", table, results)
    print("\nRightly labelled among accepted draws, minus among rejected ones\n")
    print(table.to_string(index=False, float_format="{:.3f}".format))
    print(f"\nWritten to {config.out}.")


if __name__ == "__main__":
    common.run(main, Config, QUICK, __doc__)
