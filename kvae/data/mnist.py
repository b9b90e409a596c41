"""MNIST from a folder that tfds prepared; never from the network."""

import os
from pathlib import Path

from kvae.data.source import Rows, Source


def mnist(data_dir=None):
    """28x28 grey images of handwritten digits, 60,000 for training, 10,000 for test."""
    folder = prepared_folder("mnist", data_dir)
    import tensorflow_datasets as tfds

    # From the folder alone: tfds.load("mnist") retries the network for minutes.
    builder = tfds.builder_from_directory(folder)
    parts = [_read(builder, split) for split in ("train", "test")]
    return Source(
        "mnist",
        *parts,
        class_names=tuple(builder.info.features["label"].names),
        citation=builder.info.citation,
        licence="CC BY-SA 3.0",
    )


def prepared_folder(name, data_dir=None):
    """Returns the newest prepared version of a tfds data set.

    Raises:
        FileNotFoundError: where there is none; names the folder and the remedy.
    """
    root = data_dir or os.environ.get("TFDS_DATA_DIR") or "~/tensorflow_datasets"
    root = Path(root).expanduser()
    versions = [path.parent for path in root.glob(f"{name}/*/dataset_info.json")]
    if not versions:
        command = (
            f"python -c \"import tensorflow_datasets as tfds; tfds.load('{name}', "
            f"data_dir='{root}')\""
        )
        raise FileNotFoundError(
            f"load({name!r}) looked in {root / name} and found no prepared data. "
            f"Prepare it once, with a network:\n    {command}\n"
            "or name the folder that holds it by data_dir= or TFDS_DATA_DIR."
        )
    return max(versions, key=lambda path: _version(path.name))


def _version(name):
    return tuple(int(part) if part.isdigit() else -1 for part in name.split("."))


def _read(builder, split):
    import tensorflow_datasets as tfds

    try:
        data = builder.as_dataset(split=split, batch_size=-1, shuffle_files=False)
        data = tfds.as_numpy(data)
    except Exception as error:  # TensorFlow's errors share no better base
        raise OSError(
            f"The prepared data in {builder.data_dir} cannot be read (split "
            f"{split!r}): {error}. Delete that folder and prepare it again."
        ) from error
    return Rows(data["image"].astype("float32") / 255.0, data["label"])
