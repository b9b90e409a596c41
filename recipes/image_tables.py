"""What the three MNIST tables share: flags, Single-VAEs, bundles, the table."""

import dataclasses
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from recipes import common, figures
from recipes.deck import beside_deck

HERE = Path(__file__).parent
SAMPLERS = HERE / "settings" / "mnist_samplers.json"
ROWS = (2, 3, 4, 5, 10, 20, 30, 50, 100, 200, 500, 1000, 2000)
DECK_NAMES = {
    "baseline": "real rows only",
    "interpolation": "interpolate",
    "extrapolation": "extrapolate",
    "interpolation+noise": "interpolate+noise",
    "extrapolation+noise": "extrapolate+noise",
    "multi_vae": "Multi-VAE: normal",
}
SINGLE = "mean of the Single-VAE samplers"
CURVES = (  # of all methods, those that a figure can bear
    "real rows only",
    "shifts and rotations",
    "noise",
    "extrapolate",
    "extrapolate+noise",
    "Multi-VAE: normal",
)


@dataclass(frozen=True)
class ImageConfig(common.StoreConfig):
    """Flags of every table of images."""

    data: Literal["mnist", "digits"] = "mnist"
    """Data set; mnist is read from a prepared tfds folder."""
    data_dir: str | None = None
    """tfds folder; by default TFDS_DATA_DIR."""
    vaes: Path = Path("out/vaes")
    """Where trained Single-VAEs are kept; the tables share them."""

    @property
    def where(self):
        """Dict: where the data and trained VAEs are."""
        return {"data_dir": self.data_dir, "cache": self.vaes}


@dataclass(frozen=True)
class Config(ImageConfig):
    rows: tuple[int, ...] = ROWS
    """Which rows of the table."""
    seeds: int = 10
    """How many seeds; p values need 10."""
    seeds_above_100: int = 5
    """How many of them in rows of more than 100 labelled images per class."""
    first_seed: int = 0
    """The first seed; the others follow."""
    out: Path = Path("out")
    """Where the store and the tables are."""
    quick: bool = False
    """digits, two rows, two seeds, a tenth of the VAEs' steps: a check that everything
    runs."""


def quick(name):
    """Returns the defaults of `--quick`."""
    out = Path("out") / name
    return {"data": "digits", "rows": (2, 10), "seeds": 2, "out": out}


def sampler_parameters():
    """Returns {sampler: arguments}, chosen on development rows and frozen."""
    return json.loads(SAMPLERS.read_text())["samplers"]


def table_settings(source, amount=None, quick=False):
    """Returns the protocol's settings, with convnets that compute in bfloat16.

    On processors that have it a step takes two thirds of the time
    (`tools.benchmark_convnets`), and scores hardly change: five development seeds at 5
    and 50 per class gave weighted F1 0.740 and 0.937 where float32 gave 0.743 and
    0.938.
    """
    from kvae import experiments

    settings = experiments.default_settings(source, amount)
    settings = dataclasses.replace(settings, convnet_dtype="mixed_bfloat16")
    return settings.quick() if quick else settings


def cells_of(methods, parameters, amounts=(None,)):
    """Returns the cells of a bundle: methods with the parameters of their samplers.

    Args:
        methods: tuple of str.
        parameters: dict {sampler: its arguments}.
        amounts: tuple of int, generated rows per class; None for the default.
    """
    cells = []
    for amount in amounts:
        for method in methods:
            members = method.split("+")
            known = {name: parameters[name] for name in members if name in parameters}
            cell = {"method": method}
            cell |= {"parameters": known} if known else {}
            cells.append(cell if amount is None else {**cell, "amount": amount})
    return tuple(cells)


def run_bundles(bundles, path, config):
    """Trains the Single-VAEs that missing cells need, one a seed, and then the cells.

    Args:
        bundles: list of Bundle, with the arguments data, seed and settings; those
            without a seed need no VAE.
        path: of the store.
        config: ImageConfig.

    Returns:
        (DataFrame of results, errors), as from `common.run_bundles`.
    """
    from kvae import experiments
    from kvae.experiments.vae_cache import train_single_vae

    if config.stored:
        return common.run_bundles(bundles, path, config)
    vaes = {}
    for bundle, _ in experiments.missing_cells(bundles, experiments.Store(path)):
        arguments = bundle.arguments
        if "seed" not in arguments:
            continue
        labels = arguments.get("labels")
        what = {
            "data": arguments["data"],
            "development": arguments.get("development", 0),
            "seed": arguments["seed"],
            "settings": labels.vae if labels else arguments["settings"].single_vae,
        }
        vaes[tuple(what.values())] = experiments.Bundle(
            train_single_vae, what, where=bundle.where
        )
    if vaes:
        store = config.vaes / "store.jsonl"
        _, errors = common.run_bundles(
            [*vaes.values()], store, config, unit="Single-VAE"
        )
        common.end(errors)
    return common.run_bundles(bundles, path, config)


def bundles_of(config, methods, rows, generated_only=False, variants=()):
    """Yields the bundles of a table, the longest first.

    The last bundles then end at about the same time.

    Args:
        config: Config.
        methods: tuple of str.
        rows: dict {row of the table: (shots, generated per class or None)}.
        generated_only: bool, as in `recipes.cells.images.train_image_cells`.
        variants: cells of methods with other parameters, without an amount.
    """
    import kvae
    from kvae import experiments
    from recipes.cells.images import train_image_cells

    source = kvae.load(config.data, config.data_dir)
    seeds = range(config.first_seed, config.first_seed + config.seeds)
    # Rows that differ in the amount alone share their VAEs and their baseline.
    groups = {}
    for shots, amount in rows.values():
        settings = table_settings(source, amount or shots, config.quick)
        groups.setdefault((shots, settings), []).append(amount)
    for (shots, settings), amounts in sorted(
        groups.items(), key=lambda group: -group[0][1].steps
    ):
        for seed in seeds if shots <= 100 else seeds[: config.seeds_above_100]:
            yield experiments.Bundle(
                train_image_cells,
                {
                    "data": config.data,
                    "shots": shots,
                    "seed": seed,
                    "settings": settings,
                    "generated_only": generated_only,
                },
                (*cells_of(methods, sampler_parameters(), amounts), *variants),
                where=config.where,
            )


def write(config, name, results, rows, row_name):
    """Writes and prints the summary beside the deck's, and Single - Multi.

    Args:
        config: Config.
        name: str, of the deck's table.
        results: DataFrame of results.
        rows: dict {row of the table: (shots, generated per class or None)}.
        row_name: str, what a row counts.

    Returns:
        The summary: a line for each row and method.
    """
    import pandas as pd

    from kvae.evaluation import tables

    names = pd.DataFrame(
        [
            (row, shots, shots if amount is None else amount)
            for row, (shots, amount) in rows.items()
        ],
        columns=["row", "shots", "amount"],
    )
    results = results.merge(names).sort_values(["row", "seed"], kind="stable")
    summary = tables.summarize(results, ["row"])
    differences = single_minus_multi(results)
    if config.data == "mnist":
        deck = read_deck(name)
        summary = beside_deck(summary, deck, ["row"])
        differences = differences.merge(_deck_minus_multi(deck), how="left")
    for table, file in ((summary, "summary"), (differences, "single_minus_multi")):
        table = table.rename(columns={"row": row_name})
        common.write_table(config.out / f"{file}.csv", table, results)
    figures.draw_curves(
        config.out / "f1", summary, row_name.replace("_", " "), methods=CURVES
    )
    for row, lines in summary.groupby("row", sort=False):
        print(f"\n{config.data}, {row_name.replace('_', ' ')} {row}: weighted F1\n")
        print(tables.readable(lines.set_index("method")).to_string())
    print(f"\n{SINGLE} minus Multi-VAE, paired\n")
    mean = differences[differences["method"] == SINGLE]
    print(tables.readable(mean.set_index("row")).to_string())
    print(f"\nWritten to {config.out}.")
    return summary


def read_deck(name):
    """Returns a table of the deck as columns row, method, deck."""
    import pandas as pd

    deck = pd.read_csv(HERE / "reference" / f"{name}_weighted_f1.csv")
    deck = deck.rename(columns=DECK_NAMES | {deck.columns[0]: "row"})
    return deck.melt("row", var_name="method", value_name="deck")


def single_minus_multi(results):
    """Returns the paired difference of each Single-VAE sampler to the Multi-VAE."""
    import pandas as pd

    from kvae.augmentation.methods import MULTI_VAE
    from kvae.evaluation import tables

    singles = _single_methods(results["method"].unique())
    single = results[results["method"].isin(singles)]
    mean = single.groupby(["row", "seed"], sort=False)["weighted_f1"].mean()
    multi = results[results["method"] == MULTI_VAE]
    parts = [multi, single, mean.reset_index().assign(method=SINGLE)]
    table = tables.summarize(
        pd.concat(parts).sort_values("row", kind="stable"), ["row"]
    )
    return table[table["method"] != MULTI_VAE]


def _deck_minus_multi(deck):
    wide = deck.pivot(index="row", columns="method", values="deck")
    single = wide[_single_methods(wide.columns)]
    single = single.assign(**{SINGLE: single.mean(axis=1)})
    return (
        single.sub(wide["Multi-VAE: normal"], axis=0)
        .melt(ignore_index=False, var_name="method", value_name="deck_difference")
        .reset_index()
    )


def _single_methods(methods):
    from kvae.augmentation.methods import SINGLE_VAE_METHODS

    return [name for name in methods if name in SINGLE_VAE_METHODS]
