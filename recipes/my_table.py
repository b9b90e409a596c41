"""A table of your own: what `kvae augment` does, as a recipe.

    python -m recipes.my_table --file data.csv --target y     # about a minute
    python -m recipes.my_table --quick                        # wine, few steps; 1 min

Shows what was understood of each column, cross-validates whether new rows help, and
writes augmented.csv, report.html and the folder model to --out.
"""

from dataclasses import dataclass
from pathlib import Path

from recipes import common


@dataclass(frozen=True)
class Config:
    file: Path | None = None
    """CSV, Parquet or Excel; by default the wine table that comes with scikit-learn."""
    target: str = "y"
    """The column with the classes."""
    rows: int | None = None
    """New rows for each class; by default as many as there are real ones."""
    steps: int | None = None
    """Gradient steps of each VAE; by default chosen from the data."""
    out: Path = Path("out/my_table")
    """Where the rows, the report and the model are written."""
    quick: bool = False
    """Few steps: a check that everything runs."""


QUICK = {"steps": 50}


def main(config):
    from kvae.cli.commands import augment

    file = config.file or wine(config.out)
    augment(
        file,
        target=config.target,
        rows=config.rows,
        steps=config.steps,
        out=config.out,
    )


def wine(folder):
    """Writes the wine table as CSV and returns its path."""
    from sklearn.datasets import load_wine

    folder.mkdir(parents=True, exist_ok=True)
    frame = load_wine(as_frame=True).frame.rename(columns={"target": "y"})
    frame.to_csv(folder / "wine.csv", index=False)
    return folder / "wine.csv"


if __name__ == "__main__":
    common.run(main, Config, QUICK, description=__doc__)
