"""TF Serving's PredictionService over gRPC; needs the extra `grpc`."""

from kvae.serving import wire

_METHOD = "/tensorflow.serving.PredictionService/Predict"


class Channel:
    """A connection to a server.

    Args:
        target: str, "host:port".

    Raises:
        ImportError: where grpcio is not installed.
    """

    def __init__(self, target):
        try:
            import grpc
        except ImportError as error:
            raise ImportError(
                "A client of grpc://... needs the package grpcio. Install kvae's "
                "extra: pip install 'kvae[grpc]'; or use the REST port."
            ) from error
        self._grpc = grpc
        # Images of a few hundred rows are more than gRPC's default of 4 MiB.
        options = [
            (f"grpc.max_{way}_message_length", -1) for way in ("receive", "send")
        ]
        self._channel = grpc.insecure_channel(target, options)
        self._predict = self._channel.unary_unary(
            _METHOD,
            request_serializer=lambda request: request.SerializeToString(),
            response_deserializer=wire.messages()["PredictResponse"].FromString,
        )

    def predict(self, request, timeout):
        """Returns the PredictResponse to a PredictRequest.

        Raises:
            TimeoutError: after `timeout` seconds.
            ConnectionError: where the server is unavailable.
            RuntimeError: with the server's message, for anything else.
        """
        try:
            return self._predict(request, timeout=timeout)
        except self._grpc.RpcError as error:
            code, codes = error.code(), self._grpc.StatusCode
            if code == codes.DEADLINE_EXCEEDED:
                raise TimeoutError(error.details()) from error
            if code == codes.UNAVAILABLE:
                raise ConnectionError(error.details()) from error
            raise RuntimeError(error.details()) from error

    def close(self):
        """Closes the connection."""
        self._channel.close()
