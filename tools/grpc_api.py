"""TF Serving's PredictionService over gRPC; needs tensorflow-serving-api."""

import logging
from concurrent import futures
from http import HTTPStatus

import grpc
import numpy as np
import tensorflow as tf
from tensorflow_serving.apis import predict_pb2, prediction_service_pb2_grpc

from kvae.serving.wire import shortened
from tools.served_version import InvalidArgumentError, status_of

_CODES = {
    HTTPStatus.BAD_REQUEST: grpc.StatusCode.INVALID_ARGUMENT,
    HTTPStatus.NOT_FOUND: grpc.StatusCode.NOT_FOUND,
    HTTPStatus.TOO_MANY_REQUESTS: grpc.StatusCode.RESOURCE_EXHAUSTED,
    HTTPStatus.INTERNAL_SERVER_ERROR: grpc.StatusCode.INTERNAL,
}


class _Service(prediction_service_pb2_grpc.PredictionServiceServicer):
    def __init__(self, models, max_body):
        self.models, self.max_body = models, max_body

    def Predict(self, request, context):
        try:
            return self._predict(request)
        except Exception as error:
            status, sentence = status_of(error)
            if status == HTTPStatus.INTERNAL_SERVER_ERROR:
                logging.getLogger(__name__).exception("a request fails")
        context.abort(_CODES[status], shortened(sentence))

    def _predict(self, request):
        spec = request.model_spec
        if spec.version_label:
            raise InvalidArgumentError(
                f"Unrecognized servable version label: {spec.version_label}"
            )
        number = spec.version.value if spec.HasField("version") else None
        number, version = self.models.version(spec.name, number)
        inputs = {key: self._array(key, v) for key, v in request.inputs.items()}
        answer = version.predict(spec.signature_name, inputs)
        response = predict_pb2.PredictResponse()
        response.model_spec.name = spec.name
        response.model_spec.version.value = number
        for key, value in answer.items():
            response.outputs[key].CopyFrom(tf.make_tensor_proto(value))
        return response

    def _array(self, key, proto):
        # One value may stand for all of a shape: a few bytes, for gigabytes of zeros.
        count = float(np.prod([float(dim.size) for dim in proto.tensor_shape.dim]))
        try:
            dtype = np.dtype(tf.dtypes.as_dtype(proto.dtype).as_numpy_dtype)
            if count * dtype.itemsize <= self.max_body:
                return tf.make_ndarray(proto)
        except (TypeError, ValueError) as error:
            raise InvalidArgumentError(f"Tensor {key} is none: {error}") from error
        raise InvalidArgumentError(
            f"Tensor {key} expects at most {self.max_body} bytes."
        )


def grpc_server(models, port, threads, queue, max_body):
    """Returns (started gRPC server, port) on the loopback.

    Args:
        models: Models.
        port: int; 0 takes a free one.
        threads: int, how many requests are answered at a time.
        queue: int, how many may wait; whoever comes then is answered
            RESOURCE_EXHAUSTED.
        max_body: int, bytes of a request and of each of its tensors.
    """
    server = grpc.server(
        futures.ThreadPoolExecutor(threads),
        maximum_concurrent_rpcs=threads + queue,
        options=[("grpc.max_receive_message_length", max_body)],
    )
    prediction_service_pb2_grpc.add_PredictionServiceServicer_to_server(
        _Service(models, max_body), server
    )
    port = server.add_insecure_port(f"127.0.0.1:{port}")
    server.start()
    return server, port
