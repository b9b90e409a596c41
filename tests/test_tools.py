"""Every tool runs."""

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pandas as pd
import pytest
import tensorflow_datasets as tfds

from kvae.data import proben1
from kvae.data.proben1 import Builder  # noqa: F401  makes it known to tfds
from tools.fidelity import tables
from tools.fidelity.scores import score


def run_quick(tool, *arguments):
    """Returns the lines that a tool prints under --quick."""
    done = subprocess.run(
        [sys.executable, "-m", f"tools.{tool}", "--quick", *arguments],
        capture_output=True,
        text=True,
        cwd=Path(__file__).parents[1],
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def test_benchmark_training_prints_ratios_and_shares_of_the_peak():
    header, *lines = (line.split() for line in run_quick("benchmark_training"))
    assert header[:4] == ["variant", "images/s", "of", "sgemm"]
    variants = {line[0]: line for line in lines}
    assert float(variants["default"][3]) == 1.0
    for name in ("default", "ours", "loop"):
        assert float(variants[name][1]) > 0
        assert 0 < float(variants[name][2].rstrip("%"))
    assert float(variants["sgemm:"][1]) > 0
    assert "pythae" in variants or variants["pythae:"][1:3] == ["not", "installed;"]


def test_benchmark_replicas_compares_stacks_with_loops_at_equal_scores():
    lines = [line.split() for line in run_quick("benchmark_replicas")]
    headers = [i for i, line in enumerate(lines) if line[:1] == ["6"]]
    assert [lines[i][1] for i in headers] == ["MLPs", "VAEs"]
    for i in headers:
        stack, traced, plain = lines[i + 1 : i + 4]
        assert [stack[0], traced[0], plain[0]] == ["stack", "traced", "plain"]
        assert float(stack[2]) == 1.0
        assert all(float(line[1]) > 0 for line in (stack, traced, plain))
        # Same first weights, same batches: one at a time gives the same models.
        assert float(stack[-1]) == pytest.approx(float(traced[-1]), rel=0.01)


@pytest.mark.slow
def test_benchmark_generate_ends_with_equal_checksums():
    lines = run_quick("benchmark_generate")
    assert "checksums equal" in lines
    assert lines[-1].startswith("20,000 rows in 20 shards")


def prepare(*arguments, **environment):
    return subprocess.run(
        [sys.executable, "-m", "tools.prepare_data", *map(str, arguments)],
        capture_output=True,
        text=True,
        cwd=Path(__file__).parents[1],
        env={**os.environ, **environment},
    )


@pytest.fixture(scope="module")
def glass_dir(tmp_path_factory):
    """A folder with one made-up PROBEN1 file."""
    folder = tmp_path_factory.mktemp("manual")
    dummy = Path(proben1.__file__).parent / "dummy_data" / "glass" / "glass1.dt"
    shutil.copy(dummy, folder)
    return folder


def test_prepare_data_refuses_other_files_than_the_published(glass_dir, tmp_path):
    arguments = "--names", "proben1/glass1", "--data-dir", tmp_path
    done = prepare(*arguments, "--manual-dir", glass_dir)
    assert done.returncode == 1
    assert "proben1/glass1" in done.stderr
    assert "glass1.dt is not the published file" in done.stderr
    assert "1 of 1 data sets could not be prepared" in done.stderr


def test_prepare_data_leaves_alone_what_is_there(glass_dir, tmp_path, monkeypatch):
    monkeypatch.setenv("KVAE_PROBEN1_DIR", str(glass_dir))
    tfds.builder("proben1/glass1", data_dir=tmp_path).download_and_prepare()
    done = prepare("--names", "proben1/glass1", "--data-dir", tmp_path)
    assert done.returncode == 0, done.stderr
    assert "12 rows, was there" in done.stdout
    assert f"TFDS_DATA_DIR={tmp_path}" in done.stdout


def test_prepare_data_goes_on_after_a_failure(glass_dir, tmp_path, monkeypatch):
    monkeypatch.setenv("KVAE_PROBEN1_DIR", str(glass_dir))
    tfds.builder("proben1/glass1", data_dir=tmp_path).download_and_prepare()
    done = prepare("--names", "no_such_set", "proben1/glass1", "--data-dir", tmp_path)
    assert done.returncode == 1
    assert "no_such_set" in done.stderr and "FAILED" in done.stderr
    assert "12 rows, was there" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--manual-dir", "no/such"], "expects a folder. Received: no/such"),
        (["--names"], "at least one data set"),
    ],
)
def test_prepare_data_names_an_argument_that_cannot_be(arguments, message):
    done = prepare(*arguments)
    assert done.returncode == 1
    assert message in done.stderr
    assert "Traceback" not in done.stderr


def test_prepare_data_says_at_once_that_there_is_no_network(tmp_path):
    start = time.perf_counter()
    done = prepare(
        *("--names", "proben1/glass2", "--data-dir", tmp_path),
        KVAE_PROBEN1_DIR="",
        HTTPS_PROXY="http://127.0.0.1:9",  # nothing listens there
    )
    assert time.perf_counter() - start < 60
    assert done.returncode == 1
    assert "glass/glass2.dt cannot be reached. Check the network" in done.stderr


def test_benchmark_graph_finds_what_its_rivals_find():
    done = subprocess.run(
        [sys.executable, "-m", "tools.benchmark_graph", "--quick"],
        capture_output=True,
        text=True,
        cwd=Path(__file__).parents[1],
    )
    assert done.returncode == 0, done.stderr
    lines = [line.split() for line in done.stdout.splitlines()[1:]]
    found = {line[0]: float(line[-1]) for line in lines if line[0] != "sgemm"}
    assert min(found[name] for name in ("neighbours", "blocks", "tree")) > 0.999
    assert min(found[name] for name in ("spread", "iteration")) > 0.9


def test_benchmark_tables_says_speed_memory_and_time_a_column():
    lines = {line.split()[0]: line.split() for line in run_quick("benchmark_tables")}
    for rows in ("1,000", "2,000"):
        assert float(lines[rows][4]) > 0  # seconds of training
        assert float(lines[rows][6].removesuffix("/s").replace(",", "")) > 0
    assert float(lines["memory"][4]) >= 0
    total, *parts = (float(lines["wide"][i]) for i in (4, 8, 11, 14))
    assert abs(total - sum(parts)) < 0.03


@pytest.mark.slow
def test_benchmark_serving_compares_every_loader_with_the_bare_decoder():
    header, *lines = run_quick("benchmark_serving")
    assert header.split()[:2] == ["dense", "decoder"]
    bare = [line for line in lines if "bare tf.function" in line]
    assert len(bare) == 2
    assert all(float(line.split()[-2]) == 1.0 for line in bare)
    assert all(float(line.split()[-1]) > 0 for line in lines)


@pytest.mark.slow
def test_benchmark_serving_loads_the_stand_in_beside_the_bare_function():
    pytest.importorskip("tensorflow_serving")
    lines = run_quick("benchmark_serving", "--load")
    bare = [line for line in lines if line.startswith("bare tf.function")]
    assert len(bare) == 4 and all(float(line.split()[-1]) == 1.0 for line in bare)
    for way in ("REST", "gRPC"):
        loads = [line.split()[-6:] for line in lines if line.startswith(way)]
        assert len(loads) == 2 * 4
        for rate, _, _, p50, p95, p99 in loads:
            assert float(rate) > 0 and float(p50) <= float(p95) <= float(p99)


def test_benchmark_fidelity_scores_everyone_beside_real_rows(tmp_path):
    """Without the rivals' environment: kvae, SMOTE, and real rows as an anchor."""
    lines = run_quick("benchmark_fidelity", "--out", str(tmp_path))
    scores = pd.read_csv(tmp_path / "scores.csv").set_index("method")
    assert set(scores.index) == {"real rows again", "kvae", "kvae, relations", "SMOTE"}
    anchor = scores.loc["real rows again"]
    assert anchor["exact_copies"] == anchor["on_grid"] == 1
    assert anchor["impossible_dates"] == anchor["unseen_pairs"] == 0
    assert scores.loc["kvae, relations", "unseen_pairs"] <= 0.02
    assert scores.loc["kvae, relations", "impossible_dates"] == 0
    # SMOTE knows neither spikes nor dates written as numbers: the scores can tell.
    assert scores.loc["SMOTE", "worst_spike"] > 0.1
    assert scores.loc["SMOTE", "impossible_dates"] > 0.1
    assert any(line.startswith("Mean over tables") for line in lines)
    made = {file: file.stat().st_mtime_ns for file in tmp_path.rglob("*.csv")}
    run_quick("benchmark_fidelity", "--out", str(tmp_path))
    again = {f: f.stat().st_mtime_ns for f in tmp_path.rglob("0*/*SMOTE.csv")}
    assert again and all(made[file] == when for file, when in again.items())


@pytest.mark.parametrize("name", tables.MADE)
def test_made_tables_have_what_they_promise(name):
    problem = tables.load(name, seed=3)
    assert problem.train[problem.target].nunique() == 2
    found = score(problem, problem.train, seed=0)
    # Every kind of fact is there to be judged, and real rows pass.
    assert found["on_grid"] == 1 and found["worst_spike"] == 0 == found["in_gaps"]
    assert found["impossible_dates"] == 0 == found["unseen_pairs"]
    assert found["holes"] == 0 and found["exact_copies"] == 1
    if name == "claims":
        assert found["broken_orders"] == 0


def test_scores_find_values_that_cannot_be():
    problem = tables.load("people", seed=3)
    wrong = problem.train.copy()
    wrong.loc[wrong.index[:400], "gain"] = 500  # a tenth of them zeros in real rows
    wrong["salary"] += 1
    wrong["hired"] = 20241399
    wrong["education_num"] = wrong["education_num"].to_numpy()[::-1]
    found = score(problem, wrong, seed=0)
    assert found["in_gaps"] == pytest.approx(400 / len(wrong))
    assert found["worst_spike"] > 0.2 and found["on_grid"] < 0.02
    assert found["impossible_dates"] == 1 and found["unseen_pairs"] > 0.5


def test_compare_learning_prints_a_gain_for_each_way(tmp_path):
    from kvae.semi_supervised import CLASSIFIERS

    header, *_ = run_quick("compare_learning", "--out", str(tmp_path))
    assert "gain" in header and "worst" in header
    summary = pd.read_csv(tmp_path / "summary.csv")
    assert summary["method"].tolist() == list(CLASSIFIERS)
    assert summary["gain"].between(-0.5, 0.5).all()
    assert len(pd.read_csv(tmp_path / "scores.csv")) == 1 + len(CLASSIFIERS)
