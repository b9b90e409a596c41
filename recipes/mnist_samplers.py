"""Chooses alpha and k of the samplers on development rows of MNIST.

    python -m recipes.mnist_samplers          # 30 min on 2 cores
    python -m recipes.mnist_samplers --quick  # digits; a check that everything runs

Noise at 4 alphas, interpolate and extrapolate at 4 alphas x 3 k, each at 5 and 50
labelled rows per class and 2 seeds. The last 10,000 training images stand in for the
test images, and neither VAEs nor classifiers see them; seeds start at 1000. Of each
sampler the setting with the highest mean weighted F1 is written to
recipes/settings/mnist_samplers.json, which the three MNIST tables read (a chain takes
its members' settings).
"""

import itertools
import json
from dataclasses import dataclass
from pathlib import Path

from recipes import common, image_tables, reports

ALPHAS = (0.1, 0.25, 0.5, 1.0)
NEIGHBOURS = (1, 3, 5)


@dataclass(frozen=True)
class Config(image_tables.ImageConfig):
    shots: tuple[int, ...] = (5, 50)
    """Labelled rows per class."""
    seeds: int = 2
    """How many seeds."""
    first_seed: int = 1000
    """The first seed; the others follow."""
    out: Path = Path("recipes/results/mnist_samplers")
    """Where the store and the table are."""
    settings: Path = image_tables.SAMPLERS
    """Where the choice is written."""
    quick: bool = False
    """digits, one row, a tenth of the VAEs' steps, nothing chosen for MNIST."""


QUICK = {
    "shots": (5,),
    "data": "digits",
    "out": Path("out/mnist_samplers"),
    "settings": Path("out/mnist_samplers/samplers.json"),
}


def main(config):
    chosen = {
        key: cell.get("parameters", {}).get(cell["method"], {})
        for bundle in bundles(config)
        for key, cell in bundle.keys().items()
    }
    store = config.out / "store.jsonl"
    results, errors = image_tables.run_bundles(list(bundles(config)), store, config)
    common.end(errors)  # nothing is chosen from a part of the grid
    if len(results) < len(chosen):
        raise ValueError(
            f"The choice expects all {len(chosen)} cells of the grid. Received: "
            f"{len(results)} in {store}. Leave --stored out to train the others."
        )
    table = summarize(results, chosen)
    common.write_table(config.out / "summary.csv", table, results)
    print(table.to_string(index=False, na_rep="", float_format="{:.4f}".format))
    write(config.settings, table)
    print(f"\nChosen: {config.settings}")
    print(f"Report: {reports.of_results(config.out, __doc__)}")


def bundles(config):
    """Yields a bundle for each seed, row and setting."""
    import kvae
    from kvae import experiments
    from recipes.cells.images import train_image_cells

    source = kvae.load(config.data, config.data_dir)
    settings = image_tables.table_settings(source, quick=config.quick)
    seeds = range(config.first_seed, config.first_seed + config.seeds)
    for seed, shots, (method, setting) in itertools.product(
        seeds, config.shots, grid()
    ):
        yield experiments.Bundle(
            train_image_cells,
            {
                "data": config.data,
                "development": 10_000 if config.data == "mnist" else 300,
                "shots": shots,
                "seed": seed,
                "settings": settings,
            },
            image_tables.cells_of((method,), {method: setting} if setting else {}),
            where=config.where,
        )


def grid():
    """Returns [(method, parameters)], the baseline first."""
    every = [("real rows only", {})]
    every += [("noise", {"alpha": alpha}) for alpha in ALPHAS]
    for method in ("interpolate", "extrapolate"):
        every += [
            (method, {"alpha": alpha, "k": k})
            for alpha, k in itertools.product(ALPHAS, NEIGHBOURS)
        ]
    return every


def summarize(results, chosen):
    """Returns a line for each setting: its mean, and paired difference to none.

    A seed at some number of shots is one pair.
    """
    import pandas as pd

    from kvae.evaluation import tables

    parameters = pd.DataFrame.from_dict(chosen, orient="index")
    results = results.join(parameters, on="cell")
    names = ["method", "alpha", "k"]
    setting = [str(tuple(values)) for values in results[names].to_numpy()]
    seed = [f"{row.seed}, {row.shots}" for row in results.itertuples()]
    named = results[names].assign(setting=setting).drop_duplicates()
    results = results.assign(method=setting, seed=seed, table="all")
    table = tables.summarize(results, ["table"]).rename(columns={"method": "setting"})
    columns = ["mean", "difference", "difference_low", "difference_high", "runs"]
    return named.merge(table)[[*names, *columns]]


def write(path, table):
    """Writes the best setting of each sampler."""
    chosen = {}
    best = table.dropna(subset="alpha").groupby("method", sort=False)["mean"].idxmax()
    for position in best:
        row = table.loc[position]
        chosen[row["method"]] = {"alpha": float(row["alpha"])}
        if row["k"] == row["k"]:
            chosen[row["method"]]["k"] = int(row["k"])
    record = {"command": "python -m recipes.mnist_samplers", "samplers": chosen}
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(record, indent=2) + "\n")


if __name__ == "__main__":
    common.run(main, Config, QUICK, description=__doc__)
