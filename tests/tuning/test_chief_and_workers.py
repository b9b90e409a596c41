"""A search on several machines, on one: processes are killed, and started again."""

import json
import os
import signal
import socket
import subprocess
import sys
import time

import pandas as pd
import pytest

TRIALS = 8


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


class Machines:
    """Processes of one search; each has a role, as on a machine of its own."""

    def __init__(self, out):
        self.out, self.address = out, f"127.0.0.1:{free_port()}"
        self.running, self.logs = {}, {}

    def start(self, role):
        flags = {
            "--data": "wine",
            "--trials": str(TRIALS),
            "--seeds": "2",
            "--role": role,
            "--address": self.address,
            "--out": str(self.out),
            "--patience": "60",
        }
        words = [word for flag in flags.items() for word in flag]
        log = self.out.parent / f"{role}-{len(self.logs)}.txt"
        self.logs[role] = log
        with log.open("w") as file:
            self.running[role] = subprocess.Popen(
                [sys.executable, "-m", "recipes.search", *words],
                stdout=file,
                stderr=subprocess.STDOUT,
                env={**os.environ, "PYTHONPATH": os.getcwd()},
            )

    def kill(self, role):
        self.running[role].send_signal(signal.SIGKILL)
        self.running[role].wait()

    def trials(self):
        """Returns {trial: status}, as far as KerasTuner has written it."""
        found = {}
        for path in self.out.glob("trials/trial_*/trial.json"):
            try:
                record = json.loads(path.read_text())
            except ValueError:  # half written
                continue
            found[record["trial_id"]] = record["status"]
        return found

    def wait_for(self, condition, seconds=120):
        end = time.monotonic() + seconds
        while not condition(self.trials()):
            said = {role: log.read_text()[-500:] for role, log in self.logs.items()}
            assert time.monotonic() < end, said
            time.sleep(0.2)


@pytest.mark.slow
def test_kills_of_a_worker_and_of_the_chief_lose_and_double_no_trial(tmp_path):
    machines = Machines(tmp_path / "search")
    for role in ("chief", "worker-1", "worker-2"):
        machines.start(role)
    machines.wait_for(lambda trials: "RUNNING" in trials.values())
    machines.kill("worker-1")
    machines.start("worker-1")
    machines.wait_for(lambda trials: list(trials.values()).count("COMPLETED") >= 3)
    machines.kill("chief")
    machines.start("chief")
    for role, process in machines.running.items():
        assert process.wait(300) == 0, machines.logs[role].read_text()
    table = pd.read_csv(machines.out / "trials.csv")
    assert table["trial"].tolist() != [] and table["trial"].is_unique
    assert len(table) == TRIALS and table["score"].notna().all()
    values = table.drop(columns=["trial", "score", "failure"]).astype(str)
    assert not values.duplicated().any()
    assert set(machines.trials().values()) == {"COMPLETED"}
    assert "settings" in machines.logs["chief"].read_text()
