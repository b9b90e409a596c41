import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from recipes import train_across_machines as recipe


def test_an_index_that_is_no_place_is_refused():
    config = recipe.Config(addresses=("a:1", "b:1"), index=2)
    with pytest.raises(ValueError, match="from 0 to 1. Received: 2"):
        recipe.main(config)


def commands(monkeypatch, program):
    """Has the recipe start this program instead of a worker; returns how often."""
    started, popen = [], subprocess.Popen

    def start(command, **kwargs):
        started.append(command[-1])
        out = next(w for w in command if w.startswith("--out=")).removeprefix("--out=")
        return popen([sys.executable, "-c", program, out, command[-1]], **kwargs)

    monkeypatch.setattr(recipe.subprocess, "Popen", start)
    return started


# Makes a backup after each of four epochs, and goes on from the last.
WORKER = """
import pathlib, sys, time
out, index = pathlib.Path(sys.argv[1]), sys.argv[2]
done = len(list(out.glob("backup/*")))
for epoch in range(done + 1, 5):
    if index == "0":
        (out / "backup" / str(epoch)).mkdir(parents=True)
    time.sleep(0.1)
if index == "0":
    (out / "vae.keras").touch()
"""


def test_all_begin_again_where_one_is_killed(tmp_path, monkeypatch):
    started = commands(monkeypatch, WORKER)
    restarts = recipe.together(recipe.Config(), tmp_path, 0, 2, 1, [(1, 1), (3, 0)])
    assert restarts == 2
    assert started == ["0", "1"] * 3


def test_all_begin_again_where_one_is_lost_by_itself(tmp_path, monkeypatch):
    loses = "time.sleep(0.1)\n    if index == '0' and epoch == 2: sys.exit(1)"
    started = commands(monkeypatch, WORKER.replace("time.sleep(0.1)", loses))
    assert recipe.together(recipe.Config(), tmp_path, 0, 2, 1, []) == 1
    assert started == ["0", "1"] * 2


def test_an_error_of_a_process_is_shown_and_ends_the_others(tmp_path, monkeypatch):
    fails = "if index == '1': sys.exit('no rows')\n    time.sleep(60)"
    program = WORKER.replace("time.sleep(0.1)", fails)
    started = commands(monkeypatch, program.replace("mkdir(parents=True)", "exists()"))
    with pytest.raises(OSError, match="ended early:\nno rows"):
        recipe.together(recipe.Config(), tmp_path, 0, 2, 1, [])
    assert started == ["0", "1"]


@pytest.mark.slow
def test_two_processes_train_what_one_trains_and_kills_change_nothing(tmp_path):
    subprocess.run(
        [sys.executable, "-m", f"recipes.{recipe.NAME}", "--quick", "--out", tmp_path],
        check=True,
        cwd=Path(__file__).parents[2],
    )
    assert (tmp_path / "curve.png").stat().st_size > 10_000
    summary = pd.read_csv(tmp_path / "summary.csv").set_index("run")
    one, threads, two, killed = (summary.loc[run] for run in recipe.RUNS)
    assert [run["restarts"] for run in (one, threads, two, killed)] == [0, 0, 0, 2]
    assert killed["loss"] == two["loss"]
    assert killed["elbo_of_test"] == two["elbo_of_test"]
    # The same batches; the noise of the latents differs.
    assert two["loss"] != one["loss"]
    assert two["loss"] == pytest.approx(one["loss"], rel=0.02)
    curves = pd.read_csv(tmp_path / "curve.csv")
    assert (curves.groupby("run")["epoch"].count() == 4).all()
    assert (
        curves.groupby("run")["loss"].apply(lambda c: c.is_monotonic_decreasing).all()
    )
