"""Requests that are wrong, or right, in many ways, and the statuses each may have."""

import json

BAD = {400}
_NAMES = ("images", "people", "nothing", "..%2f..%2fetc", "%00", "ü", "x" * 3000)
_METHODS = ("PUT", "DELETE", "HEAD", "OPTIONS", "PATCH", "TRACE", "BREW", "X-Y")
_VERBS = ("", ":", ":nonsense", ":Predict:predict", ":predict/", "/metadata", "/x")
_VALUES = (
    *(None, True, -1, 0, 7, 2**31, 2**63, 10**400, 1.5, 1e308, float("nan")),
    *("", "cat", "\ud800", "x" * 100_000, [], [[]], [[], [1]], [1, "a", None]),
    *({}, {"b64": "!"}, {"b64": 5}, {"b64": "iVBORw0KGgo="}, {"x": {"y": [0]}}),
)


def message(method, path, headers, body=b""):
    """Returns the bytes of a request."""
    lines = [f"{method} {path} HTTP/1.1", "Host: localhost", *headers]
    return "\r\n".join([*lines, "", ""]).encode() + body


def predict(body, name="images", headers=()):
    """Returns the bytes of a request to predict."""
    length = f"Content-Length: {len(body)}"
    return message("POST", f"/v1/models/{name}:predict", (length, *headers), body)


def requests_at_random(stream, known, count):
    """Yields (bytes of a request, statuses that are right).

    Args:
        stream: numpy Generator.
        known: bodies that `images` answers, dicts.
        count: int.
    """
    makers = (_right, _any_path, _any_method, _any_header, _any_bytes, _any_value)
    for _ in range(count):
        yield makers[stream.integers(len(makers))](stream, known)


def _pick(stream, choices):
    return choices[stream.integers(len(choices))]


def _right(stream, known):
    return predict(json.dumps(_pick(stream, known)).encode()), {200}


def _any_path(stream, known):
    name, verb = _pick(stream, _NAMES), _pick(stream, _VERBS)
    version = _pick(stream, ("", "/versions/1", "/versions/9", "/versions/x"))
    version = _pick(stream, (version, "/labels/stable", f"/versions/{'9' * 40}"))
    start = _pick(stream, ("/v1/models/", "/v1/", "/", "//v1/models/", "http://["))
    path = f"{start}{name}{version}{verb}"
    method = _pick(stream, ("GET", "POST"))
    return message(method, path, ["Content-Length: 0"]), {200, 400, 404, 405}


def _any_method(stream, known):
    path = "/v1/models/images" + _pick(stream, ("", ":predict", "/metadata"))
    return message(_pick(stream, _METHODS), path, []), {405}


def _any_header(stream, known):
    body = json.dumps(_pick(stream, known)).encode()
    path, size = "/v1/models/images:predict", len(body)
    chunks = b"%x\r\n%s\r\n0\r\n\r\n" % (size, body)
    chunked = "Transfer-Encoding: chunked"
    length = "Content-Length: "
    headers, body, right = _pick(
        stream,
        (
            ([], body, {411}),
            ([length + str(size + 10)], body, BAD),  # and then it ends
            ([length + str(size - 1)], body, BAD),
            ([length + "0"], b"", BAD),
            ([length + "-1"], b"", BAD),
            ([length + "9" * 20], body, {413}),
            ([length + "9" * 5000], body, BAD),
            ([length + "1", length + "2"], body, BAD),
            ([length + str(size), "Expect: 100-continue"], body, {100}),
            ([length + str(size), "Expect: the best"], body, {200}),
            ([length + str(size), "Connection: ü"], body, {200}),
            ([length + str(size), "bad header"], body, BAD),
            ([length + str(size), f"X: {20_000 * 'x'}"], body, {431}),
            ([chunked], chunks, {200}),
            ([chunked], body, BAD),
            ([chunked], chunks[:-9], BAD),
            (["Transfer-Encoding: gzip"], body, {501}),
        ),
    )
    return message("POST", path, headers, body), right


def _any_bytes(stream, known):
    """A right request, of which some bytes are others, or missing."""
    body = bytearray(json.dumps(_pick(stream, known)).encode())
    for place in stream.integers(len(body), size=stream.integers(1, 4)):
        body[place] = stream.integers(256)
    body = _pick(stream, (body, body[: stream.integers(len(body))], 1000 * b"["))
    if stream.random() < 0.2:
        return bytes(stream.bytes(stream.integers(1, 300))) + b"\r\n\r\n", BAD
    return predict(bytes(body)), {200, 400}


def _any_value(stream, known):
    """A right request with another value somewhere."""
    body = json.loads(json.dumps(_pick(stream, known)))
    place, key = body, _pick(stream, list(body))
    while isinstance(place[key], dict | list) and place[key] and stream.random() < 0.8:
        place = place[key]
        keys = list(place) if isinstance(place, dict) else range(len(place))
        key = _pick(stream, keys)
    place[key] = _VALUES[stream.integers(len(_VALUES))]
    return predict(json.dumps(body).encode()), {200, 400}
