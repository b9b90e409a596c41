"""A fitted over-sampler as a folder of plain data: nothing of it is run when opened.

`model.json` has the format, versions, and the sampler as `plain_values` writes it;
`arrays.npz` its arrays, none of objects; `model_0.keras` its VAE, in the format of
Keras; `SHA256SUMS` what the others are to be, as `sha256sum -c` reads it.
"""

import contextlib
import dataclasses
import hashlib
import json
import os
import shutil
import tempfile
import warnings
from pathlib import Path

import joblib
import keras
import numpy as np

import kvae
from kvae.augmentation.methods import Method
from kvae.latent.codes import LatentCodes
from kvae.models.beta_vae import BetaVAE
from kvae.models.generative_classifier import GenerativeClassifier
from kvae.preprocessing.columns import Column
from kvae.preprocessing.encodings import Encoding
from kvae.preprocessing.frame import FrameFormat
from kvae.preprocessing.joined import Joined
from kvae.preprocessing.table import Table
from kvae.resampling.plain_values import Reader, Writer
from kvae.resampling.rows import NumberRows, TableRows
from kvae.samplers import SAMPLERS, Chain
from kvae.schema import Attribute
from kvae.training.vaes import VAESettings
from kvae.verdicts.selection import Selection
from kvae.warning_classes import PickledModelWarning

FORMAT = 1
RECORD, ARRAYS, SUMS, MODEL = "model.json", "arrays.npz", "SHA256SUMS", "model_{}.keras"
PICKLES = (".joblib", ".pickle", ".pkl")
# A name in a file means a class of this list, wherever it lives today.
CLASSES = {
    each.__name__: each
    for each in (
        Attribute,
        Chain,
        Column,
        Encoding,
        FrameFormat,
        Joined,
        LatentCodes,
        Method,
        NumberRows,
        Selection,
        Table,
        TableRows,
        VAESettings,
        *SAMPLERS.values(),
    )
}


class SavedAsFolder:
    """What saves an over-sampler, and opens it again."""

    def save(self, path):
        """Writes the fitted sampler to a folder: weights, arrays and JSON, no code.

        The folder appears whole or not at all, and replaces that of an earlier model.
        What `sample` does not need is left out where it is no plain value: the objects
        `classifier` and `selection_.classifier`, and a function `sampling_strategy`.

        Args:
            path: of the folder.

        Raises:
            FileExistsError: where there is something else.
            ValueError: for what cannot be written, such as a sampler of your own, and
                for a name that looks like a file of pickle.
        """
        path, who = expect_place(path), f"{type(self).__name__}.save expects"
        writer, state = Writer(CLASSES, (BetaVAE, GenerativeClassifier)), {}
        for name, value in _needed(self).items():
            try:
                state[name] = writer.plain(value)
            except TypeError as error:
                raise ValueError(
                    f"{who} plain values, and objects of kvae's own classes. Received: "
                    f"{name} with {error}. Such a sampler can be used, but not saved."
                ) from error
        record = {
            "format": FORMAT,
            "kvae": kvae.__version__,
            "keras": keras.__version__,
            "class": type(self).__name__,
            "models": len(writer.models),
            "objects": writer.objects,
            "state": state,
        }
        with _aside(path) as folder:
            _write(folder, record, writer)
            try:
                _opened(folder, record)
            except Exception as error:  # layers of a user's own raise whatever they do
                raise ValueError(
                    f"{who} a VAE that Keras can open again: of registered layers, and "
                    f"none of a lambda. Received: {_first_line(error)}."
                ) from error

    @classmethod
    def load(cls, path):
        """Returns a sampler that `save` wrote; opening its folder runs no code of it.

        A file of an earlier version, model.joblib, may run code when it is opened, and
        a warning says so.

        Args:
            path: of the folder.

        Raises:
            FileNotFoundError: where there is none.
            ValueError: where it is damaged, something else, or of another version.
        """
        path, who = Path(path), f"{cls.__name__}.load expects a folder that save wrote"
        if not path.exists():
            raise FileNotFoundError(f"{who}. There is no {path}.")
        if path.is_file():
            return _load_pickle(path, cls, who)
        _expect_whole(path, who)
        record = _read_record(path, cls, who)
        try:
            state = _opened(path, record)
        except ImportError:
            raise
        except Exception as error:  # a file that was tampered with may cause any error
            raise ValueError(
                f"{who}. Received: {path}, which kvae {record['kvae']} wrote and kvae "
                f"{kvae.__version__} does not open: {_first_line(error)}. Layers of "
                "your own are to be imported before; else fit and save it again."
            ) from error
        sampler = cls()  # parameters that a later version has added have their defaults
        vars(sampler).update(state)
        return sampler


def expect_place(path):
    """Returns the absolute Path of a folder that a model may be written to.

    Args:
        path: of the folder.

    Raises:
        FileExistsError: where a file is there, or a folder that is no model's alone.
        ValueError: for a name that looks like a file of pickle.
    """
    who, path = "VAEOverSampler.save expects", Path(path)
    if path.suffix in PICKLES:
        raise ValueError(
            f"{who} the name of a folder, since a file of pickle runs code when it is "
            f"opened. Received: {path}. Pass {path.stem!r}."
        )
    if path.exists() and not path.is_dir():
        raise FileExistsError(f"{who} a folder. Received: the file {path}.")
    names = {file.name for file in path.iterdir()} if path.exists() else set()
    models = {name for name in names if Path(name).suffix == ".keras"}
    others = names - {RECORD, ARRAYS, SUMS} - models
    if names and (others or RECORD not in names):
        raise FileExistsError(
            f"{who} a new folder, or that of a model, which is replaced. Received: "
            f"{path}, which holds {min(others or names)}. Choose another."
        )
    return path.resolve()


def _needed(sampler):
    """Returns the attributes of a sampler, without those that only a new fit asks."""
    state = dict(vars(sampler))
    if callable(state["sampling_strategy"]):
        state["sampling_strategy"] = "auto"
    if not isinstance(state["classifier"], str):
        state["classifier"] = None
    selection = state.get("selection_")
    if selection is not None and not isinstance(selection.classifier, str):
        state["selection_"] = dataclasses.replace(selection, classifier=None)
    return state


@contextlib.contextmanager
def _aside(path):
    """Yields a new folder beside a path, which takes its place when all went well."""
    path.parent.mkdir(parents=True, exist_ok=True)
    # On the same file system, so that each rename is one step.
    beside = Path(tempfile.mkdtemp(prefix=".model-", dir=path.parent))
    new, old = beside / "new", beside / "old"
    try:
        new.mkdir()
        yield new
        if path.exists():
            os.replace(path, old)
        os.replace(new, path)
    finally:
        if old.exists() and not path.exists():
            os.replace(old, path)
        shutil.rmtree(beside, ignore_errors=True)


def _write(folder, record, writer):
    (folder / RECORD).write_text(json.dumps(record) + "\n")
    np.savez_compressed(folder / ARRAYS, **writer.arrays)
    for i, model in enumerate(writer.models):
        model.save(folder / MODEL.format(i))
    sums = [f"{_sum(file)}  {file.name}\n" for file in sorted(folder.iterdir())]
    (folder / SUMS).write_text("".join(sums))


def _expect_whole(path, who):
    """Raises ValueError unless all files of a folder are as they were written."""
    for name in (RECORD, SUMS):
        if not (path / name).is_file():
            within = f" Pass {path / 'model'}." * (path / "model" / SUMS).is_file()
            raise ValueError(f"{who}. Received: {path}, which has no {name}.{within}")
    files = {file.name: file for file in path.iterdir()}
    lines = (path / SUMS).read_text(errors="replace").splitlines()
    sums = {
        name: digest for digest, _, name in (line.partition("  ") for line in lines)
    }
    models = {name for name in files if name.endswith(".keras")}
    for name in sorted({RECORD, ARRAYS, *models, *sums}):
        if name not in files or _sum(files[name]) != sums.get(name):
            what = "is damaged" if name in files else "is missing"
            raise ValueError(
                f"{who}. Received: {path}, of which {name or SUMS} {what}. Copy the "
                "folder again, or fit and save the sampler again."
            )


def _read_record(path, cls, who):
    """Returns what model.json says, of a format that this version reads."""
    try:
        record = json.loads((path / RECORD).read_text())
        version, number, name = (record[key] for key in ("kvae", "format", "class"))
    except (LookupError, RecursionError, TypeError, ValueError) as error:
        raise ValueError(
            f"{who}. Received: {path}, whose {RECORD} is something else ({error!r})."
        ) from error
    if number != FORMAT:
        raise ValueError(
            f"{who}. Received: {path}, which kvae {version} wrote in format {number}; "
            f"kvae {kvae.__version__} reads format {FORMAT}. Open it with that version."
        )
    if name != cls.__name__:
        raise ValueError(f"{who}. Received: {path}, which holds a {name}.")
    return record


def _opened(path, record):
    """Returns the attributes of the sampler that a whole folder holds."""
    names = [MODEL.format(i) for i in range(record["models"])]
    models = [_open_keras(path / name) for name in names]
    with np.load(path / ARRAYS, allow_pickle=False) as arrays:
        reader = Reader(arrays, record["objects"], models, CLASSES)
    return {name: reader.value(value) for name, value in record["state"].items()}


def _open_keras(path):
    # Safe mode makes no function of what a file holds, and only registered classes.
    model = keras.saving.load_model(path, safe_mode=True)
    if not isinstance(model, BetaVAE | GenerativeClassifier):
        raise ValueError(f"a {type(model).__name__} in {path.name}")
    return model


def _load_pickle(path, cls, who):
    with path.open("rb") as file:
        start = file.read(2)
    if start[:1] not in (b"x", b"\x80"):  # of what joblib compresses, and of a pickle
        raise ValueError(f"{who}. Received: the file {path}, which is no model.")
    warnings.warn(
        f"{path} is a model in the old form, and to open it runs whatever code it "
        "holds. Open only files that you trust. To save it again, as a folder, is to "
        f"be rid of that: {cls.__name__}.load({str(path)!r}).save('model').",
        PickledModelWarning,
        stacklevel=3,
    )
    try:
        sampler = joblib.load(path)
    except OSError:
        raise
    except Exception as error:  # a file that is no pickle raises whatever it likes
        raise ValueError(
            f"{who}. Received: {path}, which is damaged or comes from another version "
            f"of kvae ({error!r}). Fit and save the sampler again."
        ) from error
    if not isinstance(sampler, cls):
        held = type(sampler).__name__
        raise ValueError(f"{who}. Received: {path}, which holds a {held}.")
    return sampler


def _sum(path):
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _first_line(error):
    # Keras puts what went wrong inside of a model behind a page about it.
    cause = str(error).rpartition("Exception encountered: ")[2].strip()
    for end in ("\n", " Full object config:"):
        cause = cause.partition(end)[0]
    return cause.rstrip(".") or repr(error)
