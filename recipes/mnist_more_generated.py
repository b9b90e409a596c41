"""MNIST: does it help to generate 2,000 rows per class, whatever there is?

    python -m recipes.mnist_more_generated            # the whole table, 2 h on 2 cores
    python -m recipes.mnist_more_generated --rows 5   # one row of it
    python -m recipes.mnist_more_generated --quick    # digits, two rows; 1 min

Rows: labelled images per class. As `recipes.mnist_few_shot`, with 2,000 generated rows
per class (200 under --quick) and 1,500 steps of the convnet, the baseline's included.
"""

from dataclasses import dataclass
from pathlib import Path

from recipes import common, image_tables

NAME = "mnist_more_generated"
METHODS = (
    "real rows only",
    "shifts and rotations",
    "noise",
    "interpolate+noise",
    "extrapolate+noise",
    "Multi-VAE: normal",
)


@dataclass(frozen=True)
class Config(image_tables.Config):
    generated: int = 2000
    """Generated rows per class."""
    out: Path = Path("recipes/results") / NAME
    """Where the store and the tables are."""


def main(config):
    common.make_table(config, bundles(config), write, train=image_tables.run_bundles)


def write(config, results):
    """Writes and prints the table beside the deck's."""
    image_tables.write(
        config, NAME, results, rows(config), row_name="examples_per_class"
    )


def bundles(config):
    """Returns the bundles of the table."""
    return image_tables.bundles_of(config, METHODS, rows(config))


def rows(config):
    """Returns {row of the table: (shots, generated per class)}."""
    return {shots: (shots, config.generated) for shots in config.rows}


if __name__ == "__main__":
    quick = image_tables.quick(NAME) | {"generated": 200}
    common.run(main, Config, quick, description=__doc__)
