"""A SavedModel in a session of TensorFlow 1, as TF Serving runs it."""

import threading
from http import HTTPStatus
from pathlib import Path

import numpy as np
import tensorflow as tf


class InvalidArgumentError(ValueError):
    """What a server answers with INVALID_ARGUMENT, or REST's status 400."""


class NotFoundError(LookupError):
    """What a server answers with NOT_FOUND, or REST's status 404."""


def status_of(error):
    """Returns (HTTPStatus, sentence): how a server answers a call that raised this."""
    if isinstance(error, NotFoundError):
        return HTTPStatus.NOT_FOUND, str(error)
    if isinstance(error, InvalidArgumentError):
        return HTTPStatus.BAD_REQUEST, str(error)
    if isinstance(error, (MemoryError, tf.errors.ResourceExhaustedError)):
        sentence = "There is no memory for this request. Ask for fewer rows."
        return HTTPStatus.TOO_MANY_REQUESTS, sentence
    sentence = f"The server failed: {type(error).__name__}"
    return HTTPStatus.INTERNAL_SERVER_ERROR, sentence


class ServedVersion:
    """A SavedModel in a session of TensorFlow 1, as TF Serving has it.

    Args:
        path: folder of the version.
    """

    def __init__(self, path):
        self.graph, self.path = tf.Graph(), str(path)
        config = tf.compat.v1.ConfigProto(intra_op_parallelism_threads=2)
        self.session = tf.compat.v1.Session(graph=self.graph, config=config)
        with self.graph.as_default():
            loaded = tf.compat.v1.saved_model.loader.load(
                self.session, ["serve"], self.path
            )
        self.signatures = {
            name: signature
            for name, signature in loaded.signature_def.items()
            if not name.startswith("__")
        }

    def predict(self, signature_name, inputs):
        """Returns the arrays that a signature answers.

        Args:
            signature_name: str; "" is serving_default.
            inputs: dict of arrays.

        Raises:
            InvalidArgumentError: in the words of the server, or of the graph.
        """
        name = signature_name or "serving_default"
        if name not in self.signatures:
            raise InvalidArgumentError(f'Serving signature key "{name}" not found.')
        signature = self.signatures[name]
        self._expect_names(signature, inputs)
        # Not session.run: it would compare dtypes and shapes itself, in Python, where
        # a server hands the arrays to the C++ session as they are.
        feeds = {
            self._output(signature.inputs[key]): _as_fed(value)
            for key, value in inputs.items()
        }
        fetches = {key: self._output(info) for key, info in signature.outputs.items()}
        try:
            values = self.session._call_tf_sessionrun(
                options=None,
                feed_dict=feeds,
                fetch_list=list(fetches.values()),
                target_list=[],
                run_metadata=None,
            )
        except tf.errors.InvalidArgumentError as error:
            raise InvalidArgumentError(error.message) from error
        except UnicodeDecodeError as error:
            # A parser quotes the broken bytes in its message: Python's border trips.
            message = error.object.decode(errors="replace")
            raise InvalidArgumentError(message) from error
        return dict(zip(fetches, values, strict=True))

    def dtype(self, signature_name, key):
        """Returns the NumPy dtype of an input, object for strings."""
        signature = self.signatures.get(signature_name or "serving_default")
        if signature is None or key not in signature.inputs:
            return None
        return tf.dtypes.as_dtype(signature.inputs[key].dtype).as_numpy_dtype

    def _output(self, info):
        return self.graph.get_tensor_by_name(info.name)._as_tf_output()

    @staticmethod
    def _expect_names(signature, inputs):
        sent, wanted = set(inputs), set(signature.inputs)
        if sent != wanted:
            raise InvalidArgumentError(
                "input size does not match signature: "
                f"{len(sent)}!={len(wanted)} sent extra: {sorted(sent - wanted)} "
                f"missing but required: {sorted(wanted - sent)}."
            )


def _as_fed(value):
    value = np.asarray(value)
    return value.astype(object) if value.dtype.kind in "US" else value


class Models:
    """The highest version of every model below a folder, loaded when first asked.

    Args:
        base: folder of `<name>/<version>`.
    """

    def __init__(self, base):
        self.base, self.loaded, self.lock = Path(base), {}, threading.Lock()

    def version(self, name, number=None):
        """Returns (number, ServedVersion).

        Raises:
            NotFoundError: where there is none.
        """
        # Names are looked up, never put into a path: they may hold slashes and dots.
        folders = {path.name: path for path in self.base.iterdir() if path.is_dir()}
        versions = {
            int(path.name): path
            for path in (folders[name].iterdir() if name in folders else ())
            if path.name.isdecimal() and path.name.isascii()
        }
        asked = f"Latest({name})" if number is None else f"Specific({name}, {number})"
        if number is None:
            number = max(versions, default=None)
        if number not in versions:
            raise NotFoundError(f"Servable not found for request: {asked}")
        with self.lock:
            if (name, number) not in self.loaded:
                version = ServedVersion(versions[number])
                self.loaded[name, number] = version
        return number, self.loaded[name, number]
