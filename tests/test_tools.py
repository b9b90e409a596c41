"""Every tool runs."""

import subprocess
import sys
from pathlib import Path


def test_benchmark_training_prints_ratios():
    done = subprocess.run(
        [sys.executable, "-m", "tools.benchmark_training", "--quick"],
        capture_output=True,
        text=True,
        cwd=Path(__file__).parents[1],
    )
    assert done.returncode == 0, done.stderr
    lines = [line.split() for line in done.stdout.splitlines()[1:]]
    assert [line[0] for line in lines] == ["default", "ours", "loop"]
    assert float(lines[0][2]) == 1.0
    assert all(float(line[1]) > 0 for line in lines)
