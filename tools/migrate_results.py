"""Gives stored results the keys that say what was run: a record for each cell.

    python -m tools.migrate_results          # migrates recipes/results/*/store.jsonl
    python -m tools.migrate_results --check  # is every published cell found?

Run once, at the revision that brought these keys, after which every record was found
again, with every row in it. Until then a key was a digest of the text of all arguments,
dataclasses as Python prints them: one new field, or one more method in a tuple, and
nothing was found any more. The old texts are spelled out below, as they were.
"""

import argparse
import dataclasses
import hashlib
import json
import sys
from pathlib import Path

from kvae.augmentation import methods
from kvae.experiments import Store
from recipes import (
    cells,
    gc_sensitivity,
    image_tables,
    mnist_auto,
    mnist_few_shot,
    mnist_generated_only,
    mnist_labels,
    mnist_more_generated,
    mnist_samplers,
    mnist_sharpness,
    proben1_performance,
    real_tables,
    tabular_auto,
    tabular_few_shot,
)
from recipes.cells import labels, mixed_tables  # noqa: F401

RESULTS = Path("recipes/results")
VAE = (
    "latent_dim",
    "beta",
    "hidden_units",
    "reconstruction",
    "batch_size",
    "steps",
    "learning_rate",
    "normalize_beta",
)
FIELDS = {
    "VAESettings": VAE,
    "Settings": (
        "single_vae",
        "multi_vae",
        "steps",
        "batch_size",
        "learning_rate",
        "convnet_dtype",
    ),
    "Budget": (
        "folds",
        "repeats",
        "steps",
        "vae_steps",
        "latent_dim",
        "batch_size",
        "learning_rate",
        "convnet_dtype",
        "seconds",
    ),
    "Filter": ("noise", "early", "pass_rate", "ratio"),
}
# What `auto` chose was called otherwise.
CHOSEN = {
    "none": "real rows only",
    "Single-VAE: posterior": "posterior",
    "Single-VAE: interpolate": "interpolate",
    "Multi-VAE": "Multi-VAE: normal",
    "Multi-VAE, filtered": "Multi-VAE: normal, filtered",
    "Multi-VAE, three times": "Multi-VAE: normal, three times",
    "Multi-VAE, a quarter": "Multi-VAE: normal, a quarter",
}


def spelled(value):
    """Returns a dataclass as Python printed it then."""
    name = type(value).__name__
    if name == "LabelSettings":
        return (
            f"LabelSettings(vae={spelled(value.vae)}, amount={value.amount}, k=10, "
            f"alpha=0.995, share=0.7, refine_alpha=0.9, pca_dim={value.pca_dim})"
        )
    if name not in FIELDS:
        return repr(value)
    fields = ", ".join(f"{f}={spelled(getattr(value, f))}" for f in FIELDS[name])
    return f"{name}({fields})"


def old_key(name, **arguments):
    """Returns the key that a bundle had."""
    text = json.dumps(arguments, sort_keys=True, default=spelled)
    return f"{name} #{hashlib.blake2b(text.encode(), digest_size=4).hexdigest()}"


def of_images(recipe, methods, row_of, generated_only=False, **flags):
    """Yields (bundle, old keys) of a table of images."""
    config = recipe.Config(**flags)
    rows = {row: row_of(row, config) for row in config.rows}
    for bundle in image_tables.bundles_of(config, methods, rows, generated_only):
        what = bundle.arguments
        name = "{data} shots={shots}".format(**what)
        arguments = {
            "shots": what["shots"],
            "amounts": list(dict.fromkeys(c.get("amount") for c in bundle.cells)),
            "seed": what["seed"],
            "methods": methods,
            "settings": what["settings"],
            "parameters": image_tables.sampler_parameters(),
            "generated_only": generated_only,
        }
        steps, seed = what["settings"].steps, what["seed"]
        yield bundle, [old_key(f"{name} steps={steps} seed={seed}", **arguments)]


def of_labels(**flags):
    """Yields (bundle, old keys) of `recipes.mnist_labels`."""
    config = mnist_labels.Config(**flags)
    for bundle in mnist_labels.bundles(config):
        what = dict(bundle.arguments)
        name = "{data} development={development} shots={shots} seed={seed}"
        name = name.format(**what)
        del what["data"], what["development"]
        what["parameters"] = image_tables.sampler_parameters()
        chosen = [{"methods": config.methods}]
        if not config.methods:
            late = cells.labels.LABEL_METHODS[-3:]
            chosen = [{}, {"methods": late[:2]}, {"methods": late[2:]}]
        yield bundle, [old_key(name, **what, **methods) for methods in chosen]


def of_samplers():
    """Yields (bundle, old keys) of `recipes.mnist_samplers`."""
    for bundle in mnist_samplers.bundles(mnist_samplers.Config()):
        what, (cell,) = dict(bundle.arguments), bundle.cells
        setting = cell.get("parameters", {}).get(cell["method"], {})
        flags = ", ".join(f"{flag}={value}" for flag, value in setting.items())
        name = "{data} development={development} shots={shots} seed={seed}"
        name = f"{name.format(**what)} {cell['method']} {flags}".strip()
        del what["data"], what["development"]
        what |= {"amounts": [None], "methods": [cell["method"]]}
        what["parameters"] = {cell["method"]: setting}
        yield bundle, [old_key(name, **what)]


def of_seeds(bundles, name, **more):
    """Yields (bundle, old keys) where the data stood in the name alone."""
    for bundle in bundles:
        what = dict(bundle.arguments)
        text = name.format(**what)
        del what["data"]
        yield bundle, [old_key(text, **what, **more)]


def of_filters():
    """Yields (bundle, old keys) of `recipes.gc_sensitivity`."""
    config = gc_sensitivity.Config()
    for name in config.data:
        tables = name in gc_sensitivity.TABLES
        if tables:
            bundles = [gc_sensitivity.table_bundle(config, name)]
        else:
            bundles = gc_sensitivity.image_bundles(config, name)
        for bundle in bundles:
            what = dict(bundle.arguments)
            text = "{data} shots={shots}" if tables else "{data} seed={seed}"
            text = text.format(**what)
            if not tables:
                del what["data"]
            filters = [cell["filter"] for cell in bundle.cells]
            yield bundle, [old_key(text, **what, filters=filters)]


def of_performance():
    """Yields (bundle, old keys) of `recipes.proben1_performance`."""
    for bundle in proben1_performance.bundles(proben1_performance.Config()):
        what = dict(bundle.arguments)
        betas = dict.fromkeys(c["beta"] for c in bundle.cells if "beta" in c)
        what["betas"] = list(betas)
        name = what["data"]
        if all("filtered" in cell for cell in bundle.cells):
            name = f"{name} filtered"
            del what["shots"]
        yield bundle, [old_key(name, **what)]


def of_few_shot():
    """Yields (bundle, old keys) of `recipes.tabular_few_shot`."""
    for bundle in tabular_few_shot.bundles(tabular_few_shot.Config()):
        what = {**bundle.arguments, "single_vae": True}
        yield bundle, [old_key("{data} shots={shots}".format(**what), **what)]


def of_auto():
    """Yields (bundle, old keys) of `recipes.tabular_auto`."""
    for bundle in tabular_auto.bundles(tabular_auto.Config()):
        what = bundle.arguments
        yield bundle, [old_key("{data} shots={shots}".format(**what), **what)]


def of_real_tables():
    """Yields (bundle, old keys) of `recipes.real_tables`, with the methods it had."""
    variants = "mixed conditional VAE: posterior", "mixed Multi-VAE, mean rows"
    methods = *cells.mixed_tables.MIXED_METHODS[:3], *variants
    for bundle in real_tables.bundles(real_tables.Config()):
        bundle = dataclasses.replace(
            bundle, cells=tuple({"method": method} for method in methods)
        )
        what = {**bundle.arguments, "variants": variants}
        del what["steps"]
        yield bundle, [old_key("{data} shots={shots}".format(**what), **what)]


def tables():
    """Yields (folder of results, [(bundle, old keys)])."""
    few, many = mnist_few_shot, mnist_more_generated
    every = methods.IMAGE_METHODS
    yield "mnist_few_shot", of_images(few, every, lambda n, c: (n, None))
    yield (
        "mnist_more_generated",
        of_images(many, many.METHODS, lambda n, c: (n, c.generated)),
    )
    yield (
        "mnist_generated_only",
        of_images(mnist_generated_only, many.METHODS, lambda n, c: (c.shots, n), True),
    )
    yield "mnist_labels", of_labels()
    yield "digits_labels", of_labels(data="digits", rows=(2, 5, 10, 20, 50))
    names = cells.labels
    yield (
        "mnist_labels_2000",
        of_labels(
            amount=2000,
            rows=(2, 5, 10),
            methods=(
                methods.BASELINE,
                methods.SHIFTS,
                names.PROPAGATE_SHIFTS,
                names.REFINED,
                names.SAME_LABELS_REFINED,
            ),
        ),
    )
    yield "mnist_samplers", of_samplers()
    bundles = mnist_sharpness.bundles(mnist_sharpness.Config())
    parameters = image_tables.sampler_parameters()
    yield (
        "mnist_sharpness",
        of_seeds(bundles, "{data} seed={seed}", parameters=parameters),
    )
    bundles = mnist_auto.bundles(mnist_auto.Config())
    yield "mnist_auto", of_seeds(bundles, "{data} shots={shots} seed={seed}")
    yield "gc_sensitivity", of_filters()
    yield "proben1_performance", of_performance()
    yield "tabular_few_shot", of_few_shot()
    yield "tabular_auto", of_auto()
    yield "real_tables", of_real_tables()


def belongs(row, cell):
    """Whether a stored row is one of a cell."""
    if "filter" in cell:
        return all(row[f] == v for f, v in dataclasses.asdict(cell["filter"]).items())
    name = cells.tables.column_name(cell) if "beta" in cell else cell["method"]
    if row["method"] == cells.tables.SINGLE_VAE:
        name = cells.tables.column_name(cell)
    amount = cell.get("amount", row.get("amount"))
    return (row["method"], row.get("amount")) == (name, amount)


def rows_of(record):
    """Returns the rows of a stored record, a list of dicts."""
    names, columns = zip(*record["rows"].items(), strict=True)
    lines = zip(*columns, strict=True)
    return [dict(zip(names, values, strict=True)) for values in lines]


def migrate(folder, bundles):
    """Rewrites a store; returns (records before, rows before, cells, rows after)."""
    path = RESULTS / folder / "store.jsonl"
    old = {}
    for line in path.read_text().splitlines():
        record = json.loads(line)
        old[record["bundle"]] = record
    found, used, moved = {}, set(), 0
    for bundle, keys in bundles:
        records = [old[key] for key in keys if key in old]
        used |= {record["bundle"] for record in records}
        for record in records:
            rows, taken = rows_of(record), 0
            share = {}
            for key, cell in bundle.keys().items():
                rows_of_cell = [row for row in rows if belongs(row, cell)]
                if rows_of_cell:
                    share[key] = rows_of_cell
                    taken += len(rows_of_cell)
            if taken != len(rows):
                key = record["bundle"]
                raise SystemExit(f"{folder}: {key}: {taken} of {len(rows)} rows")
            moved += taken
            kept = {n: v for n, v in record.items() if n not in ("bundle", "rows")}
            kept["seconds"] = round(record["seconds"] / len(share), 2)
            for key, rows_of_cell in share.items():
                if key in found:
                    raise SystemExit(f"{folder}: {key} twice")
                for row in rows_of_cell:
                    if row.get("chosen") in CHOSEN:
                        row["chosen"] = CHOSEN[row["chosen"]]
                found[key] = rows_of_cell, kept
    lost = set(old) - used
    if lost:
        raise SystemExit(f"{folder}: not found again: {sorted(lost)}")
    new = Store(path.with_suffix(".new"))
    new.path.unlink(missing_ok=True)
    with new.writing():
        for key, (rows, kept) in found.items():
            new.append({key: rows}, **kept)
    new.path.replace(path)
    return len(old), sum(len(rows_of(r)) for r in old.values()), len(found), moved


def main():
    """Migrates every store, or checks that each published cell is found."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="change nothing")
    check = parser.parse_args().check
    missing = 0
    for folder, bundles in tables():
        if not check:
            before, rows, after, moved = migrate(folder, bundles)
            print(
                f"{folder:22} {before:4} bundles, {rows:5} rows -> {after:5} cells, "
                f"{moved:5} rows"
            )
            continue
        there = Store(RESULTS / folder / "store.jsonl").cells()
        keys = [key for bundle, _ in bundles for key in bundle.keys()]
        absent = [key for key in keys if key not in there]
        odd = set(there) - set(keys)
        missing += len(absent)
        print(
            f"{folder:22} {len(keys):5} cells, {len(absent):3} not there, "
            f"{len(odd):3} of no table: {', '.join(absent[:2])}"
        )
    sys.exit(1 if missing else 0)


if __name__ == "__main__":
    main()
