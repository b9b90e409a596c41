"""TF Serving's REST and gRPC protocol over a SavedModel, where there is no TF Serving.

    python -m tools.stand_in_server saved_models                  # REST on 8501
    python -m tools.stand_in_server saved_models --grpc-port 8500 # and gRPC

For tests, and to try a model on a machine without docker: one process, on the loopback,
the highest version of each model. Not for production. Needs the extra `serve`, and for
gRPC the package tensorflow-serving-api.
"""

import argparse
import gc
import sys
from pathlib import Path

import tensorflow as tf

from tools.served_version import Models

MAX_BODY = 2**23  # bytes: a million numbers as JSON has them
QUEUE = 512  # requests that wait
THREADS = 2
TIMEOUT = 30  # seconds for a request to come


def rest_server(
    models, port=8501, threads=THREADS, queue=QUEUE, max_body=MAX_BODY, timeout=TIMEOUT
):
    """Returns an HttpServer on the loopback; port 0 takes a free one.

    Raises:
        ImportError: where waitress is not installed.
    """
    try:
        from tools.http_server import HttpServer
    except ImportError as error:
        raise ImportError(
            "The stand-in server needs the package waitress. Install kvae's extra: "
            "pip install 'kvae[serve]'."
        ) from error
    from tools.rest_api import application

    return HttpServer(application(models), port, threads, queue, max_body, timeout)


def grpc_server(models, port=8500, threads=THREADS, queue=QUEUE, max_body=MAX_BODY):
    """Returns (started gRPC server, port) on the loopback.

    Raises:
        ImportError: where tensorflow-serving-api is not installed.
    """
    try:
        from tools import grpc_api
    except ImportError as error:
        raise ImportError(
            "The stand-in's gRPC needs the package tensorflow-serving-api: pip install "
            "tensorflow-serving-api."
        ) from error
    return grpc_api.grpc_server(models, port, threads, queue, max_body)


def main():
    """Serves until it is interrupted."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("base", type=Path, help="folder of <name>/<version>")
    parser.add_argument("--rest-port", type=int, default=8501)
    parser.add_argument("--grpc-port", type=int, help="by default no gRPC")
    for name, default, text in (
        ("max-body", MAX_BODY, "bytes of a request; more is answered 413"),
        ("queue", QUEUE, "requests that may wait; more are answered 429"),
        ("threads", THREADS, "requests that are answered at a time"),
        ("timeout", TIMEOUT, "seconds for a request to come; then it is answered 408"),
    ):
        text += f" ({default})"
        parser.add_argument(f"--{name}", type=int, default=default, help=text)
    arguments = parser.parse_args()
    if not arguments.base.is_dir():
        sys.exit(f"error: {arguments.base} is no folder of models.")
    tf.get_logger().setLevel("ERROR")  # it calls the session loader deprecated
    models = Models(arguments.base)
    limits = {
        name: getattr(arguments, name) for name in ("max_body", "queue", "threads")
    }
    try:
        server = rest_server(
            models, arguments.rest_port, **limits, timeout=arguments.timeout
        )
        if arguments.grpc_port is not None:
            grpc, port = grpc_server(models, arguments.grpc_port, **limits)
            print(f"gRPC on 127.0.0.1:{port}")
    except (ImportError, OSError, RuntimeError) as error:
        sys.exit(f"error: {error}")
    # JSON is many small objects, and each few thousand of them would have all of
    # TensorFlow's looked through: half of the time of an answer.
    gc.freeze()
    print(f"REST on http://127.0.0.1:{server.effective_port}", flush=True)
    try:
        server.run()
    except KeyboardInterrupt:
        pass


if __name__ == "__main__":
    main()
