"""Every tool runs."""

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest
import tensorflow_datasets as tfds

from kvae.data import proben1
from kvae.data.proben1 import Builder  # noqa: F401  registers it


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


def test_prepare_data_says_at_once_that_there_is_no_network(tmp_path):
    start = time.perf_counter()
    done = prepare(
        *("--names", "proben1/glass2", "--data-dir", tmp_path),
        KVAE_PROBEN1_DIR="",
        HTTPS_PROXY="http://127.0.0.1:9",  # nothing listens there
    )
    assert time.perf_counter() - start < 60
    assert done.returncode == 1
    assert "cannot be reached. Check the network" in done.stderr
