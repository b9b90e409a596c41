"""A decoder as a SavedModel that plain TensorFlow runs, without Keras or kvae."""

import os
import shutil
import tempfile
from pathlib import Path

import keras
import tensorflow as tf


def export_decoder(vae, path, overwrite=False):
    """Writes the decoder of a VAE as a SavedModel.

    Its signature `serving_default` takes `z`, float32 (B, d), and returns `x`, the
    mean rows (B, ...), in [0, 1] for a Bernoulli decoder. The folder appears under
    its name when it is complete, or not at all.

    Args:
        vae: BetaVAE without a replica axis, built.
        path: str or path, the folder to write. TF Serving expects the name of the
            last part to be a number: <model>/1.
        overwrite: bool, whether a folder of that name is replaced.

    Returns:
        Path of the folder.

    Raises:
        ValueError: for a VAE that is not built, or has a replica axis.
        FileExistsError: where the folder exists and overwrite is False.

    Example:
        >>> from kvae import BetaVAE, DenseDecoder, DenseEncoder
        >>> vae = BetaVAE(DenseEncoder(2), DenseDecoder((8, 8, 1)))
        >>> vae.build((None, 8, 8, 1))
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     path = export_decoder(vae, f"{folder}/decoder/1")
        ...     decode = tf.saved_model.load(path).signatures["serving_default"]
        ...     decode(z=tf.zeros((3, 2)))["x"].shape
        TensorShape([3, 8, 8, 1])
    """
    if not vae.built:
        raise ValueError(
            f"export_decoder expects a trained BetaVAE. Received: {vae.name!r}, not "
            "built yet; fit it first."
        )
    if vae.replicas is not None:
        raise ValueError(
            "export_decoder expects a BetaVAE without a replica axis. Received: "
            f"{vae.replicas} replicas; choose one with kvae.models.take(vae, r)."
        )
    path = Path(path)
    if path.exists() and not overwrite:
        raise FileExistsError(
            f"{path} exists. Choose another folder, or pass overwrite=True."
        )
    archive = keras.export.ExportArchive()
    archive.track(vae.decoder)
    archive.add_endpoint(
        "serving_default",
        lambda z: {"x": tf.cast(vae.decode(z), tf.float32)},
        [tf.TensorSpec([None, vae.latent_dim], tf.float32, "z")],
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    # Beside its place, on the same file system, so that the rename is one step.
    aside = Path(tempfile.mkdtemp(prefix=".export-", dir=path.parent))
    try:
        archive.write_out(str(aside / "new"), verbose=False)
        if path.exists():
            os.replace(path, aside / "old")
        os.replace(aside / "new", path)
    finally:
        shutil.rmtree(aside, ignore_errors=True)
    return path
