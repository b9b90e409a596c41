"""Asks a server for rows: REST with the standard library, gRPC with the extra `grpc`.

Needs neither TensorFlow nor Keras. Answers of models whose rows are numbers or images
are NumPy arrays, those of tables DataFrames.
"""

import http.client
import json
import re
import time
import urllib.error
import urllib.request

import numpy as np

from kvae.serving import wire
from kvae.serving.description import DESCRIBED
from kvae.serving.typed_inputs import typed, typed_column

_FLOAT32 = ("x", "z_mean", "z_log_var")
_UNAVAILABLE = 503
_FIRST_PAUSE = 0.1  # seconds; doubles with each further attempt


class ServingError(RuntimeError):
    """The server answered that it cannot: in its words, without TensorFlow's noise."""


class Client:
    """Speaks to one model of a TF Serving server.

    Rows of a table come back as a DataFrame with the order of columns and the dtypes
    that the table had, which the model is asked for once.

    Args:
        url: "http://host:8501" for REST, "grpc://host:8500" for gRPC.
        model: str, the model's name.
        version: int; by default the one that the server serves.
        timeout: seconds for each request.
        retries: int, how often a request is repeated while the server is unavailable.

    Raises:
        ValueError: for another kind of url.
        ImportError: for gRPC where grpcio is not installed.

    Example:
        >>> client = Client("http://localhost:8501", "digits")
        >>> images, labels = client.sample(5, seed=7, class_name="3")  # doctest: +SKIP
    """

    def __init__(self, url, model, version=None, timeout=10.0, retries=3):
        scheme, _, rest = url.partition("://")
        if scheme not in ("http", "https", "grpc") or not rest:
            raise ValueError(
                "Client expects a url such as http://localhost:8501 (REST) or "
                f"grpc://localhost:8500. Received: {wire.shortened(repr(url))}."
            )
        self.url, self.model, self.version = url.rstrip("/"), model, version
        self.timeout, self.retries = timeout, retries
        self._ask, self._described = self._rest, None
        if scheme == "grpc":
            from kvae.serving import grpc_channel

            self._channel = grpc_channel.Channel(rest.rstrip("/"))
            self._ask = self._grpc

    def sample(self, n, seed, class_name=None):
        """Returns n new rows; the same seed gives the same rows.

        Args:
            n: int.
            seed: int.
            class_name: str, where the model knows classes.

        Returns:
            (rows (n, ...), labels (n,) or None), or for a table a DataFrame.

        Raises:
            ServingError: where the server refuses, with its reason.
            TimeoutError: where it takes longer than `timeout`.
            ConnectionError: where it cannot be reached.
        """
        inputs = {"n": n, "seed": seed, "class": class_name}
        return self._as_rows(self.predict("sample", inputs))

    def decode(self, z, class_name=None):
        """Returns the rows at latent points.

        Args:
            z: float array (N, d).
            class_name: N strings, for a MultiVAE.
        """
        rows = self._as_rows(self.predict("decode", {"z": z, "class": class_name}))
        return rows[0] if isinstance(rows, tuple) else rows

    def augment(
        self,
        seed,
        class_name=None,
        n=None,
        rows=None,
        interpolate=0.0,
        noise=0.0,
        posterior=1.0,
        **amounts,
    ):
        """Returns new rows around the codes of a class, or around rows of yours.

        Args:
            seed: int.
            class_name: str, with n; with rows of yours N strings, for a MultiVAE.
            n: int, new rows of the class.
            rows: array (N, ...), or a DataFrame for a table: a new row around each.
            interpolate: float, how far to go to a neighbour (class only).
            noise: float, variance of the noise.
            posterior: float, how much of the learned noise.
            **amounts: floats, how much of each further sampler that the model offers.
        """
        inputs = {"noise": noise, "posterior": posterior, "seed": seed, **amounts}
        inputs["class"] = class_name
        if rows is None:
            inputs |= {"n": n, "interpolate": interpolate}
            return self._as_rows(self.predict("augment_class", inputs))
        import pandas as pd

        if isinstance(rows, pd.DataFrame):
            columns = {str(name): typed_column(rows[name]) for name in rows}
        else:
            columns = typed({"x": rows})
        return self._as_rows(self._predict("augment_rows", typed(inputs) | columns))

    def predict(self, signature_name, inputs):
        """Returns the arrays that a signature answers, a dict.

        Args:
            signature_name: str.
            inputs: dict of arrays; those that are None are left out.
        """
        return self._predict(signature_name, typed(inputs))

    def describe(self):
        """Returns what the model says of itself: parts of its description, a dict.

        Raises:
            ServingError: for a model without the signature `describe`.
        """
        answer = self.predict("describe", {"key": np.array(DESCRIBED)})
        return dict(zip(DESCRIBED, map(json.loads, answer["value"]), strict=True))

    def check(self, rows=1000, seed=1, description=None, level=0.01):
        """Compares what the model generates with its description, by tests.

        Each column of as many rows of each class is tested, numbers in ten ranges,
        and the p-values are adjusted for their number (Holm): a model that has not
        changed fails with a chance of at most `level`. The same seed gives the same
        rows, so that to ask again is no new chance; what columns have to do with each
        other is not looked at.

        Args:
            rows: int, how many are asked for in all.
            seed: int.
            description: optional description of an earlier version, as `describe` or
                `read_description` return it, or the folder it was exported to: the
                check then says whether a push has changed the model, too.
            level: float, the chance of a false alarm.

        Returns:
            `kvae.serving.watching.Check`: `passed`, and a `sentence` to print.

        Raises:
            ServingError: for a model without the signatures `describe` and `sample`.
            ValueError: for a description that does not say what the model generates.
        """
        from kvae.serving import watching

        return watching.check(self, rows, seed, description, level)

    def signatures(self):
        """Returns what the model can be asked, as the server describes it.

        Returns:
            Dict {signature: {input: shape, a tuple with None for any length}}.

        Raises:
            ValueError: for a gRPC url, which is not asked for it.
        """
        if self.url.startswith("grpc"):
            raise ValueError(
                "Client.signatures asks by REST: http://host:8501. Received: "
                f"{self.url!r}."
            )
        found = self._repeated(lambda: self._http("/metadata", None))
        described = found["metadata"]["signature_def"]["signature_def"]
        return {
            name: {key: _shape(info) for key, info in signature["inputs"].items()}
            for name, signature in described.items()
            if not name.startswith("__")  # TensorFlow's own
        }

    def _predict(self, signature_name, typed):
        answer = self._ask(signature_name, typed)
        return {name: _readable(name, value) for name, value in answer.items()}

    def _as_rows(self, answer):
        """Returns (rows, labels) or, where rows have columns of their own, a frame."""
        if "x" in answer and answer["x"].ndim > 1:  # a column x has one axis
            labels = [key for key in answer if key not in ("accepted", "score", "x")]
            return answer["x"], answer[labels[0]] if labels else None
        from kvae.serving.described_columns import as_frame

        return as_frame(answer, self._columns(answer))

    def _columns(self, answer):
        """Returns the descriptions of the columns of an answer; [] of none."""
        known = {each["name"] for each in self._described or ()}
        if self._described is None or not known <= set(answer):  # the model is another
            try:
                self._described = self.describe()["attributes"] or []
            except ServingError:  # of a model that an earlier version has exported
                self._described = []
        return self._described

    def _rest(self, signature_name, inputs):
        body = wire.to_line(signature_name, inputs).encode()
        answer = self._repeated(lambda: self._http(":predict", body))["outputs"]
        if not isinstance(answer, dict):  # of a single output REST leaves out the name
            answer = {self._output_name(signature_name): answer}
        return {name: wire.from_json(value) for name, value in answer.items()}

    def _grpc(self, signature_name, inputs):
        request = wire.to_request(
            self.model, signature_name, inputs, version=self.version
        )
        answer = self._repeated(lambda: self._channel.predict(request, self.timeout))
        return wire.from_response(answer)

    def _output_name(self, signature_name):
        found = self._repeated(lambda: self._http("/metadata", None))
        signatures = found["metadata"]["signature_def"]["signature_def"]
        (name,) = signatures[signature_name]["outputs"]
        return name

    def _http(self, verb, body):
        version = "" if self.version is None else f"/versions/{self.version}"
        request = urllib.request.Request(
            f"{self.url}/v1/models/{self.model}{version}{verb}",
            body,
            {"Content-Type": "application/json"},
        )
        try:
            with urllib.request.urlopen(request, timeout=self.timeout) as stream:
                return json.load(stream)
        except urllib.error.HTTPError as error:
            with error:
                text = error.read().decode(errors="replace")
            if error.code == _UNAVAILABLE:
                raise ConnectionError(in_words(_error_of(text))) from error
            raise ServingError(in_words(_error_of(text))) from error
        except TimeoutError as error:
            raise self._too_slow() from error
        except urllib.error.URLError as error:
            if isinstance(error.reason, TimeoutError):
                raise self._too_slow() from error
            raise ConnectionError(str(error.reason)) from error
        except http.client.HTTPException as error:
            words = wire.shortened(repr(error))
            raise ConnectionError(f"broken answer: {words}") from error

    def _repeated(self, ask):
        """Asks again, a little later each time, while the server is unavailable."""
        for attempt in range(self.retries + 1):
            try:
                return ask()
            except ConnectionError as error:
                if attempt == self.retries:
                    raise ConnectionError(
                        f"{self.url} cannot be reached ({attempt + 1} attempts): "
                        f"{error}. Is the server running, and the port the right one?"
                    ) from error
            except TimeoutError as error:
                raise self._too_slow() from error
            except RuntimeError as error:
                raise ServingError(in_words(str(error))) from error
            time.sleep(_FIRST_PAUSE * 2**attempt)
        return None

    def _too_slow(self):
        return TimeoutError(
            f"{self.url} did not answer within {self.timeout:g} s. Ask for fewer rows, "
            "or pass a longer timeout to Client."
        )


def _shape(info):
    """Returns the shape in a tensor's description, as JSON has it: "-1" for any."""
    sizes = [int(dim["size"]) for dim in info["tensor_shape"].get("dim", ())]
    return tuple(None if size < 0 else size for size in sizes)


def _readable(name, value):
    # One axis has a column of a table, which may be called x.
    numbers = name == "score" or value.ndim > 1 and name in _FLOAT32
    if value.dtype == "float64" and numbers:
        return value.astype("float32")  # JSON does not say which it was
    if value.dtype == object and name != "image_bytes":
        return np.array([v.decode() for v in value.ravel()]).reshape(value.shape)
    return value


def _error_of(text):
    try:
        return json.loads(text)["error"]
    except (ValueError, KeyError, TypeError):
        return text


def in_words(message):
    r"""Returns the sentence in an assertion of the graph, else the first line.

    Args:
        message: str, of a server or of TensorFlow.

    Example:
        >>> in_words("assertion failed: [z expects] [2]\n\t [[Assert]]")
        'z expects 2'
    """
    message = wire.shortened(message)
    found = re.search(r"assertion failed: (\[.*\])", message)
    if found:
        return re.sub(r"\] \[", " ", found[1])[1:-1]
    return message.split("\n")[0]
