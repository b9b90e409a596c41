"""Trains some stored cells of a table again, and shows old and new scores.

    python -m tools.rerun_cells mnist_few_shot    # two cells of its quickest bundle
    python -m tools.rerun_cells mnist_labels --cells 3

A score that differs says that the code is not what it was, or the machine: nothing that
is stored is changed. The scores of a cell are means over its rows.
"""

import argparse
import importlib
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

from kvae import quiet


def main():
    """Prints a line for each cell: its key, stored and new weighted F1."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("recipe", help="such as mnist_few_shot")
    parser.add_argument("--cells", type=int, default=2, help="how many")
    arguments = parser.parse_args()
    quiet.start_tensorflow()
    recipe = importlib.import_module(f"recipes.{arguments.recipe}")
    config = recipe.Config()
    from kvae.experiments import Store
    from recipes import common, image_tables

    stored = Store(config.out / "store.jsonl")
    bundle = _choose(recipe.bundles(config), stored.cells(), arguments.cells)
    if bundle is None:
        sys.exit(f"error: {stored.path} holds no cells of this table.")
    with tempfile.TemporaryDirectory() as folder:
        again = Store(Path(folder) / "store.jsonl")
        train = common.run_bundles
        if "cache" in bundle.where:
            train = image_tables.run_bundles
        _, errors = train([bundle], again.path, replace(config, jobs=1, stored=False))
        common.end(errors)
        for key in bundle.keys():
            old, new = (_score(store.rows([key])) for store in (stored, again))
            print(f"{arguments.recipe}: {key}\n  stored {old:.5f}, again {new:.5f}")


def _choose(bundles, there, count):
    """Returns the quickest bundle, of whose stored cells the first and the last."""
    quickest, least = None, float("inf")
    for bundle in bundles:
        cells = {key: cell for key, cell in bundle.keys().items() if key in there}
        seconds = sum(there[key]["seconds"] for key in cells)
        if cells and seconds < least:
            values = list(cells.values())
            kept = [*values[: (count + 1) // 2], *values[-(count // 2) :]]
            chosen = tuple({id(cell): cell for cell in kept[:count]}.values())
            quickest, least = replace(bundle, cells=chosen), seconds
    return quickest


def _score(rows):
    column = "weighted_f1" if "weighted_f1" in rows else "right_accepted"
    return rows[column].mean()


if __name__ == "__main__":
    main()
