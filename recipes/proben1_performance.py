"""PROBEN1 with all training rows: does a Multi-VAE help, at three betas?

    python -m recipes.proben1_performance          # 20 min on 2 cores
    python -m recipes.proben1_performance --quick  # card and glass, 3 seeds; 20 s

For each of 6 data sets, 3 permutations and 20 seeds: one VAE for each class, trained
on the training rows at beta 1 normalised (beta d / N), 0.5 and 1, generates as many
rows as there are real ones (where the deck balances, every class is topped up to the
largest first; where it mixes, a fifth of a class's training rows are from other
classes). "filtered" rows have passed a generative classifier whose bad examples are
rows with noise. An MLP of at most 3,000 steps, stopped early on the validation rows,
a logistic regression and, of the real rows, a random forest (classifiers.csv) are
scored on the test rows; the MLP's error on real rows stands beside Prechelt's of 1994.
The seeds measure the noise of training; the bootstrap bounds in summary.csv that of the
test rows too (of the difference in accuracy).

The store, rows of finished bundles, grows in --out; the same command goes on after an
interruption.
"""

import dataclasses
from dataclasses import dataclass
from pathlib import Path

from recipes import common
from recipes.deck import (
    beside_deck,
    by_permutation,
    classifiers_on_real_rows,
    with_bounds,
)

REFERENCE = Path(__file__).parent / "reference"
DECK_NAMES = {"geneN": "gene"}
STEPS = 3000  # longer training changes no validation loss; thyroid needs the most


@dataclass(frozen=True)
class Config(common.Proben1Config):
    problems: tuple[str, ...] = common.PROBEN1
    """Which of the six data sets."""
    permutations: tuple[int, ...] = (1, 2, 3)
    """Which of PROBEN1's permutations."""
    seeds: int = 20
    """How many seeds."""
    out: Path = Path("recipes/results/proben1_performance")
    """Where the store and the tables are."""
    quick: bool = False
    """card and glass, 3 seeds, a tenth of the steps: a check that everything runs."""


QUICK = {
    "problems": ("card", "glass"),
    "permutations": (1,),
    "seeds": 3,
    "out": Path("out/proben1_performance"),
}


def main(config):
    common.make_table(config, bundles(config), write)


def write(config, results):
    """Writes and prints the tables."""
    from recipes.cells.tables import FOREST

    real = classifiers_on_real_rows(by_permutation(results), ["data", "permutation"])
    common.write_table(config.out / "classifiers.csv", real, results)
    results = results[results["classifier"] != FOREST]
    summary = summarize(results, read_deck().query("data in @config.problems"))
    common.write_table(config.out / "summary.csv", summary, results)
    show(summary)
    errors_1994 = beside_prechelt(results)
    common.write_table(config.out / "prechelt.csv", errors_1994, results)
    print("\nTest error of an MLP on real rows, in %, beside Prechelt 1994\n")
    print(errors_1994.to_string(index=False, float_format="{:.2f}".format))


def bundles(config):
    """Yields a bundle for each data set and permutation; filtered methods the last.

    Generative classifiers of all rows take longest, and are a bundle of their own, as
    are forests on the real rows.
    """
    from kvae import experiments
    from kvae.augmentation.methods import MULTI_VAE
    from recipes.cells import tables as cells

    deck = read_deck().query("data in @config.problems")
    betas = [
        {"method": MULTI_VAE, "beta": beta} for beta in dict.fromkeys(deck["beta"])
    ]
    filtered = [{**beta, "filtered": True} for beta in betas]
    for parts in (None, filtered):
        for problem in config.problems:
            line = deck[deck["data"] == problem].iloc[0]
            for permutation in config.permutations:
                name = f"proben1/{problem}{permutation}"
                source = cells.load_table(name, **config.where)
                settings = experiments.default_settings(source)
                settings = settings.quick() if config.quick else settings
                steps = STEPS // 10 if config.quick else STEPS
                bundle = experiments.Bundle(
                    cells.train_table_cells,
                    {
                        "data": name,
                        "shots": None,
                        "seeds": list(range(config.seeds)),
                        "settings": dataclasses.replace(settings, steps=steps),
                        "mix_in": 0.2 if line["mix"] == "yes" else 0.0,
                        "balance": line["balance"] == "yes",
                    },
                    parts or (*cells.rivals_of(source, None), *betas),
                    where=config.where,
                )
                if parts is None:
                    yield cells.forests_beside(bundle)
                yield bundle


def read_deck():
    """Returns the deck's table: data, balance, mix, beta, baseline, vae, vae_gc."""
    import pandas as pd

    deck = pd.read_csv(REFERENCE / "proben1_weighted_f1.csv")
    beta = deck["beta"].where(~deck["beta"].str.startswith("norm"), "norm")
    return deck.assign(data=deck["dataset"].replace(DECK_NAMES), beta=beta)


def summarize(results, deck):
    """Returns a line for each data set, permutation, classifier and method.

    Permutation "mean" is the mean over the permutations for each seed.
    """
    import pandas as pd

    from kvae.augmentation.methods import BASELINE
    from kvae.evaluation import tables
    from recipes.cells.tables import beta_name

    results = by_permutation(results)
    by = ["data", "permutation", "classifier"]
    summary = with_bounds(tables.summarize(results, by), results, by)
    long = []
    for data, lines in deck.groupby("data", sort=False):
        values = {BASELINE: lines["baseline"].iloc[0]}
        for _, row in lines.iterrows():
            method = beta_name(row["beta"])
            values |= {method: row["vae"], f"{method}, filtered": row["vae_gc"]}
        long.append(pd.DataFrame({"data": data, "deck": values}))
    long = pd.concat(long).rename_axis("method").reset_index()
    return beside_deck(summary, long, ["data"])


def beside_prechelt(results):
    """Returns the baseline's test error in %, and those of 1994: is ours sane?

    "sane" is up to two standard deviations above Prechelt's mean, or better.
    """
    import pandas as pd

    from kvae.augmentation.methods import BASELINE

    mlps = results[(results["classifier"] == "MLP") & (results["method"] == BASELINE)]
    error = 100 * (1 - mlps.groupby("data")["accuracy"].mean())
    table = pd.read_csv(REFERENCE / "proben1_test_error_prechelt1994.csv")
    names = "proben1/" + table["dataset"] + table["permutation"].astype(str)
    table = table.assign(ours=names.map(error)).dropna(subset="ours")
    limit = table["mlp_mean"] + 2 * table["mlp_sd"]
    table = table.assign(sane=table["ours"] <= limit)
    return table[["dataset", "permutation", "ours", "mlp_mean", "mlp_sd", "sane"]]


def show(summary):
    """Prints a table for each data set and classifier."""
    from kvae.evaluation import tables

    order = ["data", "classifier", "permutation"]
    for (data, classifier, permutation), lines in summary.groupby(order, sort=False):
        print(f"\n{data}, permutation {permutation}, {classifier}: weighted F1\n")
        print(tables.readable(lines.set_index("method")).to_string())


if __name__ == "__main__":
    common.run(main, Config, QUICK, description=__doc__)
