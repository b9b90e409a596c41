"""MNIST: how good are generated rows alone, made from 5 originals per class?

    python -m recipes.mnist_generated_only            # the whole table, 50 min, 2 cores
    python -m recipes.mnist_generated_only --rows 5   # one row of it
    python -m recipes.mnist_generated_only --quick    # digits, two rows; 1 min

Rows: generated images per class. The convnet sees generated rows only (the baseline its
5 originals per class); all else as in `recipes.mnist_few_shot`. "shifts and rotations"
are that many moved copies of the originals. Writes figure.png too.

At 1,000 per class the deck has 0.767 (Multi-VAE) to 0.788 (interpolation + noise), ours
are 0.735 to 0.780 (extrapolation + noise); the rival has 0.874.
"""

from dataclasses import dataclass
from pathlib import Path

from recipes import common, figures, image_tables
from recipes.mnist_more_generated import METHODS

NAME = "mnist_generated_only"


@dataclass(frozen=True)
class Config(image_tables.Config):
    shots: int = 5
    """Originals per class."""
    out: Path = Path("recipes/results") / NAME
    """Where the store, the tables and the figure are."""


def main(config):
    common.make_table(config, bundles(config), write, train=image_tables.run_bundles)


def write(config, results):
    """Writes and prints the table beside the deck's, and draws the figure."""
    summary = image_tables.write(
        config, NAME, results, rows(config), row_name="generated_per_class"
    )
    _draw(config.out / "figure", summary)


def bundles(config):
    """Returns the bundles of the table."""
    return image_tables.bundles_of(config, METHODS, rows(config), generated_only=True)


def rows(config):
    """Returns {row of the table: (shots, generated per class)}."""
    return {amount: (config.shots, amount) for amount in config.rows}


def _draw(path, summary):
    """Saves the deck's figure: weighted F1 over the number of generated rows."""
    plt = figures.pyplot()
    from kvae import plots

    has_deck = "deck" in summary
    figure, axes = plt.subplots(
        1, 1 + has_deck, figsize=(6 + 5 * has_deck, 4.5), sharey=True, squeeze=False
    )
    plots.plot_scores(summary, axes[0, 0], "generated images per class")
    axes[0, 0].set_ylabel("weighted F1")
    axes[0, 0].legend(frameon=False, fontsize=8)
    if has_deck:
        axes[0, 0].set_title("ours")
        # Rivals too, which the deck has no values of: a colour is a method in both.
        plots.plot_scores(
            summary,
            axes[0, 1],
            "generated images per class",
            value="deck",
            bounds=None,
        )
        axes[0, 1].set_title("deck (single runs)")
    figure.tight_layout()
    figures.save(figure, path, dpi=120)


if __name__ == "__main__":
    common.run(main, Config, image_tables.quick(NAME), description=__doc__)
