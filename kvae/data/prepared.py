"""Data that tfds has prepared: found without the network, read in one piece."""

import os
import re
from pathlib import Path

import numpy as np

# Python statements that make a data set known to tfds, for the remedy.
_IMPORTS = {"proben1": "from kvae.data.proben1 import Builder; "}


def open_prepared(name, data_dir=None, also=""):
    """Returns the tfds builder of the newest prepared version of a data set.

    Only the folder is read: `tfds.load` would retry the network for minutes where data
    is missing.

    Args:
        name: str, "mnist" or with its config, "proben1/card1".
        data_dir: str or path; by default the environment variable TFDS_DATA_DIR, else
            ~/tensorflow_datasets.
        also: str, another remedy.

    Raises:
        FileNotFoundError: where there is none; names the folder and the remedy.
        OSError: where its description is damaged.
    """
    folder = prepared_folder(name, data_dir, also)
    import tensorflow_datasets as tfds

    try:
        return tfds.builder_from_directory(folder)
    except Exception as error:  # tfds raises what its JSON and protobuf readers do
        raise OSError(
            f"The description of the prepared data in {folder} cannot be read: "
            f"{str(error).rstrip('.')}. Delete that folder and prepare it again."
        ) from error


def prepared_folder(name, data_dir=None, also=""):
    """Returns the newest prepared version of a data set, as `open_prepared`."""
    root = data_dir or os.environ.get("TFDS_DATA_DIR") or "~/tensorflow_datasets"
    root = Path(root).expanduser()
    # A preparation that was killed leaves "incomplete.XXXXXX_1.0.0".
    versions = [
        path.parent
        for path in (root / name).glob("*/dataset_info.json")
        if re.fullmatch(r"\d+(\.\d+)*", path.parent.name)
    ]
    if not versions:
        command = (
            f'python -c "import tensorflow_datasets as tfds; '
            f"{_IMPORTS.get(name.partition('/')[0], '')}"
            f"tfds.load('{name}', data_dir='{root}')\""
        )
        raise FileNotFoundError(
            f"load({name!r}) looked in {root / name} and found no prepared data. "
            f"Prepare it once, with a network:\n    {command}\n"
            "or name the folder that holds it by data_dir= or TFDS_DATA_DIR"
            + (f"; {also}." if also else ".")
        )
    return max(versions, key=lambda path: _version(path.name))


def _version(name):
    return tuple(int(part) for part in name.split("."))


def read_part(builder, split, select):
    """Reads a split into memory, in the order of its files.

    Args:
        builder: tfds builder.
        split: str, such as "train" or "train[:100]".
        select: function from an example (a dict of tensors) to (x, y).

    Returns:
        (array (N, ...), array (N,)).

    Raises:
        OSError: where files are damaged; names the folder and the remedy.
    """
    import tensorflow as tf

    try:
        data = builder.as_dataset(split=split, shuffle_files=False)
        data = data.map(select, num_parallel_calls=tf.data.AUTOTUNE).batch(1024)
        parts = list(data.as_numpy_iterator())
    except Exception as error:  # TensorFlow's errors share no better base
        raise OSError(
            f"The prepared data in {builder.data_dir} cannot be read (split "
            f"{split!r}): {str(error).rstrip('.')}. Delete that folder and prepare it "
            "again."
        ) from error
    return tuple(np.concatenate(column) for column in zip(*parts, strict=True))


def image_in_unit_range(image, size=None, crop=None):
    """Returns an image tensor in [0, 1], cropped around its centre and scaled.

    Args:
        image: uint8 tensor (H, W, C).
        size: optional (height, width) to scale to, with antialiasing; the largest
            centred crop of this shape is used.
        crop: optional (height, width) to crop first.
    """
    import tensorflow as tf

    image = tf.cast(image, "float32") / 255.0
    if crop:
        image = tf.image.resize_with_crop_or_pad(image, *crop)
    if size:
        height, width = tf.unstack(tf.shape(image)[:2])
        scale = tf.minimum(height / size[0], width / size[1])
        crop = [tf.cast(tf.round(scale * side), "int32") for side in size]
        image = tf.image.resize_with_crop_or_pad(image, *crop)
        image = tf.image.resize(image, size, antialias=True)
    return image
