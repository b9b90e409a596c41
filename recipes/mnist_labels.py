"""MNIST, few labelled images and 60,000 without: labels spread, and drawn from.

    python -m recipes.mnist_labels                    # the whole table, 3 h on 2 cores
    python -m recipes.mnist_labels --rows 5           # one row of it
    python -m recipes.mnist_labels --amount 2000      # longer training: 1,500 steps
    python -m recipes.mnist_labels --quick            # digits, two rows; 2 min
    python -m recipes.mnist_labels --data digits      # the same settings on digits

Rows: labelled images per class. For each seed a VAE of all training images without
labels (d 32, beta 0.2). Labels spread over the graph of its latent means;
"propagate" draws 1,000 images per class around images so labelled. "+shifts" moves,
turns and scales real and generated images like the rival's. "refined": the rows on
which a first convnet and the graph agree spread their labels again. "refined twice,
doubted rows": so once more, no row is dropped, and rows are drawn around in proportion
to the first convnet's doubt about them. Beside them the same labels on real images, and
real images with labels spread in the space of a PCA, what the VAE adds to the labels
(doubted rows in rows up to 10).
"extrapolate+noise, as many" is the deck's best sampler at the same amount.

Convnets of 600 steps of 64, half real and half generated, as in
`recipes.mnist_few_shot`. The settings were chosen on development rows (the last 10,000
training images, seeds from 1000), before any test row was looked at; "doubted rows"
came later, chosen on the same development rows, after the test run of the others.
"""

import dataclasses
import itertools
from dataclasses import dataclass
from pathlib import Path

from recipes import common, figures, image_tables

NAME = "mnist_labels"
MOST_OF_PCA = 10  # from 20 per class on the first method's labels are as good by PCA
ROWS = (2, 3, 4, 5, 10, 20, 30, 50, 100)


@dataclass(frozen=True)
class Config(image_tables.Config):
    rows: tuple[int, ...] = ROWS
    """Which rows of the table."""
    seeds: int = 10
    """How many seeds; p values need 10."""
    amount: int = 1000
    """Generated images per class; above 1,000 every convnet trains for 1,500 steps."""
    methods: tuple[str, ...] = ()
    """Some of the columns; by default all."""
    development: int = 0
    """This many training images stand in for the test images (10000 while choosing)."""
    out: Path = Path("recipes/results") / NAME
    """Where the store and the tables are."""


def main(config):
    common.make_table(config, bundles(config), write, train=image_tables.run_bundles)


def bundles(config):
    """Yields a bundle for each seed and row."""
    import kvae
    from kvae import experiments
    from recipes.cells.labels import LABEL_METHODS, PCA_DOUBTED, train_label_cells

    source = kvae.load(config.data, config.data_dir)
    settings = image_tables.table_settings(source, config.amount, config.quick)
    labels = label_settings(source, config.quick)
    labels = dataclasses.replace(labels, amount=config.amount)
    seeds = range(config.first_seed, config.first_seed + config.seeds)
    for seed, shots in itertools.product(seeds, config.rows):
        methods = config.methods or tuple(
            method
            for method in LABEL_METHODS
            if shots <= MOST_OF_PCA or method != PCA_DOUBTED
        )
        yield experiments.Bundle(
            train_label_cells,
            {
                "data": config.data,
                "shots": shots,
                "seed": seed,
                "settings": settings,
                "labels": labels,
                "development": config.development,
            },
            _cells(methods),
            where=config.where,
        )


def _cells(methods):
    """The deck's best sampler has parameters; by the name of its column."""
    from recipes.cells.labels import DECK_AT_AMOUNT

    parameters = image_tables.sampler_parameters()
    (deck,) = image_tables.cells_of(("extrapolate+noise",), parameters)
    return tuple(
        {**deck, "method": method} if method == DECK_AT_AMOUNT else {"method": method}
        for method in methods
    )


def label_settings(source, quick=False):
    """Returns how labels are spread; the same for MNIST and digits, the size aside."""
    from kvae.training.vaes import VAESettings
    from recipes.cells.labels import LabelSettings

    # 25 passes over the images in either case.
    many = len(source.train.y) > 5000
    batch_size, steps = (256, 25 * len(source.train.y) // 256) if many else (128, 2000)
    steps = steps // 10 if quick else steps
    vae = VAESettings(
        32,
        0.2,
        hidden_units=(512, 256),
        reconstruction="bernoulli",
        batch_size=batch_size,
        steps=steps,
    )
    return LabelSettings(vae)


def pairs():
    """Returns {file: (rival, method)}, the paired differences that are written."""
    from kvae.augmentation.methods import SHIFTS
    from recipes.cells import labels

    return {
        "over_shifts": (SHIFTS, labels.REFINED),
        "over_labels": (labels.SAME_LABELS_REFINED, labels.REFINED),
        "over_pca": (labels.PCA, labels.SAME_LABELS_REFINED),
        "doubted_over_shifts": (SHIFTS, labels.DOUBTED),
        "doubted_over_labels": (labels.SAME_LABELS_DOUBTED, labels.DOUBTED),
        "doubted_over_refined": (labels.REFINED, labels.DOUBTED),
        "doubted_over_pca": (labels.PCA_DOUBTED, labels.SAME_LABELS_DOUBTED),
    }


def curves():
    """Returns the methods that the figure shows."""
    from kvae.augmentation.methods import BASELINE, SHIFTS
    from recipes.cells import labels

    spread = labels.REFINED, labels.SAME_LABELS_REFINED, labels.DOUBTED
    return BASELINE, SHIFTS, *spread, labels.SAME_LABELS_DOUBTED


def write(config, results):
    """Writes and prints the tables: against real rows, the rival, the same labels."""
    from kvae.evaluation import tables

    results = results.rename(columns={"shots": "row"})
    results = results.sort_values(["row", "seed"], kind="stable")
    summary = tables.summarize(results, ["row"])
    right = results.groupby(["row", "method"])[["label_accuracy", "label_share"]]
    summary = summary.merge(right.mean().reset_index(), how="left")
    common.write_table(config.out / "summary.csv", summary, results)
    figures.draw_curves(
        config.out / "f1", summary, "labelled images per class", methods=curves()
    )
    for row, lines in summary.groupby("row", sort=False):
        print(f"\n{config.data}, {row} per class: weighted F1\n")
        print(tables.readable(lines.set_index("method")).to_string())
    for file, (rival, method) in pairs().items():
        two = results[results["method"].isin([rival, method])]
        both = two.groupby("row")["method"].transform("nunique") == 2
        two = two[both]  # some columns may be there in some rows only
        if two.empty:
            continue
        two = two.assign(order=two["method"] != rival)
        two = two.sort_values(["row", "seed", "order"], kind="stable")
        table = tables.summarize(two, ["row"]).query("method == @method")
        common.write_table(config.out / f"{file}.csv", table, results)
        print(f"\n{method!r} minus {rival!r}, paired\n")
        print(tables.readable(table.set_index("row")).to_string())
    print(f"\nWritten to {config.out}.")


if __name__ == "__main__":
    common.run(main, Config, image_tables.quick(NAME), description=__doc__)
