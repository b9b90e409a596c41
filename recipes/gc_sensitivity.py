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
class Config(common.Proben1Config):
    data: tuple[str, ...] = ("gene", "thyroid", "card", "mnist")
    """Which data sets."""
    shots: int = 20
    """Labelled rows per class of tables."""
    image_shots: int = 10
    """Labelled images per class."""
    seeds: int = 10
    """How many seeds; settings other than the default get 3 on images."""
    vaes: Path = Path("out/vaes")
    """Where trained Single-VAEs are kept."""
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
    common.make_table(config, bundles(config), write, train=image_tables.run_bundles)


def bundles(config):
    """Yields the bundles of all data sets: tables all seeds at once, images each."""
    for name in config.data:
        if name in TABLES:
            yield table_bundle(config, name)
        else:
            yield from image_bundles(config, name)


def table_bundle(config, name):
    """Returns the bundle of a table, all seeds at once."""
    from kvae import experiments
    from recipes.cells.filters import train_table_filters
    from recipes.cells.tables import load_table

    data = f"proben1/{name}1"
    settings = experiments.default_settings(load_table(data, **config.where))
    return experiments.Bundle(
        train_table_filters,
        {
            "data": data,
            "shots": config.shots,
            "seeds": list(range(config.seeds)),
            "settings": settings.quick() if config.quick else settings,
        },
        tuple({"filter": way} for way in filters("early")),
        where=config.where,
    )


def image_bundles(config, name):
    """Yields a bundle for each seed of a set of images."""
    import kvae
    from kvae import experiments
    from recipes.cells.filters import train_image_filters

    source = kvae.load(name, config.data_dir)
    settings = image_tables.table_settings(source, quick=config.quick)
    labels = mnist_labels.label_settings(source, config.quick)
    parameters = image_tables.sampler_parameters()
    for seed in range(config.seeds):
        few = config.quick or seed >= 3
        yield experiments.Bundle(
            train_image_filters,
            {
                "data": name,
                "shots": config.image_shots,
                "seed": seed,
                "settings": dataclasses.replace(settings, single_vae=labels.vae),
                "sampler": [
                    (member, parameters[member]) for member in ("extrapolate", "noise")
                ],
            },
            tuple({"filter": way} for way in filters("noise")[: 1 if few else None]),
            where={"data_dir": config.data_dir, "cache": config.vaes},
        )


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

    names = ["data", "shots", "draws", *VARIED]
    lines = []
    for key, judged in results.groupby(names, sort=False):
        # Where all draws were accepted, or none, there is nothing to compare.
        pairs = judged.dropna(subset=["right_accepted", "right_rejected"])
        difference = pairs["right_accepted"] - pairs["right_rejected"]
        interval = mean_interval(difference) if len(pairs) else (float("nan"),) * 3
        means = judged[["accepted", "right", "right_accepted", "right_rejected"]]
        lines.append(
            {
                **dict(zip(names, key, strict=True)),
                **means.mean(),
                **dict(zip(("difference", "low", "high"), interval, strict=True)),
                "seeds": len(pairs),
                "judge_accuracy": judged["judge_accuracy"].mean(),
            }
        )
    table = pd.DataFrame(lines)
    common.write_table(config.out / "summary.csv", table, results)
    print("\nRightly labelled among accepted draws, minus among rejected ones\n")
    print(table.to_string(index=False, float_format="{:.3f}".format))
    print(f"\nWritten to {config.out}.")


if __name__ == "__main__":
    common.run(main, Config, QUICK, description=__doc__)
