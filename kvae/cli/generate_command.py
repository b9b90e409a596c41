"""`kvae generate`: more rows of a model, in one file, or in shards by the million."""

import json
import warnings
from pathlib import Path
from typing import Literal

import tyro

from kvae import quiet
from kvae.bulk import BulkRun
from kvae.cli.file_form import FileForm
from kvae.cli.image_commands import generate_images
from kvae.cli.stages import Stages, say
from kvae.explorer.places import FITTED, PICKLE, find
from kvae.warning_classes import PickledModelWarning

Positional = tyro.conf.Positional
MAKING = "generating"


def generate(
    model: Positional[Path],
    /,
    rows: int = 100,
    out: Path | None = None,
    seed: int = 1,
    format: Literal["parquet", "csv", "tfrecord", "png"] | None = None,
    provenance: bool = False,
    shard_rows: int | None = None,
    jobs: int | None = None,
    cluster: str | None = None,
):
    """Writes more rows, or images, from a model that `kvae augment` has written.

    A few rows go into one CSV file, images into a folder for each class. Rows by the
    million go into shards: where --format is given, or where --out names a folder (no
    ending, or one that is there) and the model is of a table. The folder then has
    manifest.json (schema, checksums, what was run) and shards/. The same command goes
    on where it was stopped, and the rows do not depend on that, nor on --jobs.

    Args:
        model: the folder model that it wrote, of which nothing is run; or, for shards,
            a SavedModel of kvae.export. An older model.joblib runs whatever code it
            holds: open only files that you trust.
        rows: new rows for each class; of a SavedModel without classes, in all.
        out: the CSV file to write, by default more.csv; for images and shards the
            folder, by default `more`.
        seed: another seed gives other rows.
        format: of shards, by default parquet: csv is written as the table's file was;
            png are tar files of images with labels.csv; tfrecord has tf.Examples.
        provenance: add columns that say where each row comes from; of shards.
        shard_rows: most rows of a shard; by default 50,000, fewer of images and wide
            tables.
        jobs: processes that make shards, of about 0.9 GiB each; by default one for
            each core.
        cluster: address of a Dask scheduler whose workers make the shards instead, or
            `local`; model and --out must be on a file system that all of them share.
    """
    if rows < 1:
        raise ValueError(f"--rows expects a number of at least 1. Received: {rows}.")
    place = find(model)
    if place.is_pickle:
        say(f"Note: {PICKLE.format(model)}.")
    of_shards = {"provenance": provenance, "shard_rows": shard_rows}
    of_shards |= {"jobs": jobs, "cluster": cluster}
    if _is_bulk(place, out, format):
        _write_shards(place, out, format, rows=rows, seed=seed, **of_shards)
        return
    for name, given in of_shards.items():
        if given:
            raise ValueError(
                f"--{name.replace('_', '-')} is of shards. Add --format parquet, csv, "
                "tfrecord or png; or leave it out."
            )
    quiet.start_tensorflow()
    import pandas as pd

    from kvae.resampling.resampler import VAEOverSampler

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", PickledModelWarning)  # said as a note above
        fitted = VAEOverSampler.load(place.where)
    if fitted.training_rows()[0].ndim == 4:
        out = Path("more") if out is None else out
        say(f"{generate_images(fitted, rows, out, seed)} new images. Written to {out}.")
        return
    if fitted.table_ is None:
        raise ValueError(
            "kvae generate expects a model of a table or of images. Received: "
            f"{model}, which makes plain numbers. Call its method sample from Python, "
            "or add --format parquet."
        )
    new_rows, labels, _ = fitted.sample(rows, seed)
    out = Path("more.csv") if out is None else out
    table = pd.DataFrame(new_rows)
    table.insert(table.shape[1], fitted.target_name_, labels)
    form = form_of(fitted)
    form.write(form.texts(table), out)
    say(f"{len(table)} new rows. Written to {out}.")


def form_of(fitted):
    """Returns the FileForm of a fitted over-sampler: that of its file, or of pandas.

    Args:
        fitted: VAEOverSampler.
    """
    form = vars(fitted).get("file_form_", FileForm())  # models of Python's have none
    # An older model.joblib has the form itself.
    return form if isinstance(form, FileForm) else FileForm.from_config(form)


def _is_bulk(place, out, format):
    """Returns whether rows go into shards: by their format, or the name of a folder.

    Images without a format are single files, as ever.
    """
    folder = out is not None and (out.is_dir() or not out.suffix)
    if place.kind != FITTED and format is None and not folder:
        raise ValueError(
            "kvae generate writes rows of a SavedModel in shards. Add --out FOLDER, or "
            "--format parquet."
        )
    return format is not None or (folder and not _has_no_table(place))


def _has_no_table(place):
    """Returns whether a fitted over-sampler is of images, without opening it."""
    if place.kind != FITTED:
        return False
    try:
        state = json.loads((place.where / "model.json").read_text())["state"]
        return state["table_"] is None
    except (KeyError, OSError, TypeError, ValueError):
        return True  # an older file, or something else, as its opening will say


def _write_shards(
    place, out, format, *, rows, seed, provenance, shard_rows, jobs, cluster
):
    """Writes rows in shards, and says how many."""
    out = Path("more") if out is None else out
    run = BulkRun(
        place.where,
        out,
        rows=rows,
        seed=seed,
        format=format or "parquet",
        provenance=provenance,
        shard_rows=shard_rows,
        csv_form=form_of,
    )
    stages = Stages(MAKING)
    with stages.at(MAKING):
        manifest = run.write(jobs, say, cluster)
    made, asked = manifest["rows"], manifest["asked"]
    fewer = "" if made == asked else f" of {asked:,}, since others were rejected"
    say(f"{made:,} rows{fewer}. Written to {out}: manifest.json, SHA256SUMS, shards/.")
