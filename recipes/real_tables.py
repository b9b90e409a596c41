"""PROBEN1, few labelled rows: does `VAEOverSampler` beat the plain Gaussian VAE?

    python -m recipes.real_tables                       # 25 min on 2 cores
    python -m recipes.real_tables --quick               # card, 2 seeds; 1 min
    python -m recipes.real_tables --development --first-seed 1000 --seeds 10

Rows: 20 and 50 labelled rows per class of thyroid, glass, diabetes, card and horse,
permutation 1, as far as the smallest class goes; 20 seeds. Plain: a Multi-VAE of
standardised inputs, d 2, beta 1, 6,000 steps, as in tabular_few_shot, of labelled rows.
`VAEOverSampler` with its defaults, and with a VAE for each class, gets the table as a
user has it, all training rows, most of them without a label. MLP, 1,000 steps, trained
on real and generated rows, and on generated rows alone (SMOTE's beside them).

Found: pooled over 7 cells -0.010 [-0.016, -0.004] for the defaults, +0.000 [-0.006,
+0.006] with a VAE for each class: no gain over the plain VAE, and the defaults lose.

Measured before tables learned spikes and grids (CHANGELOG), and with rows without
holes; not measured since.

Nothing was chosen by these rows: the defaults are those of the class. Before, mixed
VAEs of the labelled rows alone stood here, trained by code that only the experiment
had: -0.004 [-0.008, +0.001] and -0.002 [-0.007, +0.003]; the store keeps their cells.
"""

import itertools
from dataclasses import dataclass
from pathlib import Path

from recipes import common, tabular_few_shot


@dataclass(frozen=True)
class Config(common.Proben1Config):
    problems: tuple[str, ...] = ("thyroid", "glass", "diabetes", "card", "horse")
    """Which of the data sets."""
    rows: tuple[int, ...] = (20, 50)
    """Labelled rows per class."""
    seeds: int = 20
    """How many seeds."""
    first_seed: int = 0
    """The first of them."""
    development: bool = False
    """Score on the validation part, to choose a method by."""
    out: Path = Path("recipes/results/real_tables")
    """Where the store and the tables are."""
    quick: bool = False
    """card, 2 seeds, a tenth of the VAEs' steps: a check that everything runs."""


QUICK = {
    "problems": ("card",),
    "rows": (5,),
    "seeds": 2,
    "out": Path("out/real_tables"),
}


def main(config):
    common.make_table(config, bundles(config), write)


def write(config, results):
    """Writes and prints the tables."""
    differences, pooled, alone = summarize(results)
    common.write_table(config.out / "summary.csv", differences, results)
    common.write_table(config.out / "pooled.csv", pooled, results)
    common.write_table(config.out / "generated_only.csv", alone, results)
    show(differences, pooled, alone, missing=missing_cells(config))
    print(f"\nWritten to {config.out}.")


def bundles(config):
    """Yields a bundle for each data set and row that there is."""
    from kvae import experiments
    from recipes.cells.mixed_tables import MIXED_METHODS, train_mixed_cells

    first = config.first_seed
    for problem, shots in itertools.product(config.problems, config.rows):
        arguments, _ = tabular_few_shot.few_shot_arguments(
            config, problem, permutation=1, shots=shots
        )
        if arguments is None:
            continue
        yield experiments.Bundle(
            train_mixed_cells,
            {
                **arguments,
                "seeds": list(range(first, first + config.seeds)),
                "development": config.development,
                "steps": 200 if config.quick else None,
            },
            tuple({"method": method} for method in MIXED_METHODS),
            where=config.where,
        )


def missing_cells(config):
    """Returns a sentence for each cell that there is not."""
    cells = itertools.product(config.problems, config.rows)
    reasons = [
        (
            *cell,
            tabular_few_shot.few_shot_arguments(
                config, cell[0], permutation=1, shots=cell[1]
            )[1],
        )
        for cell in cells
    ]
    return [
        f"{problem}, {shots} per class: {why}"
        for problem, shots, why in reasons
        if why is not None
    ]


def summarize(results):
    """Returns three tables: differences in each cell, pooled, generated rows alone."""
    import pandas as pd

    from kvae import evaluation
    from kvae.evaluation import tables
    from recipes.cells.mixed_tables import PLAIN

    both = results[results["trained_on"] == "both"].copy()
    order = [PLAIN, *(m for m in both["method"].unique() if m != PLAIN)]
    both["method"] = pd.Categorical(both["method"], order)
    both = both.sort_values("method", kind="stable").astype({"method": str})
    differences = tables.summarize(both, ["data", "shots"])
    wide = both.pivot(
        index=["data", "shots", "seed"], columns="method", values="weighted_f1"
    )
    # Cells of one seed share nothing but the seed's name: the mean over cells of each
    # seed is what varies over seeds.
    pooled = evaluation.compare(wide.groupby("seed").mean()[order], PLAIN)
    alone = results[results["trained_on"] == "generated"]
    alone = alone.pivot_table(
        index=["data", "shots"], columns="method", values="weighted_f1"
    )
    methods = list(alone.columns)
    alone = alone.reset_index()
    alone.loc[len(alone)] = {"data": "mean", **alone[methods].mean()}
    for method in methods:
        alone[f"{method} / SMOTE's"] = alone[method] / alone["SMOTE"]
    return differences, pooled.reset_index(names="method"), alone


def show(differences, pooled, alone, missing):
    """Prints the tables."""
    from kvae.evaluation import tables

    for (data, shots), lines in differences.groupby(["data", "shots"], sort=False):
        print(f"\n{data}, {shots} per class, MLP: weighted F1\n")
        print(tables.readable(lines.set_index("method")).to_string())
    for line in missing:
        print(f"\n{line}")
    print("\nPooled over these cells: paired difference to the plain VAE\n")
    print(tables.readable(pooled.set_index("method")).to_string())
    print("\nTrained on generated rows alone: weighted F1, and its share of SMOTE's\n")
    print(alone.round(3).to_string(index=False))


if __name__ == "__main__":
    common.run(main, Config, QUICK, description=__doc__)
