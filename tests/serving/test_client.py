import json
import subprocess
import sys
import threading
import time
import urllib.request
from http.server import BaseHTTPRequestHandler, HTTPServer

import numpy as np
import pandas as pd
import pytest

from kvae.serving import Client, ServingError


@pytest.fixture(params=["rest", "grpc"])
def client(request, urls):
    """Makes clients of the server, by each protocol."""
    if urls[request.param] is None:
        pytest.skip("needs the package tensorflow-serving-api")
    return lambda model, **kwargs: Client(urls[request.param], model, **kwargs)


def test_decodes_as_the_vae_does(client, vae):
    z = np.random.default_rng(0).standard_normal((5, 3)).astype("float32")
    x = client("images").decode(z)
    assert x.dtype == "float32"
    np.testing.assert_allclose(x, vae.decode(z), atol=1e-6)


def test_the_same_seed_gives_the_same_rows(client):
    images = client("images", version=1)
    x, labels = images.sample(3, seed=7, class_name="owl")
    again, _ = images.sample(3, seed=7, class_name="owl")
    assert x.shape == (3, 8, 8, 1)
    assert labels.tolist() == ["owl"] * 3
    np.testing.assert_array_equal(x, again)
    rows, labels = client("multi").sample(4, seed=1, class_name="yes")
    assert rows.shape == (4, 3)
    assert labels.tolist() == ["yes"] * 4


def test_augments_a_class_and_rows_of_yours(client, images):
    asked = client("images")
    x, labels = asked.augment(7, class_name="dog", n=2, interpolate=0.5, noise=0.1)
    assert x.shape == (2, 8, 8, 1)
    assert labels.tolist() == ["dog", "dog"]
    moved, _ = asked.augment(7, rows=images[0][:4])
    assert moved.shape == (4, 8, 8, 1)


def test_a_table_answers_in_its_own_columns_and_units(client):
    frame = client("people").sample(5, seed=7, class_name="yes")
    assert set(frame.columns) == {
        *("age (years)", "city", "children", "height", "member"),
        "buys",
    }
    assert set(frame["city"]) <= {"Bonn", "Ulm", "Kiel", ""}
    assert set(frame["buys"]) == {"yes"}
    assert frame["children"].dtype == "int64"
    assert frame["age (years)"].dropna().between(18, 79).all()
    assert frame.equals(client("people").sample(5, seed=7, class_name="yes"))
    rows = pd.DataFrame(
        {
            "age (years)": [30, np.nan],
            "city": ["Bonn", ""],
            "children": [0, 2],
            "height": [1.8, 1.7],
            "member": ["True", "False"],
        }
    )
    moved = client("people").augment(1, rows=rows, class_name=["no", "yes"])
    assert moved["buys"].tolist() == ["no", "yes"]
    assert moved["height"].between(1, 2.5).all()


def test_says_over_the_wire_whether_a_model_is_what_it_says(client, image_model):
    found = client("images").check(300, description=image_model)
    assert found.passed, found.sentence
    assert client("images").describe()["class_names"] == ["cat", "dog", "owl"]


def test_frames_as_they_are_travel(client):
    rows = pd.DataFrame(
        {
            "age (years)": pd.array([30, None], "Int64"),
            "city": pd.Categorical(["Bonn", None]),
            "children": pd.Series([0, 2], dtype=object),
            "height": [1.8, 1.7],
            "member": [True, False],
        }
    )
    moved = client("people").augment(1, rows=rows, class_name=["no", "yes"])
    assert moved["buys"].tolist() == ["no", "yes"]
    dates = rows.assign(height=pd.to_datetime(["2020-01-01", "2020-01-02"]))
    with pytest.raises(ServingError, match="height|double"):  # as text, to the server
        client("people").augment(1, rows=dates, class_name=["no", "yes"])


def test_amounts_of_further_samplers_travel_too(monkeypatch):
    client, sent = Client("http://localhost:1", "m"), {}
    monkeypatch.setattr(client, "_ask", lambda name, inputs: sent.update(inputs) or {})
    client._described = []  # nothing is known of its columns
    client.augment(7, class_name="a", n=2, shrink=0.5)
    assert (sent["shrink"].dtype, sent["shrink"]) == ("float32", 0.5)
    column = pd.DataFrame({"age": [1.0, 2.0]})
    client.augment(7, rows=column, shrink=0.5)
    assert (sent["age"].dtype, sent["shrink"].dtype) == ("float64", "float32")


def test_a_column_x_and_labels_of_another_name_are_told_apart(monkeypatch):
    client = Client("http://localhost:1", "m")
    client._described = []  # nothing is known of its columns
    answer = {"x": np.ones((2, 4), "float32"), "digit": np.array([b"1", b"2"], object)}
    monkeypatch.setattr(client, "_ask", lambda name, inputs: dict(answer))
    rows, labels = client.sample(2, seed=0)
    assert (rows.shape, labels.tolist()) == ((2, 4), ["1", "2"])
    answer = {"x": np.array([1.5, 2.5]), "y": np.array([3.0, 4.0])}
    assert client.sample(2, seed=0).columns.tolist() == ["x", "y"]
    assert client.sample(2, seed=0)["x"].dtype == "float64"


def test_png_files_travel_as_bytes(client, images):
    files = client("images").predict("reconstruct", {"x": images[0][:2]})["x"]
    assert files.shape == (2, 8, 8, 1)
    answer = client("images").predict(
        "sample_png", {"n": 2, "seed": 1, "class": "cat"}
    )["image_bytes"]
    assert all(file.startswith(b"\x89PNG") for file in answer)
    codes = client("images").predict("encode_png", {"image_bytes": answer})
    assert codes["z_mean"].shape == (2, 3)


def test_rest_tells_what_a_model_can_be_asked(urls):
    signatures = Client(urls["rest"], "multi").signatures()
    assert signatures["decode"] == {"z": (None, 2), "class": (None,)}
    assert signatures["sample"]["n"] == ()
    assert not any(name.startswith("__") for name in signatures)


def test_grpc_is_not_asked_what_a_model_can_be_asked():
    with pytest.raises(ValueError, match="Client.signatures asks by REST"):
        Client("grpc://localhost:1", "multi").signatures()


def test_errors_are_the_graphs_own_words(client):
    with pytest.raises(ServingError, match="^sample expects class to be one of: cat"):
        client("images").sample(1, seed=0, class_name="cow")
    with pytest.raises(ServingError, match="^sample expects n from 0 to 50") as error:
        client("images").sample(10_000, seed=0, class_name="cat")
    assert "node" not in str(error.value)
    with pytest.raises(ServingError, match="(?i)not found"):
        client("nothing").decode(np.zeros((1, 3)))


def test_rest_takes_rows_columns_and_b64(urls, requests):
    def ask(body):
        url = f"{urls['rest']}/v1/models/images:predict"
        body = json.dumps(body).encode()
        with urllib.request.urlopen(url, body, timeout=30) as stream:
            return json.load(stream)

    z = [[0.0, 0.0, 0.0], [1.0, 0.0, 0.0]]
    columns = ask({"inputs": {"z": z}})["outputs"]
    rows = ask({"instances": [{"z": row} for row in z]})["predictions"]
    bare = ask({"instances": z, "signature_name": "decode"})["predictions"]
    assert columns == rows == bare
    assert ask({"inputs": z})["outputs"] == columns
    files = ask({"signature_name": "decode_png", "instances": z})["predictions"]
    encoded = ask({"signature_name": "encode_png", "instances": files})
    assert set(encoded["predictions"][0]) == {"z_mean", "z_log_var"}
    # The recorded requests are what a user may post as they stand.
    body = {
        "signature_name": "sample_batch",
        "instances": [
            {"seeds": [7, 0], "class": "cat"},
            {"seeds": [7, 1], "class": "dog"},
        ],
    }
    labels = [row["label"] for row in ask(body)["predictions"]]
    assert labels == ["cat", "dog"]


class Unsteady(BaseHTTPRequestHandler):
    """Unavailable twice, then slow."""

    answers = []
    body = b'{"outputs": {"x": [[1.0]]}}'

    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        status = self.answers.pop(0)
        if status == "slow":
            time.sleep(1.0)
            status = 200
        self.send_response(status)
        self.end_headers()
        self.wfile.write(self.body)

    def log_message(self, *arguments):
        pass


@pytest.fixture
def unsteady():
    """Sets what a server answers, and returns its url."""
    server = HTTPServer(("127.0.0.1", 0), Unsteady)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield (
        lambda *answers: (
            Unsteady.answers.__setitem__(slice(None), answers)
            or f"http://127.0.0.1:{server.server_port}"
        )
    )
    server.shutdown()
    server.server_close()


def test_asks_again_while_the_server_is_unavailable(unsteady):
    assert Client(unsteady(503, 503, 200), "m").decode([[0.0]]).tolist() == [[1.0]]
    with pytest.raises(ConnectionError, match="2 attempts"):
        Client(unsteady(503, 503), "m", retries=1).decode([[0.0]])
    with pytest.raises(ServingError):
        Client(unsteady(400), "m").decode([[0.0]])


@pytest.mark.parametrize("url", ["http://127.0.0.1:9", "grpc://127.0.0.1:9"])
def test_a_server_that_is_not_there_is_named(url):
    with pytest.raises(ConnectionError, match="127.0.0.1:9 cannot be reached"):
        Client(url, "m", retries=0).decode([[0.0]])


def test_slow_answers_time_out(unsteady):
    with pytest.raises(TimeoutError, match=r"within 0\.2 s"):
        Client(unsteady("slow"), "m", timeout=0.2).decode([[0.0]])


def test_urls_are_checked():
    with pytest.raises(ValueError, match="grpc://localhost:8500"):
        Client("localhost:8501", "m")


def test_messages_quote_no_megabytes(unsteady, monkeypatch):
    megabytes = 5_000_000 * "x"
    with pytest.raises(ValueError, match="^Client expects a url") as error:
        Client(megabytes, "m")
    assert len(str(error.value)) < 1500
    answer = json.dumps(
        {"error": f"assertion failed: [z expects] [{megabytes}]\n\t [["}
    )
    monkeypatch.setattr(Unsteady, "body", answer.encode())
    with pytest.raises(ServingError, match=r"^z expects xx.*xx$") as error:
        Client(unsteady(400), "m").decode([[0.0]])
    assert len(str(error.value)) < 1500
    with pytest.raises(ConnectionError, match="2 attempts"):
        Client(unsteady(503, 503), "m", retries=1).decode([[0.0]])


def test_imports_neither_tensorflow_nor_the_rest_of_kvae():
    code = (
        "import sys; from kvae.serving import Client\n"
        "Client('grpc://localhost:1', 'm')\n"
        "big = {'tensorflow', 'keras', 'pandas', 'sklearn'} & set(sys.modules)\n"
        "ours = [m for m in sys.modules if m.split('.')[0] == 'kvae']\n"
        "print(sorted(big), *sorted(ours))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.stdout.split() == [
        "[]",
        "kvae",
        "kvae.registration",
        "kvae.serving",
        "kvae.serving.client",
        "kvae.serving.description",
        "kvae.serving.grpc_channel",
        "kvae.serving.typed_inputs",
        "kvae.serving.wire",
    ]
