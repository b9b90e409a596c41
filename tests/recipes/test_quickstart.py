"""The quickstart as a user runs it."""

import json
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import tensorflow as tf

import kvae
from kvae.augmentation.methods import IMAGE_METHODS, PROPAGATE, TABLE_METHODS
from kvae.serving.description import read_description
from kvae.training.classifiers import train_convnet
from recipes import quickstart

TIMES = ["generation_seconds", "training_seconds"]
ROOT = Path(__file__).parents[2]


def run(*flags):
    return subprocess.run(
        [sys.executable, "-m", "recipes.quickstart", *map(str, flags)],
        capture_output=True,
        text=True,
        cwd=ROOT,
    )


def table_of(out, **kwargs):
    quickstart.main(
        quickstart.Config(data="wine", seeds=2, quick=True, out=out, **kwargs)
    )
    return pd.read_csv(out / "results.csv").drop(columns=TIMES)


def test_ends_with_table_figure_and_decoder(tmp_path):
    done = run("--quick", "--out", tmp_path)
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""  # quiet when piped
    for method in (*IMAGE_METHODS, PROPAGATE):
        assert method in done.stdout
    assert "kvae augment FOLDER" in done.stdout.splitlines()[-4]
    results = pd.read_csv(tmp_path / "results.csv")
    assert set(results["method"]) == {*IMAGE_METHODS, PROPAGATE}
    generated = results.set_index("method")["generated"]
    assert (generated[PROPAGATE] == 10_000).all()
    assert (generated["noise"] == 50).all()
    assert set(results["seed"]) == {0, 1}
    assert results["weighted_f1"].between(0.5, 1).all()  # far better than chance
    table = pd.read_csv(tmp_path / "table.csv", index_col="method")
    assert set(table["classifier"]) == {"convnet"}
    means = results.groupby("method")["weighted_f1"].mean()
    np.testing.assert_allclose(table["mean"], means[table.index])
    assert (tmp_path / "figure.png").stat().st_size > 20_000
    decode = tf.saved_model.load(tmp_path / "decoder" / "1")
    x = decode.signatures["serving_default"](z=tf.zeros((2, 16)))["x"].numpy()
    assert x.shape == (2, 8, 8, 1)
    told = read_description(tmp_path / "decoder" / "1")
    assert told["data"] == "digits" and told["settings"]["latent_dim"] == 16
    assert told["licence"] and told["revision"]
    assert (tmp_path / "report.html").exists()
    assert 0 <= x.min() < x.max() <= 1
    record = json.loads((tmp_path / "run.json").read_text())
    assert record["config"]["shots"] == 5
    assert record["versions"]["keras"]


def test_the_same_seed_gives_the_same_table_and_another_seed_another(
    few_steps, tmp_path, capsys
):
    some = ("SMOTE", "interpolate+noise", "Multi-VAE: normal")
    first = table_of(tmp_path / "first", methods=some)
    again = table_of(tmp_path / "again", methods=some)
    pd.testing.assert_frame_equal(first, again)
    assert set(first["method"]) == {TABLE_METHODS[0], *some}
    printed = capsys.readouterr().out.split("wine, MLP:")
    assert printed[1].split("figure")[0] == printed[2].split("figure")[0]
    other = table_of(tmp_path / "other", methods=some, first_seed=5)
    assert not np.array_equal(first["weighted_f1"], other["weighted_f1"])


def test_the_baseline_is_always_there(few_steps, tmp_path):
    results = table_of(tmp_path, development=30)
    assert list(results["method"].unique()) == list(TABLE_METHODS)
    chosen = quickstart._methods(
        quickstart.Config(methods=("SMOTE",)), kvae.load("wine")
    )
    assert chosen == (TABLE_METHODS[0], "SMOTE")
    assert set(results["data"]) == {"wine/development"}


def test_what_was_trained_before_ctrl_c_is_scored_and_kept(tmp_path, monkeypatch):
    def interrupted(cells, num_classes, settings, jobs):
        yield 0, *train_convnet(*cells[0], num_classes, settings)
        raise KeyboardInterrupt

    monkeypatch.setattr("kvae.training.classifiers.train_convnets", interrupted)
    config = quickstart.Config(seeds=1, methods=("noise",), quick=True, out=tmp_path)
    with pytest.raises(KeyboardInterrupt):
        quickstart.main(config)
    (row,) = pd.read_csv(tmp_path / "results.csv").to_dict("records")
    assert row["method"] == IMAGE_METHODS[0]
    assert row["accuracy"] > 0.5


def test_help_answers_at_once():
    start = time.perf_counter()
    done = run("--help")
    assert time.perf_counter() - start < 5  # 0.3 s; CI machines can be busy
    for flag in ("--data", "--shots", "--seeds", "--out", "--quick"):
        assert flag in done.stdout


@pytest.mark.parametrize(
    ("flags", "message"),
    [
        (("--data", "wine", "--shots", "1000"), "Class 'class_0' (index 0) has"),
        (("--data", "mnist", "--data-dir", "/nowhere"), "/nowhere/mnist"),
        (("--methods", "magic"), "--methods expects one of"),
        (("--seeds", "0"), "--seeds expects a whole number >= 1"),
    ],
)
def test_mistakes_get_one_line_and_no_traceback(flags, message, tmp_path):
    done = run(*flags, "--out", tmp_path)
    assert done.returncode == 1
    assert done.stderr.startswith("error: ")
    assert message in done.stderr
    assert "Traceback" not in done.stderr


def test_unknown_flags_are_errors():
    done = run("--shot", "5")
    assert done.returncode == 2
    assert "--shot" in done.stderr + done.stdout


@pytest.mark.slow
def test_digits_repeat_exactly(tmp_path):
    for name in ("first", "again"):
        assert run("--quick", "--out", tmp_path / name).returncode == 0
    first, again = (
        pd.read_csv(tmp_path / name / "results.csv").drop(columns=TIMES)
        for name in ("first", "again")
    )
    columns = ["seed", "method"]
    pd.testing.assert_frame_equal(
        first.sort_values(columns, ignore_index=True),
        again.sort_values(columns, ignore_index=True),
    )
