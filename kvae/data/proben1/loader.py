"""A PROBEN1 problem as a Source: from a .dt file, or from a prepared tfds folder."""

import os
from pathlib import Path

from kvae.data.guarded import Rows
from kvae.data.prepared import open_prepared, read_part
from kvae.data.proben1.dt import read_dt
from kvae.data.proben1.problems import (
    CITATION,
    CLASS_NAMES,
    MANUAL_DIR,
    manual_file,
    schema,
)
from kvae.data.source import Source


def proben1(name, data_dir=None, manual_dir=None):
    """Returns a problem in its own training, validation and test parts.

    Args:
        name: str, such as "card1".
        data_dir: tfds folder, as in `kvae.load`.
        manual_dir: folder with the .dt files; by default the environment variable
            KVAE_PROBEN1_DIR. It takes precedence over the tfds folder.

    Returns:
        Source of the raw inputs; `source.attributes()` shows what stands behind them.

    Raises:
        FileNotFoundError: where the data is in neither place; names the remedy.
        ValueError: where a .dt file is damaged.
    """
    path = manual_file(name, manual_dir)
    if path is not None:
        parts = [Rows(*part) for part in read_dt(path).split()]
    elif manual_dir is not None:
        raise FileNotFoundError(
            f"load('proben1/{name}') found neither {name}.dt nor {name[:-1]}/{name}.dt "
            f"in {Path(manual_dir).expanduser()}."
        )
    else:
        parts = _prepared(name, data_dir)
    train, validation, test = parts
    return Source(
        f"proben1/{name}",
        train=train,
        guarded_test=test,
        class_names=CLASS_NAMES[name[:-1]],
        schema=schema(name[:-1]),
        citation=CITATION,
        licence="free for research, see the UCI repository",
        validation=validation,
    )


def _prepared(name, data_dir):
    remedy = f"or name a folder with the .dt files by manual_dir= or {MANUAL_DIR}"
    if os.environ.get(MANUAL_DIR):
        remedy += f" (that is {os.environ[MANUAL_DIR]} and holds no {name}.dt)"
    builder = open_prepared(f"proben1/{name}", data_dir, also=remedy)

    def select(row):
        return row["inputs"], row["label"]

    return [
        Rows(*read_part(builder, split, select))
        for split in ("train", "validation", "test")
    ]
