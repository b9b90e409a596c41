"""Opening a model: what augment wrote, a SavedModel, a server."""

import warnings

import numpy as np
import tensorflow as tf
from tensorflow.core.protobuf import saved_model_pb2

from kvae.explorer.fitted_world import FittedWorld
from kvae.explorer.places import GRAPH, GRAPH_FILE, PICKLE, SERVER, find
from kvae.explorer.served_world import Served, ServedWorld
from kvae.resampling.resampler import VAEOverSampler
from kvae.serving.client import Client, ServingError, in_words
from kvae.serving.description import FILE, FOLDER, read_description
from kvae.warning_classes import KvaeWarning

RUNS_OPERATIONS = (
    "A SavedModel runs no Python from its folder, but TensorFlow's operations, which "
    "can read and write files: open only folders that you trust"
)


def open_world(model, classes=()):
    """Opens a model for the explorer.

    Args:
        model: str or path, as `kvae.explorer.places.find` takes it.
        classes: strings, the names of classes, where a server does not tell them.

    Returns:
        World.

    Raises:
        FileNotFoundError: where there is nothing of that name.
        ValueError: for what is no model, or one that cannot be explored.
        ConnectionError: where a server cannot be reached.
    """
    place = find(model)
    if place.kind == SERVER:
        return _on_server(place, tuple(classes))
    if place.kind == GRAPH:
        return _in_folder(place, tuple(classes))
    notes = (PICKLE.format(f"The model {place.where.name}"),) if place.is_pickle else ()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", KvaeWarning)  # the note says it
        fitted = VAEOverSampler.load(place.where)
    return FittedWorld(fitted, place.name, notes)


def _in_folder(place, classes):
    path = place.where
    saved = saved_model_pb2.SavedModel.FromString((path / GRAPH_FILE).read_bytes())
    infos = {
        name: dict(signature.inputs)
        for name, signature in saved.meta_graphs[0].signature_def.items()
        if not name.startswith("__")  # TensorFlow's own
    }
    functions = tf.saved_model.load(str(path)).signatures

    def ask(name, inputs):
        tensors = {
            key: tf.constant(value, infos[name][key].dtype)
            for key, value in inputs.items()
        }
        try:
            answer = functions[name](**tensors)
        except tf.errors.InvalidArgumentError as error:
            raise ValueError(in_words(error.message)) from error
        return {key: _as_text(tensor.numpy()) for key, tensor in answer.items()}

    if (path / FOLDER / FILE).is_file():
        classes = classes or tuple(read_description(path)["class_names"] or ())
    served = Served(
        ask,
        {name: tuple(inputs) for name, inputs in infos.items()},
        _latent_dim(infos, lambda z: [dim.size for dim in z.tensor_shape.dim]),
        classes,
    )
    return ServedWorld(served, place.name, notes=(RUNS_OPERATIONS,))


def _on_server(place, classes):
    client = Client(place.where, place.name)
    try:
        described = client.signatures()
    except ServingError as error:
        raise ValueError(f"{place.where} refuses to describe it: {error}") from error
    served = Served(
        client.predict,
        {name: tuple(inputs) for name, inputs in described.items()},
        _latent_dim(described, lambda z: z),
        classes,
    )
    return ServedWorld(served, place.name, notes=(f"Asked at {place.where}",))


def _latent_dim(signatures, shape_of):
    """Returns d of decode's z (B, d); 0 where there is no such signature."""
    z = signatures.get("decode", {}).get("z")
    return int(shape_of(z)[-1]) if z is not None else 0


def _as_text(values):
    """Returns strings as str, numbers as they are."""
    if values.dtype != object:
        return values
    texts = np.empty(values.shape, object)
    for place, value in np.ndenumerate(values):
        texts[place] = value.decode(errors="replace")
    return texts
