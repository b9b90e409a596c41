"""TF Serving's REST addresses, statuses and words, as a WSGI application."""

import json
import logging
import re
from http import HTTPStatus
from urllib.parse import unquote

import tensorflow as tf

from kvae.serving.wire import shortened
from tools import rest_json
from tools.served_version import InvalidArgumentError, status_of

_MODEL = r"/v1/models/([^/:]+)(?:/versions/(\d+)|/labels/([^/:]+))?"
_FLAGS = re.IGNORECASE | re.ASCII
_ASKED = re.compile(rf"{_MODEL}:(predict|classify|regress)", _FLAGS)
_LOOKED_AT = re.compile(rf"{_MODEL}(/metadata)?", _FLAGS)
_ALL_MODELS = re.compile("/v1/models/?", _FLAGS)
_INT64_DIGITS = 18  # every number of so many fits


class _RefusedError(Exception):
    """A request that is refused: its status, a sentence, and further headers."""

    def __init__(self, status, sentence, *headers):
        super().__init__(sentence)
        self.status, self.headers = status, headers


def application(models):
    """Returns the WSGI application that serves Models."""

    def answer(environ, start_response):
        headers = ()
        try:
            status, value = HTTPStatus.OK, _answer(models, environ)
        except _RefusedError as error:
            status, value = error.status, {"error": shortened(str(error))}
            headers = error.headers
        except Exception as error:
            status, sentence = status_of(error)
            if status == HTTPStatus.INTERNAL_SERVER_ERROR:
                logging.getLogger(__name__).exception("a request fails")
            value = {"error": shortened(sentence)}
        body = json.dumps(value).encode()
        sizes = ("Content-Length", str(len(body)))
        headers = [("Content-Type", "application/json"), sizes, *headers]
        start_response(f"{status.value} {status.phrase}", headers)
        return [] if environ["REQUEST_METHOD"] == "HEAD" else [body]

    return answer


def _answer(models, environ):
    method = environ["REQUEST_METHOD"]
    # Not PATH_INFO: the slashes in an escaped name are no slashes of the address.
    path = environ["REQUEST_URI"].encode("latin-1").decode(errors="replace")
    path = re.sub("^https?://[^/?#]*", "", path, flags=re.IGNORECASE)
    path = re.split("[?#]", path, maxsplit=1)[0]
    if not path.lower().startswith("/v1/"):
        raise _RefusedError(
            HTTPStatus.NOT_FOUND, f"Not found: {path}. Addresses begin with /v1/models."
        )
    malformed = f"Malformed request: {method} {path}"
    if asked := _ASKED.fullmatch(path):
        if method != "POST":
            raise _not_allowed(malformed, "POST")
        return _predict(models, environ, *asked.groups())
    if looked_at := _LOOKED_AT.fullmatch(path):
        if method != "GET":
            raise _not_allowed(malformed, "GET")
        return _describe(models, *looked_at.groups())
    if method == "GET" and _ALL_MODELS.fullmatch(path):
        raise InvalidArgumentError("Missing model name in request.")
    raise InvalidArgumentError(malformed)


def _not_allowed(malformed, allowed):
    status = HTTPStatus.METHOD_NOT_ALLOWED
    return _RefusedError(status, f"{malformed} (use {allowed})", ("Allow", allowed))


def _version(models, name, number, label):
    if label is not None:
        raise InvalidArgumentError(
            f"Unrecognized servable version label: {unquote(label)}"
        )
    if number is not None and len(number) > _INT64_DIGITS:
        raise InvalidArgumentError(f"Failed to convert version: {number} to numeric.")
    return models.version(unquote(name), None if number is None else int(number))


def _predict(models, environ, name, number, label, verb):
    if "CONTENT_LENGTH" not in environ:
        raise _RefusedError(
            HTTPStatus.LENGTH_REQUIRED,
            "A request expects Content-Length, or Transfer-Encoding: chunked.",
        )
    _, version = _version(models, name, number, label)
    verb = verb.lower()
    if verb != "predict":
        raise InvalidArgumentError(
            f"Expected {verb} signature method_name to be tensorflow/serving/{verb}. "
            "Was: tensorflow/serving/predict"
        )
    body = rest_json.read(environ["wsgi.input"].read())
    return rest_json.predict_json(version, body)


def _describe(models, name, number, label, metadata):
    number, version = _version(models, name, number, label)
    if metadata:
        spec = {"name": unquote(name), "signature_name": "", "version": str(number)}
        return {"model_spec": spec, "metadata": _metadata(version)}
    status = {"error_code": "OK", "error_message": ""}
    state = {"version": str(number), "state": "AVAILABLE", "status": status}
    return {"model_version_status": [state]}


def _metadata(version):
    def tensors(infos):
        return {
            key: {
                "dtype": tf.dtypes.as_dtype(info.dtype).name,
                "name": info.name,
                "tensor_shape": {
                    "dim": [{"size": str(d.size)} for d in info.tensor_shape.dim]
                },
            }
            for key, info in infos.items()
        }

    signatures = {
        name: {"inputs": tensors(s.inputs), "outputs": tensors(s.outputs)}
        for name, s in version.signatures.items()
    }
    return {"signature_def": {"signature_def": signatures}}
