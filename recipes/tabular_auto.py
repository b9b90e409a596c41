"""PROBEN1, few labelled rows: is `method="auto"` harmless, and does it gain?

    python -m recipes.tabular_auto                             # 1 h on 2 cores
    python -m recipes.tabular_auto --problems card --rows 20   # one row of it
    python -m recipes.tabular_auto --quick                     # glass; 1 min

Rows: 5 to 50 labelled rows per class of six data sets, three permutations, 20 seeds;
the other training rows are there without labels. What auto chooses
(`kvae.verdicts.select`) is scored on the test rows beside the real rows alone and
SMOTE. The classifier is whichever of logistic regression, random forest and gradient
boosting cross-validates best on the labelled rows.

Harmless: no cell's mean difference below -0.02, and the lower bound of the pooled one
at least -0.005. Helpful: that bound above 0.
"""

import itertools
from dataclasses import dataclass
from pathlib import Path

from recipes import common, figures, tabular_few_shot
from recipes.deck import by_permutation

NAME = "tabular_auto"


@dataclass(frozen=True)
class Config(common.Proben1Config):
    problems: tuple[str, ...] = common.PROBEN1
    """Which of the six data sets."""
    rows: tuple[int, ...] = (5, 10, 20, 50)
    """Labelled rows per class."""
    permutations: tuple[int, ...] = (1, 2, 3)
    """Which of PROBEN1's permutations."""
    seeds: int = 20
    """How many seeds."""
    first_seed: int = 0
    """The first seed; the others follow (1000 while choosing settings)."""
    development: bool = False
    """Rows that are not the test part's stand in for it."""
    out: Path = Path("recipes/results") / NAME
    """Where the store and the tables are."""
    quick: bool = False
    """glass, 2 seeds, a tenth of the steps: a check that everything runs."""


QUICK = {
    "problems": ("glass",),
    "rows": (5,),
    "permutations": (1,),
    "seeds": 2,
    "out": Path("out") / NAME,
}


def main(config):
    common.make_table(config, bundles(config), write)


def bundles(config):
    """Yields a bundle for each data set, permutation and row that there is."""
    from kvae import experiments
    from kvae.augmentation.methods import BASELINE, SMOTE
    from kvae.training import Budget
    from recipes.cells.auto import AUTO, train_auto_cells

    budget = Budget(steps=50, vae_steps=100) if config.quick else Budget()
    seeds = list(range(config.first_seed, config.first_seed + config.seeds))
    for problem, permutation, shots in itertools.product(
        config.problems, config.permutations, config.rows
    ):
        arguments, _ = tabular_few_shot.few_shot_arguments(
            config, problem, permutation=permutation, shots=shots
        )
        if arguments is None:
            continue
        del arguments["settings"]  # of networks
        arguments |= {
            "seeds": seeds,
            "budget": budget,
            "development": config.development,
        }
        yield experiments.Bundle(
            train_auto_cells,
            arguments,
            tuple({"method": method} for method in (BASELINE, SMOTE, AUTO)),
            where=config.where,
        )


def write(config, results):
    """Writes and prints a line for each cell, and the pooled difference."""
    from kvae.evaluation import tables
    from recipes.cells.auto import AUTO

    stored, results = results, by_permutation(results.rename(columns={"shots": "row"}))
    mean = results["permutation"] == "mean"
    results = results[mean] if mean.any() else results
    results = results.sort_values(["data", "row", "seed"], kind="stable")
    summary = tables.summarize(results, ["data", "row"])
    common.write_table(config.out / "summary.csv", summary, stored)
    figures.draw_curves(
        config.out / "f1", summary, "labelled rows per class", by="data"
    )
    pooled = pool(results)
    common.write_table(config.out / "pooled.csv", pooled, stored)
    of_auto = summary[summary["method"] == AUTO]
    index = of_auto["data"] + " " + of_auto["row"].astype(str)
    print("\nauto minus real rows only: weighted F1\n")
    print(tables.readable(of_auto.set_index(index)).to_string())
    print("\nPooled over cells, seed by seed\n")
    print(tables.readable(pooled.set_index("method")).to_string())
    said = stored[stored["method"] == AUTO]
    print("\nHow often each was chosen\n")
    print(said.groupby("data")["chosen"].value_counts().to_string())
    harmless = of_auto["difference"].min() >= -0.02
    auto = pooled.set_index("method").loc[AUTO]
    harmless &= auto["difference_low"] >= -0.005
    print(f"\nHarmless by the protocol's margins: {'yes' if harmless else 'no'}.")


def pool(results):
    """Returns the comparison of the seeds' means over all cells that a seed has."""
    from kvae.evaluation import tables

    cells = results.groupby(["data", "row"], sort=False)
    whole = cells["seed"].transform("nunique") == results["seed"].nunique()
    mean = results[whole].groupby(["method", "seed"], sort=False)["weighted_f1"].mean()
    return tables.summarize(mean.reset_index().assign(cells="all"), ["cells"])


if __name__ == "__main__":
    common.run(main, Config, QUICK, description=__doc__)
