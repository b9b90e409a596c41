"""The figures and tables on disentanglement, on few images and in few steps."""

import dataclasses
import subprocess
import sys
import time
from pathlib import Path

import joblib
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest

from kvae import experiments
from kvae.data.olivetti import FILE
from recipes import disentanglement as recipe

ROOT = Path(__file__).parents[2]
SMALL = {
    **recipe.QUICK,
    "steps": 60,
    "num_train": 400,
    "num_test": 300,
    "face_steps": 20,
    "quick": True,
    "jobs": 2,
}


@pytest.fixture
def config(tmp_path, monkeypatch):
    """A small run whose faces are noise, in the form of scikit-learn's cache."""
    faces = np.random.default_rng(0).random((400, 64 * 64)).astype("float32")
    (tmp_path / "sklearn").mkdir()
    joblib.dump(faces, tmp_path / "sklearn" / FILE)
    monkeypatch.setenv("SCIKIT_LEARN_DATA", str(tmp_path / "sklearn"))
    monkeypatch.setenv("TFDS_DATA_DIR", str(tmp_path / "tfds"))
    folders = {"out": tmp_path / "out", "vaes": tmp_path / "vaes"}
    return recipe.Config(**SMALL | folders)


def test_every_score_has_an_interval_and_every_figure_its_numbers(
    config, capsys, monkeypatch
):
    recipe.main(config)
    table = pd.read_csv(config.out / "summary.csv")
    assert set(table["metric"]) == set(recipe.METRICS)
    assert set(table["model"]) == {"beta-VAE", "beta-TCVAE"}
    assert len(table) == 2 * 2 * len(recipe.METRICS)
    assert (table["runs"] == 2).all()
    assert table[["mean", "low", "high"]].notna().all().all()
    assert (table["difference"].isna() == (table["beta"] == recipe.BASE)).all()
    line = table[table["metric"].eq("mig") & table["beta"].eq(8)].iloc[0]
    shown = f"{line['difference']:+.3f} [{line['difference_low']:+.3f}"
    assert f"{line['model']}, beta 8: {shown}" in capsys.readouterr().out
    factors = pd.read_csv(config.out / "factors.csv")
    gaps = factors.filter(like="gap_").mean(axis=1)
    mig = table[table["metric"] == "mig"].set_index(["model", "beta"])["mean"]
    expected = mig[list(zip(factors["model"], factors["beta"], strict=True))]
    np.testing.assert_allclose(gaps, expected)
    sweeps = pd.read_csv(config.out / "sweeps.csv")
    faces = sweeps[sweeps["data"] == "olivetti"]
    assert sorted(faces["beta"].unique()) == [1, 150]
    np.testing.assert_allclose(
        faces.groupby("beta")["coefficient"].first() / [1, 150], 32 / 64**2
    )
    assert len(faces) == 2 * 32
    moved = {b.arguments["data"]: b.arguments["around"] for b in sweeps_of(config)}
    assert moved == {"shapes": "image", "olivetti": "mean"}
    assert len(sweeps) == 2 * 32 + 2 * recipe.LATENTS
    for name in ("metrics", "sweeps_faces", "sweeps_shapes"):
        height, width, _ = plt.imread(config.out / f"{name}.png").shape
        assert width > 1.5 * height
        assert "<svg" in (config.out / f"{name}.svg").read_text()
    # What is stored is drawn and summed up alike, without training or VAEs.
    written = {path: path.read_bytes() for path in config.out.iterdir()}
    stored = dataclasses.replace(config, stored=True, vaes=config.out / "nowhere")
    with monkeypatch.context() as patched:
        patched.delattr(experiments, "run")
        recipe.main(stored)
    assert [p.name for p in written if p.read_bytes() != written[p]] == []


def sweeps_of(config):
    return [b for b in recipe.bundles(config) if "around" in b.arguments]


def test_faces_that_are_not_here_are_left_out_or_named(config, monkeypatch, capsys):
    monkeypatch.setenv("SCIKIT_LEARN_DATA", str(config.out))
    assert recipe.find_faces(config) is None
    assert "No faces are here" in capsys.readouterr().out
    keys = [key for bundle in recipe.bundles(config) for key in bundle.keys()]
    assert not any("olivetti" in key for key in keys)
    for name in recipe.FACES:
        with pytest.raises(FileNotFoundError, match=name.replace("olivetti", "Oliv")):
            recipe.find_faces(dataclasses.replace(config, faces=name))


def test_prepared_faces_of_celeb_a_come_first(config, tmp_path):
    assert recipe.find_faces(config) == "olivetti"
    version = tmp_path / "tfds" / "celeb_a" / "2.1.0"
    version.mkdir(parents=True)
    (version / "dataset_info.json").write_text("{}")
    assert recipe.find_faces(config) == "celeb_a"
    assert recipe.find_faces(dataclasses.replace(config, faces="none")) is None


def test_a_beta_more_is_all_that_is_missing(config, tmp_path):
    store = experiments.Store(tmp_path / "store.jsonl")
    for bundle in recipe.bundles(config):
        store.append({key: [{"seed": 0}] for key in bundle.keys()})
    more = dataclasses.replace(config, betas=(0.5, 3.0, 8.0))
    missing = experiments.missing_cells(list(recipe.bundles(more)), store)
    cells = [list(cells.values()) for _, cells in missing]
    assert cells == [[{"beta": 3.0}]] * 2 * config.seeds


@pytest.mark.slow
def test_quick_runs_offline_within_two_minutes(tmp_path):
    start = time.perf_counter()
    flags = ["--quick", "--out", tmp_path, "--vaes", tmp_path / "vaes"]
    command = [sys.executable, "-m", "recipes.disentanglement", *map(str, flags)]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT)
    assert done.returncode == 0, done.stderr
    assert time.perf_counter() - start < 120
    assert (tmp_path / "metrics.png").exists()
