"""One export of each kind for all tests of serving: they take seconds each."""

import importlib.util
import json
import os
import socket
import subprocess
import threading
from pathlib import Path

import keras
import numpy as np
import pandas as pd
import pytest

from kvae.latent import encode
from kvae.models import BetaVAE, DenseDecoder, DenseEncoder, GenerativeClassifier
from kvae.models.multi_vae import MultiVAE
from kvae.preprocessing import Table
from kvae.serving import export, wire
from kvae.serving.server_files import write_server_files
from tools import served_version, stand_in_server


def image_vae():
    """A small VAE of 8 x 8 images, not trained."""
    vae = BetaVAE(DenseEncoder(3, (8,)), DenseDecoder((8, 8, 1), (8,)))
    vae.build((None, 8, 8, 1))
    return vae


@pytest.fixture(scope="session")
def images():
    """Rows (12, 8, 8, 1) in [0, 1] and labels of three classes."""
    x = np.random.default_rng(0).random((12, 8, 8, 1)).astype("float32")
    return x, np.arange(12) % 3


@pytest.fixture(scope="session")
def models_dir(tmp_path_factory):
    """Folder of <name>/1: `images` with everything, `multi` for a MultiVAE's table."""
    return tmp_path_factory.mktemp("models")


@pytest.fixture(scope="session")
def vae():
    return image_vae()


@pytest.fixture(scope="session")
def image_codes(vae, images):
    return encode(vae, *images)


@pytest.fixture(scope="session")
def image_model(models_dir, vae, image_codes):
    layers = [keras.Input((8, 8, 1)), keras.layers.Flatten(), keras.layers.Dense(4)]
    judge = GenerativeClassifier(3, keras.Sequential(layers))
    judge.build((None, 8, 8, 1))
    return export(
        vae,
        models_dir / "images" / "1",
        class_names=["cat", "dog", "owl"],
        codes=image_codes,
        include_codes=True,
        generative_classifier=judge,
        max_rows=50,
        about={"data": "noise", "licence": "CC0-1.0"},
    )


@pytest.fixture(scope="session")
def multi_vae():
    vae = MultiVAE(
        DenseEncoder(2, (4,), seeds=(0, 1)),
        DenseDecoder((3,), (4,), seeds=(0, 1)),
        reconstruction="gaussian",
    )
    vae.build((2, None, 3))
    return vae


@pytest.fixture(scope="session")
def multi_model(models_dir, multi_vae):
    path = models_dir / "multi" / "1"
    asked = ["decode", "encode", "sample", "sample_batch"]
    return export(multi_vae, path, class_names=["no", "yes"], signatures=asked)


@pytest.fixture(scope="session")
def served(image_model):
    """The image model in a session of TensorFlow 1, as TF Serving runs it."""
    return served_version.ServedVersion(image_model)


@pytest.fixture(scope="session")
def served_multi(multi_model):
    return served_version.ServedVersion(multi_model)


def people(n=60):
    """A table as a user has it: units, categories, holes, a name with brackets."""
    stream = np.random.default_rng(0)
    age = stream.integers(18, 80, n).astype("float64")
    age[::7] = np.nan
    city = stream.choice(["Bonn", "Ulm", "Kiel"], n).astype(object)
    city[::9] = None
    return pd.DataFrame(
        {
            "age (years)": age,
            "city": city,
            "children": stream.integers(0, 5, n),
            "height": np.round(stream.normal(1.7, 0.1, n), 2),
            "member": stream.choice([True, False], n),
        }
    )


@pytest.fixture(scope="session")
def table_model(models_dir):
    """A MultiVAE of a table in its own columns and units, not trained."""
    table = Table(people())
    seeds = (0, 1)
    vae = MultiVAE(
        DenseEncoder(2, (8,), seeds=seeds),
        DenseDecoder((table.width,), (8,), seeds=seeds),
        reconstruction="mixed",
        schema=table.schema,
    )
    vae.build((2, None, table.width))
    path = models_dir / "people" / "1"
    return export(
        vae,
        path,
        class_names=["no", "yes"],
        table=table,
        target="buys",
        signatures=["decode", "encode", "sample", "augment_rows"],
    )


@pytest.fixture(scope="session")
def served_table(table_model):
    return served_version.ServedVersion(table_model)


def read_requests(path, version):
    """Returns {signature: (inputs, outputs)} of a model's canned requests, arrays."""
    lines = (path / "assets.extra" / "requests.jsonl").read_text().splitlines()
    requests = {}
    for line in map(json.loads, lines):
        name = line["signature_name"]
        inputs = {
            key: wire.from_json(value, version.dtype(name, key))
            for key, value in line["inputs"].items()
        }
        outputs = {key: wire.from_json(v) for key, v in line["outputs"].items()}
        requests[name] = inputs, outputs
    return requests


@pytest.fixture(scope="session")
def requests(image_model, served):
    return read_requests(image_model, served)


REAL = "KVAE_TF_SERVING"
ROOT = Path(__file__).parents[2]


def real_server(base):
    """Yields the urls of a TF Serving of its own, as KVAE_TF_SERVING asks for one.

    Its value is docker or podman, maybe with an image (docker:IMAGE), or the path of a
    `tensorflow_model_server`.
    """
    engine, _, image = os.environ[REAL].partition(":")
    ports = {"REST_PORT": str(_free_port()), "GRPC_PORT": str(_free_port())}
    environment = {**os.environ, **ports, "ENGINE": engine, "IMAGE": image}
    write_server_files(base)
    command = ["/bin/bash", ROOT / "tools" / "serve.sh", base]
    with subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            if not any(line.startswith("ready") for line in process.stdout):
                pytest.fail("TF Serving did not start: tools/serve.sh has said why")
            yield {
                "rest": f"http://127.0.0.1:{ports['REST_PORT']}",
                "grpc": f"grpc://127.0.0.1:{ports['GRPC_PORT']}",
            }
        finally:
            process.terminate()


def _free_port():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


@pytest.fixture(scope="session", params=["stand-in", "TF Serving"])
def urls(request, models_dir, image_model, multi_model, table_model):
    """{"rest": url, "grpc": url or None} of a server of the models."""
    if request.param == "TF Serving":
        if REAL not in os.environ:
            pytest.skip(f"{REAL}=docker, podman or a program's path runs it")
        yield from real_server(models_dir)
        return
    models = served_version.Models(models_dir)
    rest = stand_in_server.rest_server(models, port=0)
    threading.Thread(target=rest.run, daemon=True).start()
    made = {"rest": f"http://127.0.0.1:{rest.effective_port}", "grpc": None}
    grpc = None
    if importlib.util.find_spec("tensorflow_serving"):
        grpc, port = stand_in_server.grpc_server(models, port=0)
        made["grpc"] = f"grpc://127.0.0.1:{port}"
    yield made
    rest.stop()
    if grpc is not None:
        grpc.stop(0)
