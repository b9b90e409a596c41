"""What recipes share: flags, errors without tracebacks, bundles, records."""

import dataclasses
import datetime
import functools
import json
import platform
import shlex
import subprocess
import sys
from importlib import metadata
from pathlib import Path

from kvae import quiet

PROBEN1 = ("card", "diabetes", "gene", "glass", "horse", "thyroid")


@dataclasses.dataclass(frozen=True)
class Proben1Config:
    """Flags of every table of PROBEN1."""

    data_dir: str | None = None
    """tfds folder; by default TFDS_DATA_DIR."""
    manual_dir: str | None = None
    """A folder that holds the .dt files; by default KVAE_PROBEN1_DIR."""
    jobs: int = 0
    """Worker processes (0: one for each core); the result does not depend on it."""
    stored: bool = False
    """Train nothing: sum up what the store holds already."""

    @property
    def where(self):
        """Dict: where PROBEN1 is."""
        return {"data_dir": self.data_dir, "manual_dir": self.manual_dir}


# Flags that say where and how, not which rows of a table.
_NO_CHOICE = {"data_dir", "jobs", "manual_dir", "out", "settings", "stored", "vaes"}


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
        main(aside(config))
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
        config: Config, with `jobs` and `stored`.
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
            revision=revision(),
            date=datetime.date.today().isoformat(),
        )
    return store.rows(keys), errors


def make_table(config, bundles, write, train=run_bundles):
    """Trains what the store of a table lacks, writes the table, and says what failed.

    Args:
        config: Config, with `out`.
        bundles: Bundles of the table.
        write: function, called with config and the DataFrame of results.
        train: `run_bundles`, or that of `recipes.image_tables`.
    """
    results, errors = train(list(bundles), config.out / "store.jsonl", config)
    if len(results):
        write(config, results)
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
        "command": shlex.join(["python", *_program(), *_flags()]),
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    table.assign(**origin).to_csv(path, index=False, float_format="%.5f")


def _flags():
    """Returns the flags, without that which trains nothing and so changes nothing."""
    return [flag for flag in sys.argv[1:] if flag != "--stored"]


def _program():
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


@functools.cache
def revision():
    """Returns the git revision of the working tree, "unknown" outside of one."""
    try:
        command = ["git", "describe", "--always", "--dirty"]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return "unknown"
    return done.stdout.strip()
