"""Embeddings of images that a user brings along, for the graph of labels."""

import math
from pathlib import Path

import numpy as np

from kvae.checks import expect_finite
from kvae.data.image_folder import read_images

BATCH = 64


def read_features(path, folders):
    """Returns what one's own file or model says about each image.

    A model gets what `keras.utils.image_dataset_from_directory` would give it: numbers
    from 0 to 255, scaled to the height and width that it asks for.

    Args:
        path: an .npy file with a row of numbers for each image file, those that cannot
            be read included, sorted by path; or a Keras model (.keras), or the folder
            of a SavedModel, from images to vectors.
        folders: ClassFolders of N images.

    Returns:
        Float array (N, D).

    Raises:
        FileNotFoundError: where there is no such file.
        ValueError: for another number of rows, or what is no vector for each image.
    """
    path = Path(path).expanduser()
    if not path.exists():
        raise FileNotFoundError(f"There is no file {str(path)!r} for --features.")
    if path.suffix == ".npy":
        features = _from_array(path, folders)
    else:
        features = _from_model(path, folders)
    if features.ndim != 2 or len(features) != len(folders.kept):
        raise ValueError(
            f"--features expects a vector for each of {len(folders.kept)} images. "
            f"Received: shape={features.shape} from {path}. Let a model of images end "
            "in a pooling layer, such as keras.layers.GlobalAveragePooling2D()."
        )
    expect_finite("--features", features, "Leave images without features out.")
    return features


def _from_array(path, folders):
    try:
        features = np.load(path, allow_pickle=False)
    except ValueError as error:
        raise ValueError(
            f"--features expects an array of numbers in {path}. Received: {error}. "
            "Write it by numpy.save."
        ) from error
    files = folders.files
    if len(features) != len(files):
        raise ValueError(
            f"--features expects a row for each of {len(files)} image files, sorted by "
            f"path, from {files[0].relative_to(folders.folder)} to "
            f"{files[-1].relative_to(folders.folder)}. Received: {len(features)} rows "
            f"in {path}."
        )
    return features[folders.kept]


def _from_model(path, folders):
    predict, shape = _opened(path)
    size = tuple(shape[:2]) if all(shape[:2]) else folders.x.shape[1:3]
    channels = shape[2] or folders.x.shape[3]
    x = folders.x
    if x.shape[1:] != (*size, channels):
        files = [folders.files[i] for i in folders.kept]
        x, _ = read_images(files, size, channels)
    parts = np.array_split(x, math.ceil(len(x) / BATCH))
    return np.concatenate([predict(255.0 * part) for part in parts])


def _opened(path):
    """Returns (images (B, H, W, C) -> their features, (H, W, C) with None for any)."""
    import keras
    import tensorflow as tf

    if path.is_dir():
        try:
            graph = tf.saved_model.load(path)
            call = graph.signatures["serving_default"]
        except (KeyError, OSError) as error:
            raise ValueError(
                "--features expects an .npy file, a .keras file or the folder of a "
                f"SavedModel with a signature 'serving_default'. Received: {path} "
                f"({error}). Write it by the model's method export."
            ) from error
        ((name, spec),) = call.structured_input_signature[1].items()

        def predict(x):
            (features,) = call(**{name: tf.cast(x, spec.dtype)}).values()
            return features.numpy()

        shape = spec.shape
    else:
        try:
            model = keras.saving.load_model(path, compile=False)
        except (ImportError, OSError, ValueError) as error:
            raise ValueError(
                "--features expects an .npy file, a .keras file or the folder of a "
                f"SavedModel. Received: {path} ({error}). Write it by model.save."
            ) from error
        shape = model.input_shape

        def predict(x):
            return np.asarray(model(x, training=False))

    if len(shape) != 4:
        raise ValueError(
            "--features expects a model of images (B, H, W, C). Received: one of "
            f"inputs {tuple(shape)}. Put a keras.layers.Reshape in front."
        )
    return predict, tuple(shape)[1:]
