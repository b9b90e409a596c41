"""What recipes share: flags from a dataclass, errors without tracebacks, records."""

import dataclasses
import functools
import json
import platform
import subprocess
import sys
from importlib import metadata

import kvae  # noqa: F401  before TensorFlow, so that it starts without a word


def run(main, config_class, quick, description):
    """Parses the flags of a recipe and runs it.

    Every field of the dataclass is a flag; an unknown flag is an error. `--quick`
    changes the defaults to those in `quick`. What a user can mend is reported as one
    message; anything else keeps its traceback.
    """
    import tyro

    is_quick = "--quick" in sys.argv[1:]
    default = config_class(**(quick if is_quick else {}))
    config = tyro.cli(config_class, default=default, description=description)
    try:
        main(config)
    except (FileNotFoundError, OSError, ValueError) as error:
        sys.exit(f"error: {error}")
    except KeyboardInterrupt:
        sys.exit("interrupted; what was finished is in the output folder")


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


def write_record(path, config, settings, **more):
    """Writes what a run was made with: flags, settings, versions, revision."""
    packages = ("kvae", "keras", "tensorflow", "numpy", "scikit-learn")
    record = {
        "config": dataclasses.asdict(config),
        "settings": dataclasses.asdict(settings),
        **more,
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
