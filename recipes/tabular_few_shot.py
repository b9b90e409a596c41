"""PROBEN1, few labelled rows: does adding as many generated ones help?

    python -m recipes.tabular_few_shot                          # 1 h on 2 cores
    python -m recipes.tabular_few_shot --problems thyroid --rows 5  # one row of it
    python -m recipes.tabular_few_shot --quick                  # glass; 30 s

Rows: 5 to 100 labelled rows per class, of thyroid as in the deck, then of the other
five data sets. For each of 3 permutations and 20 seeds a Multi-VAE (d 2, beta 1,
labelled rows only), and beside it, by the posterior sampler, a Single-VAE of all
training rows without labels; an MLP of 1,000 steps and a logistic regression, and a
random forest on the real rows (classifiers.csv). On thyroid also draws that a
generative classifier has let pass, the deck's "VAE + GC". The seeds measure the noise
of draws and training; the bootstrap bounds in summary.csv that of the test rows too (of
the difference in accuracy; those of the mean over permutations are the mean of theirs).
Thyroid at 100 draws from training and validation rows. A cell whose smallest class is
too small says n/a. Writes the deck's figure, the improvement in F1, too.

The store, rows of finished bundles, grows in --out; the same command goes on after an
interruption.
"""

import dataclasses
import itertools
from dataclasses import dataclass
from pathlib import Path

from recipes import common, figures
from recipes.deck import (
    beside_deck,
    by_permutation,
    classifiers_on_real_rows,
    with_bounds,
)

REFERENCE = Path(__file__).parent / "reference" / "thyroid_few_shot_weighted_f1.csv"
BY = ["data", "permutation", "row", "classifier"]


@dataclass(frozen=True)
class Config(common.Proben1Config):
    problems: tuple[str, ...] = (
        "thyroid",
        *(n for n in common.PROBEN1 if n != "thyroid"),
    )
    """Which of the six data sets."""
    rows: tuple[int, ...] = (5, 10, 20, 30, 50, 100)
    """Labelled rows per class."""
    permutations: tuple[int, ...] = (1, 2, 3)
    """Which of PROBEN1's permutations."""
    seeds: int = 20
    """How many seeds."""
    out: Path = Path("recipes/results/tabular_few_shot")
    """Where the store, the tables and the figure are."""
    quick: bool = False
    """glass and card, 3 seeds, a tenth of the VAEs' steps: a check that everything
    runs."""


QUICK = {
    "problems": ("glass", "card"),
    "rows": (5, 10),
    "permutations": (1,),
    "seeds": 3,
    "out": Path("out/tabular_few_shot"),
}


def main(config):
    common.make_table(config, bundles(config), write)


def write(config, results):
    """Writes and prints the tables."""
    from recipes.cells.tables import FOREST

    real = by_permutation(results.rename(columns={"shots": "row"}))
    real = classifiers_on_real_rows(real, ["data", "permutation", "row"])
    common.write_table(config.out / "classifiers.csv", real, results)
    results = results[results["classifier"] != FOREST]
    summary = summarize(results, missing_cells(config))
    common.write_table(config.out / "summary.csv", summary, results)
    differences = single_minus_multi(results)
    common.write_table(config.out / "single_minus_multi.csv", differences, results)
    show(summary, differences)
    _draw(config.out / "figure", summary)
    print(f"\nWritten to {config.out}.")


def bundles(config):
    """Yields a bundle for each data set, permutation and row that there is.

    Forests on the real rows, and thyroid's draws filtered as in the deck, come last.
    """
    from kvae import experiments
    from kvae.augmentation.methods import MULTI_VAE
    from recipes.cells import tables as cells

    late = []
    for problem, permutation, shots in _cells(config):
        arguments, _ = few_shot_arguments(
            config, problem, permutation=permutation, shots=shots
        )
        if arguments is None:
            continue
        source = cells.load_table(arguments["data"], **config.where)
        multi = {"method": MULTI_VAE, "beta": 1.0}
        bundle = experiments.Bundle(
            cells.train_table_cells,
            {
                **arguments,
                "seeds": list(range(config.seeds)),
                "with_validation": problem == "thyroid" and shots == 100,
            },
            (*cells.rivals_of(source, shots), {"method": "posterior"}, multi),
            where=config.where,
        )
        yield bundle
        late.append(cells.forests_beside(bundle))
        if problem == "thyroid":
            filtered = ({**multi, "filtered": True},)
            late.append(dataclasses.replace(bundle, cells=filtered))
    # The quickest first: an interruption then costs the least.
    yield from sorted(late, key=lambda bundle: bundle.function != cells.train_forests)


def missing_cells(config):
    """Returns [(problem, permutation, shots, why there is no such cell)]."""
    reasons = [(*cell, few_shot_arguments(config, *cell)[1]) for cell in _cells(config)]
    return [(*cell, why) for *cell, why in reasons if why is not None]


def _cells(config):
    return itertools.product(config.problems, config.permutations, config.rows)


def few_shot_arguments(config, problem, permutation, shots):
    """Returns (data, shots and settings of a cell, None), or (None, why not)."""
    from kvae import experiments
    from recipes.cells.tables import load_table, smallest_class

    name = f"proben1/{problem}{permutation}"
    pooled = problem == "thyroid" and shots == 100
    source = load_table(name, **config.where, with_validation=pooled)
    smallest, size = smallest_class(source)
    if size < shots:
        return None, f"n/a (class {smallest}: {size} rows)"
    settings = experiments.default_settings(source)
    settings = settings.quick() if config.quick else settings
    return {"data": name, "shots": shots, "settings": settings}, None


def summarize(results, missing):
    """Returns a line for each data set, permutation, row, classifier and method.

    Permutation "mean" is the mean over the permutations for each seed.
    """
    import pandas as pd

    from kvae.evaluation import tables

    results = by_permutation(results.rename(columns={"shots": "row"}))
    summary = with_bounds(tables.summarize(results, BY), results, BY)
    summary = beside_deck(summary, read_deck(), ["data", "row"])
    names = ["data", "permutation", "row", "method"]
    absent = pd.DataFrame(missing, columns=names).astype({"permutation": str})
    return pd.concat([summary, absent], ignore_index=True)


def read_deck():
    """Returns the deck's table as columns data, row, method, deck."""
    import pandas as pd

    from recipes.cells.tables import beta_name

    names = {
        "examples_per_class": "row",
        "baseline": "real rows only",
        "vae": beta_name(1.0),
        "vae_gc": f"{beta_name(1.0)}, filtered",
    }
    deck = pd.read_csv(REFERENCE).rename(columns=names)[list(names.values())]
    deck = deck.melt("row", var_name="method", value_name="deck")
    return deck.assign(data="thyroid")


def single_minus_multi(results):
    """Returns the paired difference of the Single-VAE to the Multi-VAE."""
    import pandas as pd

    from kvae.evaluation import tables
    from recipes.cells.tables import SINGLE_VAE, beta_name

    results = by_permutation(results.rename(columns={"shots": "row"}))
    names = [beta_name(1.0), SINGLE_VAE]
    two = pd.concat([results[results["method"] == name] for name in names])
    table = tables.summarize(two, BY)
    return table[table["method"] == names[1]]


def show(summary, differences):
    """Prints the mean over the permutations, a table for each row and classifier."""
    from kvae.evaluation import tables

    permutation = _shown(summary)
    shown = summary[summary["permutation"] == permutation]
    for (data, row, classifier), table in shown.groupby(
        ["data", "row", "classifier"], sort=False
    ):
        print(f"\n{data}, {row} per class, {classifier}: weighted F1\n")
        print(tables.readable(table.set_index("method")).to_string())
    absent = summary[summary["classifier"].isna()]
    for data, lines in absent.groupby("data", sort=False):
        print(f"\n{data}:")
        for line in lines.itertuples():
            print(
                f"  permutation {line.permutation}, {line.row} per class: {line.method}"
            )
    print("\nSingle-VAE minus Multi-VAE, paired, MLP\n")
    shown = differences[differences["permutation"] == permutation]
    shown = shown[shown["classifier"] == "MLP"]
    index = shown["data"] + " " + shown["row"].astype(str)
    print(tables.readable(shown.set_index(index)).to_string())


def _shown(summary):
    """The permutation that is shown: their mean where there are several."""
    there = summary["permutation"].unique()
    return "mean" if "mean" in there else there[0]


def _draw(path, summary):
    """Saves the deck's figure: the improvement in F1 by the Multi-VAE."""
    from recipes.cells.tables import SINGLE_VAE, beta_name

    plt = figures.pyplot()
    from kvae import plots

    of_mlps = (summary["permutation"] == _shown(summary)) & (
        summary["classifier"] == "MLP"
    )
    methods = ["SMOTE", SINGLE_VAE, beta_name(1.0)]
    shown = summary[of_mlps & summary["method"].isin(methods)]
    problems = shown["data"].unique()
    columns = min(3, len(problems))
    lines = -(-len(problems) // columns)
    figure, axes = plt.subplots(
        lines,
        columns,
        figsize=(4.6 * columns, 3.4 * lines),
        sharex=True,
        sharey=True,
        squeeze=False,
        layout="constrained",
    )
    for ax in axes.flat[len(problems) :]:
        ax.set_axis_off()
    for ax, problem in zip(axes.flat, problems, strict=False):
        table = shown[shown["data"] == problem]
        plots.plot_scores(
            table,
            ax,
            "labelled rows per class",
            value="difference",
            bounds=("difference_low", "difference_high"),
        )
        deck = table.dropna(subset="deck_difference")
        if len(deck):
            ax.plot(
                deck["row"], deck["deck_difference"], "k--", label="deck: Multi-VAE"
            )
        ax.axhline(0, color="black", lw=0.8)
        ax.set_title(problem)
    for ax in axes[:, 0]:
        ax.set_ylabel("improvement in weighted F1")
    # The panels share their axis, and the last has not all rows.
    rows = sorted(shown["row"].unique())
    axes.flat[0].set_xticks(rows, [str(row) for row in rows])
    axes.flat[0].legend(frameon=False, fontsize=8)
    figures.save(figure, path, dpi=120)


if __name__ == "__main__":
    common.run(main, Config, QUICK, description=__doc__)
