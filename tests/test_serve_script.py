"""tools/serve.sh with programs that stand for docker, podman and TF Serving."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
NEEDED = ("bash", "cat", "grep", "mktemp", "rm", "sed", "sleep")
# Writes down how it was called. As a server it answers, as TF Serving does, what state
# the models are in: the first time that it has not loaded them yet.
PROGRAM = """#!{python}
import http.server, os, re, sys
from pathlib import Path
words = sys.argv[1:]
with open("{record}", "a") as record:
    record.write(" ".join([Path(sys.argv[0]).name, *words]) + "\\n")
if words[:2] == ["image", "inspect"]:
    if "--format" in words:
        print("example/serving@sha256:1234")
    sys.exit(0 if os.path.exists("{record}.pulled") else 1)
if words[0] == "pull":
    Path("{record}.pulled").touch()
if words[0] in ("info", "pull"):
    sys.exit(int(os.environ.get("STATUS", 0)) if words[0] == "info" else 0)
if "STATUS" in os.environ:
    sys.exit(int(os.environ["STATUS"]))
port = re.search(r"--(?:publish |rest_api_port=)(\\d+)", " ".join(words))[1]
asked = []

class Answers(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        asked.append(self.path)
        state = "AVAILABLE" if asked.count(self.path) > 1 else "LOADING"
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b'{{"state": "%s"}}' % state.encode())

    def log_message(self, *words):
        pass

http.server.HTTPServer(("127.0.0.1", int(port)), Answers).serve_forever()
"""


@pytest.fixture
def programs(tmp_path):
    """A function that puts programs on a PATH of their own; returns it."""
    folder = tmp_path / "bin"
    folder.mkdir()
    for name in NEEDED:
        (folder / name).symlink_to(shutil.which(name))

    def install(*names):
        for name in names:
            text = PROGRAM.format(python=sys.executable, record=tmp_path / "record")
            (folder / name).write_text(text)
            (folder / name).chmod(0o755)
        return folder

    return install


@pytest.fixture
def models(tmp_path):
    """A folder with the two models that its models.config names."""
    folder = tmp_path / "my models"
    folder.mkdir()
    entries = [
        f'config {{\n    name: "{name}"\n    base_path: "/models/{name}"\n}}\n'
        for name in ("digits", "my table")
    ]
    (folder / "models.config").write_text("".join(entries))
    return folder


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


def start(path, models, **environment):
    """Returns the process of the script, and its port."""
    port = free_port()
    environment = {"PATH": str(path), "REST_PORT": str(port), **environment}
    command = ["/bin/bash", "tools/serve.sh", str(models)]
    process = subprocess.Popen(
        command,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    )
    return process, port


def calls(tmp_path):
    return (tmp_path / "record").read_text().splitlines()


@pytest.mark.parametrize("engine", ["docker", "podman"])
def test_an_engine_is_asked_for_the_image_and_waited_for(
    engine, programs, models, tmp_path
):
    process, port = start(programs(engine), models, GRPC_PORT="8765", BATCHING="1")
    assert process.stdout.readline().startswith(f"ready: http://localhost:{port}/v1")
    # Ready: every model is served, also one whose name has to be escaped.
    for name in ("digits", "my%20table"):
        address = f"http://127.0.0.1:{port}/v1/models/{name}"
        assert b"AVAILABLE" in urllib.request.urlopen(address).read()
    process.send_signal(signal.SIGTERM)
    _, said = process.communicate(timeout=20)
    assert process.returncode == 128 + signal.SIGTERM
    pinned = (ROOT / "tools" / "tf_serving_image.txt").read_text().splitlines()[-1]
    assert f"image {pinned} is example/serving@sha256:1234" in said
    info, inspect, pull, _, run = calls(tmp_path)
    assert [line.split()[0] for line in (info, inspect, pull, run)] == [engine] * 4
    assert pull == f"{engine} pull {pinned}"
    for words in (
        f"run --rm --publish {port}:8501 --publish 8765:8500",
        f"--mount type=bind,source={models},target=/models,readonly {pinned} ",
        "--model_config_file=/models/models.config",
        "--monitoring_config_file=/models/monitoring.config",
        "--batching_parameters_file=/models/batching_parameters.txt",
    ):
        assert words in run
    with pytest.raises(OSError):  # the server has ended, too
        urllib.request.urlopen(f"http://127.0.0.1:{port}/v1/models/digits")


def test_an_image_that_is_there_is_not_pulled(programs, models, tmp_path):
    (tmp_path / "record.pulled").touch()
    process, _ = start(programs("docker"), models, IMAGE="mine:1@sha256:12")
    assert process.stdout.readline().startswith("ready")
    process.terminate()
    process.communicate(timeout=20)
    assert not any(" pull" in line for line in calls(tmp_path))
    assert " mine:1@sha256:12 --model_config_file" in calls(tmp_path)[-1]


def test_the_program_itself_gets_paths_of_this_machine(programs, models, tmp_path):
    path = programs("tensorflow_model_server")
    process, port = start(path, models, GRPC_PORT="8765", TMPDIR=str(tmp_path))
    assert process.stdout.readline().startswith("ready")
    (line,) = calls(tmp_path)
    assert f"--rest_api_port={port} --port=8765 " in line
    assert f"--monitoring_config_file={models}/monitoring.config" in line
    (config,) = tmp_path.glob("tmp.*")
    assert f"--model_config_file={config}" in line
    assert f'base_path: "{models}/digits"' in config.read_text()
    process.terminate()
    process.communicate(timeout=20)
    assert not config.exists()


def test_engine_says_which(programs, models, tmp_path):
    path = programs("docker", "podman", "tensorflow_model_server")
    own = path / "tensorflow_model_server"
    for asked, first in ((None, "docker"), ("podman", "podman"), (str(own), own.name)):
        (tmp_path / "record").unlink(missing_ok=True)
        process, _ = start(path, models, **({"ENGINE": asked} if asked else {}))
        assert process.stdout.readline().startswith("ready")
        process.terminate()
        process.communicate(timeout=20)
        assert calls(tmp_path)[0].split()[0] == first


@pytest.mark.parametrize(
    ("installed", "environment", "sentence"),
    [
        ([], {}, "docker is missing, and so are podman and tensorflow_model_server"),
        (["docker"], {"STATUS": "1"}, "docker is installed, but does not answer"),
        (["docker"], {"ENGINE": "podman"}, "there is no podman, which ENGINE asks for"),
        (
            ["tensorflow_model_server"],
            {"STATUS": "3"},
            "TF Serving ended with status 3 before it served digits",
        ),
        (
            ["tensorflow_model_server"],
            {"READY_WITHIN": "-1"},
            "digits is not served after -1 s. READY_WITHIN waits longer",
        ),
    ],
)
def test_what_is_missing_is_one_sentence(
    installed, environment, sentence, programs, models
):
    process, _ = start(programs(*installed), models, **environment)
    _, said = process.communicate(timeout=20)
    assert process.returncode == 1
    assert sentence in said
    assert said.count("error: ") == 1


@pytest.mark.parametrize(
    ("text", "sentence"),
    [(None, "holds no models.config"), ("model_config_list {}", "names no model")],
)
def test_a_folder_without_models_is_refused(programs, tmp_path, text, sentence):
    if text is not None:
        (tmp_path / "models.config").write_text(text)
    process, _ = start(programs("docker"), tmp_path)
    _, said = process.communicate(timeout=20)
    assert process.returncode == 1
    assert sentence in said
    assert not os.path.exists(tmp_path / "record")
