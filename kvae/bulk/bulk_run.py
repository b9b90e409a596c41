"""A run: a plan, workers that make its shards, and a folder that remembers them."""

import dataclasses
from importlib import metadata
from pathlib import Path

import joblib

import kvae
from kvae import progress
from kvae.bulk.crew import Crew
from kvae.bulk.plan import default_shard_rows, plan_shards
from kvae.bulk.run_folder import RunFolder
from kvae.bulk.shard_maker import FORMATS, ShardMaker
from kvae.bulk.whole_files import sha256
from kvae.checks import expect_count, expect_one_of
from kvae.experiments import workers
from kvae.explorer.places import SERVER, find

PACKAGES = ("keras", "numpy", "pandas", "pyarrow", "tensorflow")


@dataclasses.dataclass(frozen=True)
class BulkRun:
    """Rows of a model in shards, the same whoever makes them, and how often it stops.

    Args:
        model: path of a fitted over-sampler, or of a SavedModel.
        out: path of the folder to write.
        rows: int >= 1, rows of each class; of a model without classes, in all.
        seed: int.
        format: "parquet", "csv", "tfrecord" or "png".
        provenance: bool, whether columns say where each row comes from.
        shard_rows: optional int >= 1, the most rows of a file; by default 50,000, and
            fewer of wide rows and images.
        csv_form: as in `ShardMaker`.

    Raises:
        ValueError: for arguments that are none of these.

    Example:
        >>> BulkRun("out/people/model", "more", rows=10_000_000).write(jobs=2)
        ... # doctest: +SKIP
    """

    model: str | Path
    out: str | Path
    rows: int
    seed: int = 1
    format: str = "parquet"
    provenance: bool = False
    shard_rows: int | None = None
    csv_form: object = None

    def __post_init__(self):
        expect_count("--rows", self.rows, 1)
        expect_one_of("--format", self.format, FORMATS)
        if self.shard_rows is not None:
            expect_count("--shard-rows", self.shard_rows, 1)

    def write(self, jobs=None, tell=lambda text: None, cluster=None):
        """Writes the shards that the folder does not hold yet.

        Args:
            jobs: optional int >= 1, worker processes; by default one for each core.
            tell: function of str that is told what is about to be done.
            cluster: optional str, address of a Dask scheduler whose workers make the
                shards instead, or "local" for one of Dask's on this machine. They must
                find model and folder under the paths that they have here.

        Returns:
            The manifest, a dict.

        Raises:
            OSError: where nothing can be written, or the folder is in use.
            ValueError: where the folder is of something else, or the format does not go
                with the model.
            LostWorkerError: where workers die again and again.
            ConnectionError: where the cluster's scheduler does not answer, or is lost.
        """
        jobs = joblib.cpu_count() if jobs is None else jobs
        expect_count("--jobs", jobs, 1)
        place = find(self.model)
        run = self._identity(place)
        maker = ShardMaker(
            place.absolute(),
            self.format,
            self.provenance,
            self.csv_form,
            run["model"]["sha256"],
        )
        with RunFolder(self.out).locked() as folder, _crew(jobs, cluster) as crew:
            if folder.manifest is None:
                (described,) = crew.results([(ShardMaker.describe, (maker,))])
                folder.begin(self._manifest(place, run, described))
            folder.expect_same(run)
            shards = self._plan(folder.manifest)
            return _make(maker, shards, folder, crew, tell)

    def _identity(self, place):
        """Returns what makes a run another run."""
        names = ["rows", "seed", "format", "provenance"]
        names += ["shard_rows"] * (self.shard_rows is not None)
        model = place.where if place.kind == SERVER else sha256(place.where)
        return {
            "model": {"sha256": model},
            "arguments": {name: getattr(self, name) for name in names},
            # Another version may round differently, or write other bytes.
            "version": {
                "kvae": kvae.__version__,
                **{name: metadata.version(name) for name in PACKAGES},
            },
        }

    def _manifest(self, place, run, described):
        shard_rows = self.shard_rows or default_shard_rows(described["width"])
        arguments = {**run["arguments"], "shard_rows": shard_rows}
        return {
            "run": {**run, "arguments": arguments},
            "model": {"path": str(place.where), "kind": place.kind},
            "processor": workers.machine(),
            "classes": described["classes"],
            "asked": self.rows * len(described["classes"]),
            "schema": described["schema"],
        }

    def _plan(self, manifest):
        counts = [self.rows] * len(manifest["classes"])
        arguments = manifest["run"]["arguments"]
        return plan_shards(counts, arguments["shard_rows"], self.seed)


def _crew(jobs, cluster):
    if cluster is None:
        return Crew(jobs)
    from kvae.bulk.cluster_crew import ClusterCrew

    return ClusterCrew(cluster, jobs)


def _make(maker, shards, folder, crew, tell):
    """Makes the shards that a folder lacks; returns its manifest."""
    ending, finished = FORMATS[maker.format].ending, folder.finished()
    names = [f"{shard.name}{ending}" for shard in shards]
    todo = [
        shard for shard, name in zip(shards, names, strict=True) if name not in finished
    ]
    tell(_plan_in_words(folder.manifest, shards, len(shards) - len(todo)))
    if not todo and folder.manifest["complete"]:
        return folder.manifest
    total = sum(sum(shard.counts) for shard in todo)
    wanted = {f"{shard.name}{ending}": sum(shard.counts) for shard in todo}
    place = folder.shards.absolute()  # workers may run elsewhere
    calls = [(ShardMaker.make, (maker, shard, place)) for shard in todo]
    with progress.counted(total, "rows") as done:
        for record in crew.results(calls):
            if record["processor"] == folder.manifest["processor"]:
                del record["processor"]
            folder.add(record)
            finished[record["file"]] = record
            done(wanted[record["file"]])
    folder.end([finished[name] for name in names])
    return folder.manifest


def _plan_in_words(manifest, shards, kept):
    """Returns a line about a run.

    Example:
        >>> shards = plan_shards([3, 3], 2, seed=0)
        >>> run = {"arguments": {"rows": 3}}
        >>> manifest = {"run": run, "classes": ["no", "yes"], "asked": 6}
        >>> _plan_in_words(manifest, shards, 3)
        '2 classes of 3 rows, 6 in all; files of at most 2 rows: 3, all finished.'
    """
    rows, classes = manifest["run"]["arguments"]["rows"], manifest["classes"]
    text = f"{rows:,} rows"
    if len(classes) > 1:
        text = f"{len(classes)} classes of {rows:,} rows, {manifest['asked']:,} in all"
    text += f"; files of at most {sum(shards[0].counts):,} rows: {len(shards):,}"
    if kept == len(shards):
        return f"{text}, all finished."
    finished = f", {kept:,} of them finished" if kept else ""
    return f"{text}{finished}. If this is interrupted, the same command goes on."
