"""`kvae explore`, in a process of its own."""

import re
import signal
import socket
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

from kvae.cli import commands as cli

GOLDEN = Path(__file__).parents[2] / "saved_models" / "digits_golden"


def test_serves_until_ctrl_c_and_ends_without_a_word():
    arguments = ["explore", str(GOLDEN), "--port", "0", "--no-browser"]
    process = subprocess.Popen(
        [sys.executable, "-m", "kvae", *arguments], stderr=subprocess.PIPE, text=True
    )
    try:
        line = process.stderr.readline()
        url = re.search(r"http://127\.0\.0\.1:\d+/", line)[0]
        with urllib.request.urlopen(url, timeout=30) as answer:
            assert "kvae explorer" in answer.read().decode()
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=30) == 0
        assert process.stderr.read() == ""
    finally:
        process.kill()
        process.stderr.close()


@pytest.mark.parametrize(
    ("model", "sentence"),
    [
        ("nothing", "There is no file or folder 'nothing'."),
        ("grpc://host:8500/x", "expects the address of a model by REST"),
    ],
)
def test_what_is_no_model_is_one_sentence(model, sentence):
    with pytest.raises(SystemExit, match=re.escape(sentence)):
        cli.main(["explore", model, "--no-browser"])


def test_a_port_that_is_taken_is_one_sentence():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        with pytest.raises(SystemExit, match="Address already in use"):
            cli.main(["explore", str(GOLDEN), "--port", port, "--no-browser"])


def test_a_pickle_is_warned_of_before_it_is_opened(tmp_path, capsys):
    (tmp_path / "model.joblib").write_bytes(b"\x80 damaged")
    with pytest.raises(SystemExit, match="damaged"):
        cli.main(["explore", str(tmp_path), "--port", "0", "--no-browser"])
    assert "runs whatever code it holds" in capsys.readouterr().err
