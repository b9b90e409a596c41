"""The stand-in answers everyone: in a process of its own, over real sockets."""

import json
import re
import socket
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from kvae.serving import Client, ServingError
from tests.serving import http_fuzz
from tests.serving.http_fuzz import message, predict

ROW = b'{"instances": [[0.0, 0.0, 0.0]]}'
MEBIBYTE = 2**20


class Server:
    """A stand-in server, and what is sent to it as it stands."""

    def __init__(self, base, *options):
        command = [sys.executable, "-m", "tools.stand_in_server", str(base)]
        command += ["--rest-port", "0", "--grpc-port", "0", *options]
        pipes = {"stdout": subprocess.PIPE, "text": True}
        root = Path(__file__).parents[2]
        self.process = subprocess.Popen(command, cwd=root, **pipes)
        self.grpc_port, self.port = (
            int(self.process.stdout.readline().rsplit(":")[-1]) for _ in range(2)
        )

    def connect(self):
        return socket.create_connection(("127.0.0.1", self.port), timeout=60)

    def send(self, *requests, end=True):
        """Returns [(status, value)] of all answers to requests on one connection."""
        with self.connect() as connection:
            connection.sendall(b"".join(requests))
            if end:
                connection.shutdown(socket.SHUT_WR)
            return read(connection)

    def mebibytes(self):
        text = Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.search(r"VmRSS:\s+(\d+)", text)[1]) / 1024


def read(connection):
    """Returns [(status, value)] of all answers until the server closes."""
    received = b""
    while part := connection.recv(2**16):
        received += part
    answers = []
    while received:
        head, _, received = received.partition(b"\r\n\r\n")
        status = int(head.split()[1])
        length = int((re.search(rb"(?i)content-length: (\d+)", head) or [0, 0])[1])
        body, received = received[:length], received[length:]
        answers.append((status, json.loads(body) if body else None))
    return answers


@pytest.fixture(scope="module")
def server(models_dir, image_model, table_model):
    pytest.importorskip("tensorflow_serving")
    server = Server(models_dir, "--timeout", "2")
    server.send(predict(ROW))  # the model is loaded now
    yield server
    server.process.terminate()
    server.process.wait()


@pytest.mark.parametrize(
    ("request_bytes", "status", "words"),
    [
        (message("POST", "/", ["Content-Length: 0"]), 404, "Not found: /."),
        (predict(b"{}", name="nothing"), 404, r"Servable not found .*Latest\(nothing"),
        (predict(b"{}", name="..%2fimages"), 404, "Servable not found"),
        (predict(b"{}", name="images/versions/0"), 404, r"Specific\(images, 0\)"),
        (predict(b"{}", name="images/labels/old"), 400, "version label: old"),
        (message("POST", "/v1/models/images:nonsense", []), 400, "^Malformed request"),
        (message("POST", "/v1/models/images", []), 405, "use GET"),
        (message("GET", "/v1/models/images:predict", []), 405, "use POST"),
        (message("GET", "/v1/models", []), 400, "Missing model name"),
        (message("POST", "/v1/models/images:predict", []), 411, "Content-Length"),
        (predict(b""), 400, "^JSON Parse error: The document is empty$"),
        (predict(b"{"), 400, "^JSON Parse error: .* at offset: 1$"),
        (predict(100_000 * b"["), 400, "^JSON Parse error: Nested too deeply$"),
        (predict(b"[]"), 400, "Is not object"),
        (predict(b"{}"), 400, "^Missing 'inputs' or 'instances' key$"),
        (predict(b'{"inputs": [], "instances": []}'), 400, "expecting only one of"),
        (predict(b'{"signature_name": [], "inputs": 1}'), 400, "must be a string"),
        (predict(b'{"instances": []}'), 400, "^No values in 'instances' array$"),
        (predict(b'{"instances": [["1", 2, 3]]}'), 400, 'Value: "1" .* type: float32'),
        (predict(b'{"inputs": [[1e300, 0, 0]]}'), 400, "JSON Value for z: overflow"),
        (predict(b'{"inputs": {"y": 1}}'), 400, "^Missing named input: z"),
        (predict(b'{"inputs": {"z": {"x": 1}}}'), 400, "not of expected type"),
        (predict(10 * MEBIBYTE * b" "), 413, "at most 8388608 bytes here"),
        (message("GET", "/", [f"X: {20_000 * 'x'}"]), 431, "at most 16384 bytes"),
        (message("GET", "http://[", []), 400, "^Malformed request: Invalid IPv6"),
    ],
)
def test_what_is_wrong_has_its_status_and_a_sentence(
    server, request_bytes, status, words
):
    ((found, answer),) = server.send(request_bytes)
    assert found == status
    assert re.search(words, answer["error"]), answer


def test_addresses_of_tf_serving_are_answered(server):
    for name in ("images", "images/versions/1"):
        ((status, answer),) = server.send(predict(ROW, name=name))
        assert (status, np.shape(answer["predictions"])) == (200, (1, 8, 8, 1))
    ((_, answer),) = server.send(message("GET", "/v1/models/images", []))
    (state,) = answer["model_version_status"]
    assert (state["version"], state["state"]) == ("1", "AVAILABLE")
    assert state["status"] == {"error_code": "OK", "error_message": ""}
    ((_, answer),) = server.send(message("GET", "/v1/models/images/metadata", []))
    assert answer["model_spec"]["name"] == "images"
    assert "decode" in answer["metadata"]["signature_def"]["signature_def"]


def test_lengths_that_are_missing_or_wrong_are_answered(server):
    whole = b"%x\r\n%s\r\n0\r\n\r\n" % (len(ROW), ROW)
    address = "POST", "/v1/models/images:predict"
    chunked = message(*address, ["Transfer-Encoding: chunked"], whole)
    ((status, answer),) = server.send(chunked)
    assert status == 200 and "predictions" in answer
    long = message(*address, [f"Content-Length: {len(ROW) + 5}"], ROW)
    ((status, answer),) = server.send(long)
    assert status == 400 and "it ended before it was complete" in answer["error"]
    start = time.perf_counter()
    ((status, answer),) = server.send(long, end=False)
    assert status == 408 and "did not end within 2 s" in answer["error"]
    assert time.perf_counter() - start < 10
    short = message(*address, [f"Content-Length: {len(ROW) - 1}"], ROW)
    # What is left over is the beginning of another request, which has no end.
    assert [status for status, _ in server.send(short)] == [400, 400]


def test_fifty_megabytes_are_refused_at_once_and_quoted_nowhere(server):
    before, start = server.mebibytes(), time.perf_counter()
    body = b'{"instances": [[%s0]]}' % (25_000_000 * b"0,")
    ((status, answer),) = server.send(predict(body))
    assert status == 413 and len(answer["error"]) < 200
    assert time.perf_counter() - start < 5
    assert server.mebibytes() - before < 50
    long = b'{"signature_name": "%s", "inputs": 0}' % (5 * MEBIBYTE * b"x")
    ((status, answer),) = server.send(predict(long))
    assert status == 400 and len(answer["error"]) < 1200
    assert answer["error"].endswith('" not found in signature def')


def ask_at_once(server, count):
    """Returns the statuses of as many requests, of which all are sent before one is
    read."""
    connections = [server.connect() for _ in range(count)]
    try:
        for connection in connections:
            connection.sendall(predict(ROW, headers=("Connection: close",)))
        return [status for c in connections for status, _ in read(c)]
    finally:
        for connection in connections:
            connection.close()


def test_of_a_thousand_at_once_nobody_is_lost(server):
    statuses = ask_at_once(server, 1000)
    before = server.mebibytes()
    statuses += ask_at_once(server, 1000)
    assert len(statuses) == 2000 and set(statuses) <= {200, 429}
    assert statuses.count(200) >= 2 * 512  # as many as may wait
    assert server.mebibytes() - before < 50


def test_whoever_comes_to_a_full_queue_is_told(models_dir, image_model):
    pytest.importorskip("tensorflow_serving")
    server = Server(models_dir, "--queue", "5", "--threads", "1")
    try:
        server.send(predict(ROW))
        statuses = ask_at_once(server, 300)
        assert len(statuses) == 300 and set(statuses) == {200, 429}
        assert server.send(predict(ROW))[0][0] == 200  # and is served again
    finally:
        server.process.terminate()
        server.process.wait()


def test_who_does_not_read_its_answers_stops_nobody():
    http_server = pytest.importorskip("tools.http_server")

    def megabytes(environ, start_response):
        start_response("200 OK", [])
        return [20 * MEBIBYTE * b"x"]

    one_thread = {"threads": 1, "queue": 9, "max_body": 1000, "timeout": 1}
    server = http_server.HttpServer(megabytes, port=0, **one_thread)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    address = "127.0.0.1", server.effective_port
    asked = message("GET", "/", [])
    with socket.create_connection(address) as idle:
        idle.sendall(3 * asked)
        with socket.create_connection(address, timeout=30) as other:
            other.sendall(asked)
            assert other.recv(100).startswith(b"HTTP/1.1 200 OK")
    server.stop()
    thread.join(10)
    assert not thread.is_alive()


def test_grpc_has_the_same_limits(server):
    client = Client(f"grpc://127.0.0.1:{server.grpc_port}", "images")
    assert client.decode(np.zeros((2, 3))).shape == (2, 8, 8, 1)
    with pytest.raises(ServingError, match="larger than max"):
        client.decode(np.zeros((2_000_000, 3)))
    with pytest.raises(ServingError, match="Servable not found") as error:
        Client(client.url, MEBIBYTE * "x").decode(np.zeros((2, 3)))
    assert len(str(error.value)) < 1200
    # A shape is a few bytes, and may stand for gigabytes.
    request = client_request(shape=(1 << 40, 3))
    with pytest.raises(RuntimeError, match="z expects at most 8388608 bytes"):
        client._channel.predict(request, timeout=30)
    with pytest.raises(RuntimeError, match="Tensor z is none"):
        client._channel.predict(client_request(shape=(-2, -3)), timeout=30)


def client_request(shape):
    from kvae.serving import wire

    request = wire.to_request("images", "decode", {"z": np.zeros((1, 1), "float32")})
    for dim, size in zip(request.inputs["z"].tensor_shape.dim, shape, strict=True):
        dim.size = size
    return request


def expect_right_answers(server, known, count, seed):
    stream = np.random.default_rng(seed)

    def expect(asked):
        request, right = asked
        answers = server.send(request)
        assert answers, request[:300]
        for status, answer in answers:
            assert status in right | {400, 429} or 100 in right, (status, request[:300])
            assert status != 429 or len(answers) == 1
            if status >= 400 and not request.startswith(b"HEAD"):
                assert 0 < len(answer["error"]) < 5000
        assert answers[0][0] in right | {429}, (answers[0], request[:500])

    with ThreadPoolExecutor(8) as clients:
        asked = http_fuzz.requests_at_random(stream, known, count)
        list(clients.map(expect, asked))


@pytest.fixture(scope="module")
def known(image_model):
    lines = (image_model / "assets.extra" / "requests.jsonl").read_text().splitlines()
    bodies = []
    for line in map(json.loads, lines):
        bodies.append({key: line[key] for key in ("signature_name", "inputs")})
    return bodies


def test_hundreds_of_requests_in_any_form_have_right_answers(server, known):
    expect_right_answers(server, known, 500, seed=0)


@pytest.mark.slow
def test_ten_thousand_requests_in_any_form_leave_memory_steady(server, known):
    before = server.mebibytes()
    expect_right_answers(server, known, 10_000, seed=1)
    assert server.mebibytes() - before < 200
    assert server.send(predict(ROW))[0][0] == 200
