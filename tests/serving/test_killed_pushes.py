import subprocess
import sys
from pathlib import Path

import pytest


def table(*arguments):
    """Returns {kind: numbers} that tools.kill_pushes prints; it must find all well."""
    done = subprocess.run(
        [sys.executable, "-m", "tools.kill_pushes", *arguments],
        capture_output=True,
        text=True,
        cwd=Path(__file__).parents[2],
    )
    assert done.returncode == 0, done.stdout + done.stderr
    lines = done.stdout.splitlines()[2:]
    return {line[:18].strip(): [int(n) for n in line[18:].split()] for line in lines}


def test_kills_at_every_step_leave_no_half_version():
    ((kind, numbers),) = table("--quick").items()
    kills, in_time, published, *wrong = numbers
    assert kind == "at every step"
    assert in_time == kills > 50
    assert 10 < published < kills  # before the renaming, and after it
    assert wrong == [0, 0, 0, 0]


@pytest.mark.slow
def test_kills_during_real_validation_leave_no_half_version():
    found = table("--kills", "3")
    assert len(found) == 3
    for kind, (kills, _, _, *wrong) in found.items():
        assert kills == 3 and wrong == [0, 0, 0, 0], kind
    assert found["at a last step"][1:3] == [3, 2]  # the first kill is before the rename
