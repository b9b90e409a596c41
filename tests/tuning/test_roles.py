import os
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

import kvae
from kvae.tuning import roles
from kvae.tuning.roles import VARIABLES, Role, is_worker


@pytest.fixture(autouse=True)
def no_variables(monkeypatch):
    for variable in VARIABLES:
        monkeypatch.setenv(variable, "")  # so that they are put back in the end
        monkeypatch.delenv(variable)


@pytest.fixture
def free_port():
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]


@pytest.mark.parametrize(
    ("name", "address"),
    [
        ("worker", "127.0.0.1"),
        ("worker", ":8123"),
        ("worker", "host:"),
        ("worker", "host:http"),
        ("", "127.0.0.1:8123"),
    ],
)
def test_a_role_has_a_name_and_an_address_with_a_port(name, address):
    with pytest.raises(ValueError, match="host:port of the chief") as error:
        Role(name, address)
    assert f"{name!r}, {address!r}" in str(error.value)


def test_what_is_taken_is_found_in_the_environment():
    role = Role("worker-1", "10.0.0.1:8123")
    assert Role.from_environment() is None
    role.take()
    assert os.environ["KERASTUNER_TUNER_ID"] == "worker-1"
    assert os.environ["KERASTUNER_ORACLE_IP"] == "10.0.0.1"
    assert os.environ["KERASTUNER_ORACLE_PORT"] == "8123"
    assert Role.from_environment() == role


def test_an_environment_with_a_part_missing_is_refused(monkeypatch):
    monkeypatch.setenv("KERASTUNER_ORACLE_IP", "10.0.0.1")
    with pytest.raises(ValueError, match="Received: '', '10.0.0.1:'"):
        Role.from_environment()


def test_who_is_a_worker():
    assert not is_worker()
    Role("chief", "127.0.0.1:8123").take()
    assert not is_worker()
    Role("worker-1", "127.0.0.1:8123").take()
    assert is_worker()


def test_a_worker_without_a_chief_gives_up_and_says_what_to_do(free_port):
    role = Role("worker-1", f"127.0.0.1:{free_port}")
    message = f"worker-1 has found no chief at 127.0.0.1:{free_port} for 0.05 s"
    with pytest.raises(TimeoutError, match=f"{message}.*--role chief"):
        role.wait_for_chief(patience=0.05)


def test_a_worker_waits_for_a_chief_that_starts_late(free_port, monkeypatch):
    monkeypatch.setattr(roles, "LOOK_EVERY", 0.05)
    listening = []
    start = threading.Timer(
        0.2, lambda: listening.append(socket.create_server(("127.0.0.1", free_port)))
    )
    start.start()
    Role("worker-1", f"127.0.0.1:{free_port}").wait_for_chief(patience=10)
    assert listening
    listening[0].close()


def test_a_process_without_a_chief_ends_itself(free_port):
    # The file alone: nothing of it needs TensorFlow, which takes seconds to import.
    code = (
        "import importlib.util, sys, time\n"
        "spec = importlib.util.spec_from_file_location('roles', sys.argv[1])\n"
        "roles = sys.modules['roles'] = importlib.util.module_from_spec(spec)\n"
        "spec.loader.exec_module(roles)\n"
        "roles.LOOK_EVERY = 0.05\n"
        "roles.Role('worker-1', sys.argv[2]).watch_chief(patience=0.1)\n"
        "time.sleep(60)\n"
    )
    path = Path(kvae.__file__).parent / "tuning" / "roles.py"
    command = [sys.executable, "-c", code, str(path), f"127.0.0.1:{free_port}"]
    start = time.monotonic()
    done = subprocess.run(command, capture_output=True, text=True, timeout=50)
    assert (done.returncode, roles.NO_CHIEF) == (3, 3)
    assert "error: worker-1 has found no chief" in done.stderr
    assert time.monotonic() - start < 30


def test_the_watch_ends_where_the_search_is_over(free_port, monkeypatch):
    monkeypatch.setattr(roles, "LOOK_EVERY", 0.02)
    before = threading.active_count()
    Role("worker-1", f"127.0.0.1:{free_port}").watch_chief(patience=60).set()
    for _ in range(100):
        if threading.active_count() <= before:
            return
        time.sleep(0.02)
    pytest.fail("the watch goes on")
