"""MNIST, few labelled rows: does adding as many generated ones help?

    python -m recipes.mnist_few_shot                  # the whole table, 2 h on 2 cores
    python -m recipes.mnist_few_shot --rows 5         # one row of it
    python -m recipes.mnist_few_shot --quick          # digits, two rows; 1 min

Rows: labelled images per class. For each seed a Single-VAE (all 60,000 training images
without labels; d 50, beta 0.5) and a Multi-VAE (labelled images only); a convnet is
trained on real and generated rows, half and half, 600 steps of 64 (1,500 in the row of
2,000), and scored on the 10,000 test images. alpha and k of the samplers were chosen
by `recipes.mnist_samplers` on development rows. alpha = 1 is what it chose for
interpolation, which then decodes the neighbour itself; beside it stands the best of the
same grid below 1.

At 5 per class the deck's baseline is 0.776, ours 0.761; its best column 0.787
(interpolation + noise), ours 0.773 (extrapolation + noise); the rival, shifts and
rotations, 0.866.

The store, rows of finished bundles, grows in --out; the same command goes on after an
interruption.
"""

from dataclasses import dataclass
from pathlib import Path

from recipes import common, image_tables

NAME = "mnist_few_shot"
# The best alpha below 1 on the development grid of `recipes.mnist_samplers`.
BETWEEN = {
    "method": "interpolate",
    "column": "interpolate, alpha 0.1",
    "parameters": {"interpolate": {"alpha": 0.1, "k": 1}},
}


@dataclass(frozen=True)
class Config(image_tables.Config):
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
    from kvae.augmentation.methods import IMAGE_METHODS

    return image_tables.bundles_of(
        config, IMAGE_METHODS, rows(config), variants=(BETWEEN,)
    )


def rows(config):
    """Returns {row of the table: (shots, generated per class)}."""
    return {shots: (shots, None) for shots in config.rows}


if __name__ == "__main__":
    common.run(main, Config, image_tables.quick(NAME), description=__doc__)
