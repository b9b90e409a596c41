"""TF Serving's REST and gRPC protocol over a SavedModel, where there is no TF Serving.

    python -m tools.stand_in_server saved_models                  # REST on 8501
    python -m tools.stand_in_server saved_models --grpc-port 8500 # and gRPC

For tests, and to try a model on a machine without docker: one process, one request at
a time, the highest version of each model when it starts. Not for production. gRPC needs
the package tensorflow-serving-api.
"""

import argparse
import base64
import json
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import tensorflow as tf

from tools.served_version import InvalidArgumentError, Models


def predict_json(version, body):
    """Answers a REST request: TF Serving's row and columnar forms, and b64.

    Args:
        version: ServedVersion.
        body: dict, the request.

    Returns:
        dict, the answer.
    """
    if ("instances" in body) == ("inputs" in body):
        raise InvalidArgumentError('Request expects one of "instances" and "inputs".')
    name = body.get("signature_name", "")
    if "inputs" in body:
        named = _named(version, name, body["inputs"])
        inputs = {key: _tensor(version, name, key, v) for key, v in named.items()}
        answer = version.predict(name, inputs)
        values = {key: _to_json(key, value) for key, value in answer.items()}
        return {"outputs": values.popitem()[1] if len(values) == 1 else values}
    rows = body["instances"]
    if not isinstance(rows, list) or not rows:
        raise InvalidArgumentError('"instances" expects a list of at least one row.')
    rows = [_named(version, name, row) for row in rows]
    if any(set(row) != set(rows[0]) for row in rows):
        raise InvalidArgumentError("Rows of a request expect the same inputs.")
    columns = {key: [row[key] for row in rows] for key in rows[0]}
    inputs = {key: _tensor(version, name, key, v) for key, v in columns.items()}
    answer = version.predict(name, inputs)
    if any(np.ndim(v) == 0 or len(v) != len(rows) for v in answer.values()):
        raise InvalidArgumentError(
            "Row form expects a row of each output for each row."
        )
    values = {key: _to_json(key, value) for key, value in answer.items()}
    if len(values) == 1:
        return {"predictions": values.popitem()[1]}
    return {
        "predictions": [
            {key: value[i] for key, value in values.items()} for i in range(len(rows))
        ]
    }


def _named(version, name, value):
    """A signature of one input may be asked without its name."""
    signature = version.signatures.get(name or "serving_default")
    is_file = isinstance(value, dict) and set(value) == {"b64"}
    if isinstance(value, dict) and not is_file:
        return value
    if signature is None or len(signature.inputs) != 1:
        raise InvalidArgumentError("Inputs expect names where there are several.")
    return {next(iter(signature.inputs)): value}


def _tensor(version, name, key, value):
    dtype = version.dtype(name, key)
    try:
        return np.array(_decoded(value), dtype)
    except (TypeError, ValueError, OverflowError) as error:
        raise InvalidArgumentError(f"JSON value for {key!r}: {error}") from error


def _decoded(value):
    if isinstance(value, list):
        return [_decoded(part) for part in value]
    if isinstance(value, dict):
        return base64.b64decode(value["b64"])
    return value.encode() if isinstance(value, str) else value


def _to_json(key, value):
    if isinstance(value, np.ndarray):
        return [_to_json(key, part) for part in value]
    if isinstance(value, bytes):
        if key.endswith("_bytes"):
            return {"b64": base64.b64encode(value).decode()}
        return value.decode()
    return value.item()


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
    return {"metadata": {"signature_def": {"signature_def": signatures}}}


class _Rest(BaseHTTPRequestHandler):
    models = None

    def do_GET(self):
        try:
            parts = self.path.strip("/").split("/")
            number, version = self.models.version(parts[2])
        except (LookupError, IndexError) as error:
            return self._answer(404, {"error": str(error)})
        if parts[-1] == "metadata":
            return self._answer(200, _metadata(version))
        status = {"version": str(number), "state": "AVAILABLE"}
        return self._answer(200, {"model_version_status": [status]})

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        try:
            path, _, verb = self.path.strip("/").partition(":")
            parts = path.split("/")
            number = int(parts[4]) if len(parts) > 4 else None
            _, version = self.models.version(parts[2], number)
            self._answer(200, predict_json(version, json.loads(body)))
        except LookupError as error:
            self._answer(404, {"error": str(error)})
        except ValueError as error:  # broken JSON is one, InvalidArgumentError too
            self._answer(400, {"error": str(error)})

    def _answer(self, status, value):
        body = json.dumps(value).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments):
        """Keeps the terminal for errors."""


def rest_server(models, port=8501):
    """Returns an HTTP server on the loopback; port 0 takes a free one."""
    handler = type("Rest", (_Rest,), {"models": models})
    return ThreadingHTTPServer(("127.0.0.1", port), handler)


def grpc_server(models, port=8500):
    """Returns (started gRPC server, port) on the loopback."""
    from concurrent import futures

    import grpc
    from tensorflow_serving.apis import predict_pb2, prediction_service_pb2_grpc

    class Service(prediction_service_pb2_grpc.PredictionServiceServicer):
        def Predict(self, request, context):
            spec = request.model_spec
            try:
                number, version = models.version(spec.name, spec.version.value or None)
                inputs = {k: tf.make_ndarray(v) for k, v in request.inputs.items()}
                answer = version.predict(spec.signature_name, inputs)
            except LookupError as error:
                context.abort(grpc.StatusCode.NOT_FOUND, str(error))
            except ValueError as error:
                context.abort(grpc.StatusCode.INVALID_ARGUMENT, str(error))
            response = predict_pb2.PredictResponse()
            response.model_spec.name = spec.name
            response.model_spec.version.value = number
            for key, value in answer.items():
                response.outputs[key].CopyFrom(tf.make_tensor_proto(value))
            return response

    server = grpc.server(futures.ThreadPoolExecutor(2))
    prediction_service_pb2_grpc.add_PredictionServiceServicer_to_server(
        Service(), server
    )
    port = server.add_insecure_port(f"127.0.0.1:{port}")
    server.start()
    return server, port


def main():
    """Serves until it is interrupted."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("base", type=Path, help="folder of <name>/<version>")
    parser.add_argument("--rest-port", type=int, default=8501)
    parser.add_argument("--grpc-port", type=int, help="by default no gRPC")
    arguments = parser.parse_args()
    if not arguments.base.is_dir():
        sys.exit(f"error: {arguments.base} is no folder of models.")
    tf.get_logger().setLevel("ERROR")  # it calls the session loader deprecated
    models = Models(arguments.base)
    if arguments.grpc_port is not None:
        _, port = grpc_server(models, arguments.grpc_port)
        print(f"gRPC on 127.0.0.1:{port}")
    server = rest_server(models, arguments.rest_port)
    print(f"REST on http://127.0.0.1:{server.server_port}", flush=True)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        pass


if __name__ == "__main__":
    main()
