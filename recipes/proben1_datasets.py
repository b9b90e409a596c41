"""The deck's table of data sets: ours beside the deck's.

    python -m recipes.proben1_datasets          # 5 s
    python -m recipes.proben1_datasets --quick  # two of the six

Attributes, the share of continuous ones (the deck counts ordinal ones), classes,
examples, and balancing: the normalised entropy H / log K of the class frequencies.
Deck and ours agree in every cell, to two decimals. Beside it, what the deck does not
show: the share of holes, and rows that are there twice.
"""

from dataclasses import dataclass
from pathlib import Path

from recipes import common, reports

REFERENCE = Path(__file__).parent / "reference" / "proben1_datasets.csv"
DECK_NAMES = {"gene": "geneN", "horse": "horse-colic"}
COLUMNS = ("attributes", "continuous", "classes", "examples", "balancing")


@dataclass(frozen=True)
class Config:
    problems: tuple[str, ...] = common.PROBEN1
    """Which of the six."""
    data_dir: str | None = None
    """tfds folder; by default TFDS_DATA_DIR."""
    manual_dir: str | None = None
    """A folder that holds the .dt files; by default KVAE_PROBEN1_DIR."""
    out: str = "out/proben1_datasets"
    """Where the table is written."""
    quick: bool = False
    """card and glass alone."""


QUICK = {"problems": ("card", "glass")}


def main(config):
    import pandas as pd

    import kvae

    where = {"data_dir": config.data_dir, "manual_dir": config.manual_dir}
    ours = pd.DataFrame(
        {
            problem: describe(kvae.load(f"proben1/{problem}1", **where))
            for problem in config.problems
        }
    ).T
    deck = pd.read_csv(REFERENCE, index_col="dataset")
    deck = deck.loc[[DECK_NAMES.get(name, name) for name in ours.index], list(COLUMNS)]
    deck.index = ours.index
    table = deck.join(ours, suffixes=("_deck", "_ours"))
    table = table.rename_axis("dataset")
    out = Path(config.out)
    out.mkdir(parents=True, exist_ok=True)
    table.to_csv(out / "table.csv")
    print(readable(table).to_string())
    differ = [name for name in COLUMNS if not _agree(table, name)]
    answer = f"Deck and ours differ in: {', '.join(differ) or 'nothing'}."
    print(f"\n{answer}\nWritten to {out / 'table.csv'}.")
    print(f"Report: {reports.of_results(out, __doc__, answer)}")


def describe(source):
    """Returns what the deck's table says of a data set, and holes and duplicates."""
    import numpy as np
    import pandas as pd
    from scipy.stats import entropy

    with source.scoring() as test:  # a description chooses nothing
        rows = source.train + source.validation + test
    counts = np.bincount(rows.y, minlength=source.num_classes)
    kinds = [attribute.kind for attribute in source.schema]
    inputs_and_label = pd.DataFrame(rows.x).assign(label=rows.y)
    return {
        "attributes": source.num_attributes,
        "continuous": np.isin(kinds, ("continuous", "ordinal")).mean(),
        "classes": source.num_classes,
        "examples": len(rows.y),
        "balancing": entropy(counts) / np.log(source.num_classes),
        "holes": source.attributes(rows.x).isna().to_numpy().mean(),
        "duplicates": inputs_and_label.duplicated().sum(),
    }


def readable(table):
    """The table in print: "ours (deck)" in each cell."""
    import pandas as pd

    def cell(value, name):
        share = name in ("continuous", "balancing")
        return f"{value:.2f}" if share else f"{value:.0f}"

    printed = {
        name: [
            f"{cell(row[f'{name}_ours'], name)} ({cell(row[f'{name}_deck'], name)})"
            for _, row in table.iterrows()
        ]
        for name in COLUMNS
    }
    printed["holes"] = [f"{share:.1%}" for share in table["holes"]]
    printed["duplicates"] = [f"{count:.0f}" for count in table["duplicates"]]
    return pd.DataFrame(printed, index=[f"{name}" for name in table.index])


def _agree(table, name):
    difference = table[f"{name}_ours"].astype(float) - table[f"{name}_deck"]
    return (difference.abs() <= 0.005).all()


if __name__ == "__main__":
    common.run(main, Config, QUICK, description=__doc__)
