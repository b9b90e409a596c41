"""What recipes share: flags, errors without tracebacks, bundles, records."""

import dataclasses
import datetime
import functools
import hashlib
import json
import platform
import shlex
import subprocess
import sys
from importlib import metadata
from pathlib import Path

from kvae import quiet
from recipes import reports

HERE = Path(__file__).parent
PROBEN1 = ("card", "diabetes", "gene", "glass", "horse", "thyroid")


@dataclasses.dataclass(frozen=True)
class StoreConfig:
    """Flags of every table that keeps its cells in a store."""

    jobs: int = 0
    """Worker processes (0: one for each core); the result does not depend on it."""
    cluster: str | None = None
    """Address of a Dask scheduler, whose workers train instead, or `local`."""
    stored: bool = False
    """Train nothing: sum up what the store holds already."""
    allow_dirty: bool = False
    """Train with code that is not committed; cells then carry its difference's hash."""


@dataclasses.dataclass(frozen=True)
class Proben1Config(StoreConfig):
    """Flags of every table of PROBEN1."""

    data_dir: str | None = None
    """tfds folder; by default TFDS_DATA_DIR."""
    manual_dir: str | None = None
    """A folder that holds the .dt files; by default KVAE_PROBEN1_DIR."""

    @property
    def where(self):
        """Dict: where PROBEN1 is."""
        return {"data_dir": self.data_dir, "manual_dir": self.manual_dir}


# Flags that say where and how, not which rows of a table.
_NO_CHOICE = {"data_dir", "manual_dir", "out", "settings", "vaes"}
_NO_CHOICE |= {field.name for field in dataclasses.fields(StoreConfig)}
# What decides on results: not what a run writes, and not what people read.
_CODE = ("kvae", "recipes", ":!recipes/results", ":!*.md")


def run(main, config_class, quick, description, tensorflow=True):
    """Parses the flags of a recipe and runs it.

    Every field of the dataclass is a flag; an unknown flag is an error. `--quick`
    changes the defaults to those in `quick`. What a user can mend is reported as one
    message; anything else keeps its traceback. Importing TensorFlow takes seconds: with
    `tensorflow=False` main starts it itself, after what it can say without.
    """
    import tyro

    is_quick = "--quick" in sys.argv[1:]
    default = config_class(**(quick if is_quick else {}))
    config = tyro.cli(config_class, default=default, description=description)
    if tensorflow:
        quiet.start_tensorflow()
    try:
        config = aside(config)
        if isinstance(config, StoreConfig) and not (is_quick or config.stored):
            expect_committed(config)
        main(config)
    except ModuleNotFoundError as error:
        remedy = "Install what the recipes use: pip install '.[recipes]'."
        sys.exit(f"error: {str(error).rstrip('.')}. {remedy}")
    except (FileNotFoundError, OSError, ValueError) as error:
        sys.exit(f"error: {error}")
    except KeyboardInterrupt:
        sys.exit("interrupted; what was finished is in the output folder")


def aside(config):
    """Returns the config with another output folder where it is but a part of a table.

    `--rows 5` without `--out` writes below out/: it would replace the published table.
    """
    whole = type(config)()
    out = getattr(whole, "out", None)
    asked = any(flag.split("=")[0] == "--out" for flag in sys.argv[1:])
    if asked or not isinstance(out, Path) or out.parts[:2] != ("recipes", "results"):
        return config
    if config.out != out:
        return config
    chosen = {field.name for field in dataclasses.fields(config)} - _NO_CHOICE
    if all(getattr(config, name) == getattr(whole, name) for name in chosen):
        return config
    out = Path("out", *out.parts[2:])
    print(f"A part of the table, or other rows: written to {out} (--out changes that).")
    changes = {"out": out}
    if hasattr(config, "settings") and config.settings == whole.settings:
        changes["settings"] = out / config.settings.name
    return dataclasses.replace(config, **changes)


def progress(total, description, unit):
    """Returns a tqdm bar that stays quiet when the output is piped."""
    from tqdm import tqdm

    return tqdm(total=total, desc=description, unit=unit, disable=None, leave=False)


def step_progress(bar):
    """Returns a Keras callback that moves a bar by the training steps made."""
    import keras

    def advance(batch, logs=None):
        bar.update(batch + 1 - bar.n)

    return keras.callbacks.LambdaCallback(on_train_batch_end=advance)


def run_bundles(bundles, path, config, unit="cell"):
    """Runs what the store at this path does not hold yet, with a progress bar.

    Args:
        bundles: list of Bundle.
        path: of the store.
        config: Config, with `jobs`, `cluster` and `stored`.
        unit: str, what a cell is called in the bar.

    Returns:
        (DataFrame of the rows of these cells, errors: dict {key: traceback}).

    Raises:
        FileNotFoundError: for `stored` where there is no store.
    """
    import joblib

    from kvae import experiments

    store = experiments.Store(path)
    keys = [key for bundle in bundles for key in bundle.keys()]
    if config.stored:
        if not store.path.exists():
            raise FileNotFoundError(
                f"--stored expects a store. There is no {store.path}. Name its folder "
                "by --out, or train by leaving --stored out."
            )
        there = store.cells()
        print(f"Stored: {sum(key in there for key in keys)} of {len(keys)} cells.")
        return store.rows(keys), {}
    total = sum(len(bundle.cells) for bundle in bundles)
    with progress(total, f"{unit.capitalize()}s", unit) as bar:
        errors = experiments.run(
            bundles,
            store,
            jobs=config.jobs or joblib.cpu_count(),
            progress=lambda done: bar.update(done - bar.n),
            cluster=config.cluster,
            revision=revision(),
            date=datetime.date.today().isoformat(),
        )
    return store.rows(keys), errors


def make_table(config, bundles, write, train=run_bundles):
    """Trains what the store lacks, writes table and report, and says what failed.

    Args:
        config: Config, with `out`.
        bundles: Bundles of the table.
        write: function, called with config and the DataFrame of results.
        train: `run_bundles`, or that of `recipes.image_tables`.
    """
    results, errors = train(list(bundles), config.out / "store.jsonl", config)
    if len(results):
        write(config, results)
        document = sys.modules[write.__module__].__doc__
        print(f"Report: {reports.of_results(config.out, document)}")
    end(errors)


def write_table(path, table, results):
    """Writes a table, with the command, revisions and dates of what it sums up.

    Args:
        path: of the CSV file.
        table: DataFrame.
        results: DataFrame from `run_bundles`.
    """
    # A revision and date each would differ within a table that grew over days.
    origin = {
        "revision": " ".join(results["revision"].unique()),
        "date": max(results["date"]),
        "command": shlex.join(["python", *program(), *flags()]),
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    # In full: what is printed is rounded once, from here.
    table.assign(**origin).to_csv(path, index=False)


def flags():
    """Returns the flags without those that change nothing: --stored, --cluster."""
    given = [flag for flag in sys.argv[1:] if not flag.startswith("--cluster=")]
    while "--cluster" in given:  # and its address, which nobody else can use
        position = given.index("--cluster")
        del given[position : position + 2]
    return [flag for flag in given if flag != "--stored"]


def program():
    """Returns the words that name what runs: -m and a module, or a file."""
    spec = sys.modules["__main__"].__spec__
    return [sys.argv[0]] if spec is None else ["-m", spec.name]


def end(errors):
    """Reports the bundles that failed, and ends the program with an error."""
    if not errors:
        return
    for key, error in errors.items():
        print(f"\nFailed: {key}\n{error}", file=sys.stderr)
    sys.exit(
        f"error: {len(errors)} of the bundles failed: {', '.join(errors)}. The others "
        "are kept; the same command runs only what is missing."
    )


def searched_vae(path):
    """Returns the VAESettings that a file of `recipes.search` holds; None for None."""
    if path is None:
        return None
    from kvae.resampling.settings_file import read_searched

    vae = read_searched(path).vae
    if vae.filters is not None:
        raise ValueError(
            f"--settings expects dense layers here, to train a VAE for each seed side "
            f"by side. {path} has convolutions: search without --convolutions."
        )
    return vae


def write_record(path, config, settings, **facts):
    """Writes what a run was made with: flags, settings, versions, further facts."""
    packages = ("kvae", "keras", "tensorflow", "numpy", "scikit-learn")
    record = {
        "config": dataclasses.asdict(config),
        "settings": dataclasses.asdict(settings),
        **facts,
        "versions": {name: metadata.version(name) for name in packages},
        "python": platform.python_version(),
        "revision": revision(),
    }
    path.write_text(json.dumps(record, indent=2, default=str) + "\n")


def expect_committed(config):
    """Refuses to store what no revision can give again.

    With --allow-dirty the store's folder gets the difference, under its hash.

    Raises:
        ValueError: where code differs from the last commit.
    """
    difference = uncommitted()
    if not difference:
        return
    if not config.allow_dirty:
        raise ValueError(
            "A stored result expects code that is committed, so that it can be run "
            f"again. Received: changes since {revision().split('-')[0]} in kvae or "
            "recipes (git status). Commit them, or run in a fresh clone; --quick "
            "needs neither, and --allow-dirty stores the changes' hash with each cell."
        )
    config.out.mkdir(parents=True, exist_ok=True)
    (config.out / f"uncommitted-{_hash(difference)}.diff").write_text(difference)
    print(f"Code that is not committed: cells are stored as of {revision()}.")


@functools.cache
def revision():
    """Returns the git revision of this code, "unknown" outside of a checkout.

    Where code is not committed, the hash of the difference follows: abc1234-dirty-56ef.
    """
    try:
        _git("ls-files", "--error-unmatch", "common.py")
        commit = _git("rev-parse", "--short=7", "HEAD").strip()
    except (OSError, subprocess.CalledProcessError):
        return "unknown"
    difference = uncommitted()
    return f"{commit}-dirty-{_hash(difference)}" if difference else commit


@functools.cache
def uncommitted():
    """Returns how code differs from the last commit; "" if not, or without git.

    New files count, other than those that git ignores.
    """
    try:
        _git("ls-files", "--error-unmatch", "common.py")
        top = _git("rev-parse", "--show-toplevel").strip()
        changed = _git("diff", "HEAD", "--", *_CODE, folder=top)
        others = ("ls-files", "--others", "--exclude-standard", "--")
        new = _git(*others, *_CODE, folder=top).splitlines()
    except (OSError, subprocess.CalledProcessError):
        return ""
    texts = [Path(top, name).read_bytes().decode(errors="replace") for name in new]
    parts = zip(new, texts, strict=True)
    return changed + "".join(f"new file {name}\n{text}" for name, text in parts)


def _git(*arguments, folder=None):
    """Returns what git prints, in this file's folder by default."""
    done = subprocess.run(
        ["git", *arguments],
        capture_output=True,
        text=True,
        check=True,
        cwd=folder or HERE,
    )
    return done.stdout


def _hash(text):
    return hashlib.blake2b(text.encode(), digest_size=4).hexdigest()
