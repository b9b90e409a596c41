"""How a worker makes a shard: draw, write, and say what came of it."""

import dataclasses
import functools
from collections.abc import Callable
from pathlib import Path

from kvae.bulk.csv_shards import CSVShards
from kvae.bulk.parquet_shards import ParquetShards
from kvae.bulk.png_shards import PNGShards
from kvae.bulk.row_sources import open_rows
from kvae.bulk.tfrecord_shards import TFRecordShards
from kvae.bulk.whole_files import sha256, written_whole
from kvae.experiments import workers
from kvae.explorer.places import SERVER, Place

FORMATS = {
    "csv": CSVShards,
    "parquet": ParquetShards,
    "png": PNGShards,
    "tfrecord": TFRecordShards,
}


@dataclasses.dataclass(frozen=True)
class ShardMaker:
    """What all shards of a run have in common; workers are sent it.

    Args:
        place: Place of the model.
        format: str, one of `FORMATS`.
        provenance: bool, whether columns say where each row comes from.
        csv_form: optional function of a VAEOverSampler that returns the `form` of
            `CSVShards`; it must be picklable.
        sha256: optional str, of the model; a worker that finds another one there, as on
            another machine, makes no shards. It looks once.
    """

    place: Place
    format: str = "parquet"
    provenance: bool = False
    csv_form: Callable | None = None
    sha256: str | None = None

    def describe(self):
        """Returns what a run must know of the model: classes, width and schema.

        Raises:
            ValueError: where the format does not go with the model.
        """
        rows = open_rows(self.place)
        if rows.is_image and self.format == "csv":
            raise ValueError(
                "--format csv is of tables. Received: a model of images. Choose png, "
                "tfrecord or parquet."
            )
        if not rows.is_image and self.format == "png":
            raise ValueError(
                "--format png is of images. Received: a model of a table. Choose "
                "parquet, csv or tfrecord."
            )
        return {
            "classes": [None if c is None else str(c) for c in rows.classes],
            "width": rows.width,
            "schema": _writer(self).described(),
        }

    def make(self, shard, folder):
        """Makes a shard in a folder.

        Args:
            shard: Shard.
            folder: Path.

        Returns:
            Its record, a dict: file, rows, sha256, seed, and the processor that it was
            made with.

        Raises:
            FileNotFoundError: where the model, or the folder, is not there.
            OSError: where it cannot be written, which the message says.
        """
        _expect_model(self)
        if not Path(folder).is_dir():
            raise FileNotFoundError(
                f"There is no folder {folder} here. --out expects one that all workers "
                "share, under one path."
            )
        rows = open_rows(self.place)
        writer = _writer(self)
        frame = rows.draw(shard.counts, shard.seed, self.provenance)
        path = Path(folder) / f"{shard.name}{writer.ending}"
        try:
            with written_whole(path) as partial:
                writer.write(frame, partial)
                digest = sha256(partial)
        except OSError as error:
            raise OSError(
                f"{path} could not be written: {error.strerror or error}. Shards that "
                "are finished stay; the same command goes on from there."
            ) from error
        found = {"file": path.name, "rows": len(frame), "sha256": digest}
        return {**found, "seed": shard.seed, "processor": workers.machine()}


@functools.lru_cache(maxsize=1)
def _expect_model(maker):
    """Raises FileNotFoundError unless a worker finds the model that is meant."""
    if maker.sha256 is None or maker.place.kind == SERVER:
        return
    if sha256(maker.place.where) != maker.sha256:
        raise FileNotFoundError(
            f"{maker.place.where} holds another model than that of this run. All "
            "workers must find the same one under this path."
        )


@functools.lru_cache(maxsize=1)  # a worker reads types off the model once
def _writer(maker):
    rows = open_rows(maker.place)
    example = rows.example(maker.provenance)
    if maker.format == "csv" and maker.csv_form and rows.fitted is not None:
        return CSVShards(example, maker.csv_form(rows.fitted))
    return FORMATS[maker.format](example)
