"""`kvae augment FOLDER`, in this process; images of 8 x 8 pixels and few steps."""

import importlib.util
import time

import numpy as np
import pandas as pd
import pytest
from PIL import Image
from sklearn.datasets import load_digits

from kvae import VAEOverSampler
from kvae.cli import commands as cli
from kvae.cli import my_images
from kvae.cli.image_commands import is_about_images
from kvae.training.budget import Budget

FEW = "--steps", 20, "--rows", 3


def run(*arguments):
    cli.main([str(argument) for argument in arguments])


def write_digits(folder, shots, classes=10, most=None, seed=0):
    """Writes digits, `shots` of each class labelled; the name of a file is its row."""
    digits = load_digits()
    rng = np.random.default_rng(seed)
    rows = np.flatnonzero(digits.target < classes)[:most]
    labelled = {
        int(row)
        for c in range(classes)
        for row in rng.choice(rows[digits.target[rows] == c], shots, replace=False)
    }
    for row in rows:
        label = str(digits.target[row]) if row in labelled else "unlabelled"
        (folder / label).mkdir(parents=True, exist_ok=True)
        pixels = np.rint(digits.images[row] * 255 / 16).astype("uint8")
        Image.fromarray(pixels).save(folder / label / f"{row:04}.png")
    return digits.target


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setattr(my_images, "ROUNDS", 1)
    write_digits(tmp_path / "digits", shots=3, classes=2, most=60)
    return tmp_path / "digits"


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["FOLDER"], True),
        (["--rows", "5", "FOLDER"], True),
        (["--dry-run", "FOLDER"], True),
        (["--no-verdict", "FOLDER", "--out", "x"], True),
        (["missing"], True),  # there is no such folder: the message is about one
        (["data.csv"], False),
        (["missing.csv", "--target", "y"], False),
        (["data.csv", "--target", "FOLDER"], False),
        (["--target", "y", "data.csv", "--out", "FOLDER"], False),
        (["--help"], False),
    ],
)
def test_a_folder_is_told_from_a_table(tmp_path, monkeypatch, arguments, expected):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "FOLDER").mkdir()
    (tmp_path / "data.csv").touch()
    assert is_about_images(arguments) == expected


def test_a_dry_run_shows_the_plan_and_writes_nothing(folder, capsys, monkeypatch):
    monkeypatch.chdir(folder.parent)
    (folder / "0" / "broken.png").write_bytes(b"none")
    run("augment", folder, "--dry-run")
    said = capsys.readouterr().out
    assert "labelled: 3 of '0', 3 of '1'" in said
    assert "labels spread over pixels" in said
    assert "broken.png" in said
    assert list(folder.parent.iterdir()) == [folder]


def test_writes_labels_images_a_sheet_a_report_and_a_model(
    text_of_page, folder, capsys
):
    out = folder.parent / "out"
    run("augment", folder, *FEW, "--out", out, "--no-verdict")
    assert sorted(path.name for path in out.iterdir()) == [
        "contact_sheet.png",
        "labels.csv",
        "model",
        "new",
        "report.html",
    ]
    labels = pd.read_csv(out / "labels.csv", dtype={"label": str})
    assert list(labels) == ["file", "label", "probability"]
    unlabelled = sorted(path.name for path in (folder / "unlabelled").iterdir())
    assert labels["file"].tolist() == [f"unlabelled/{name}" for name in unlabelled]
    assert set(labels["label"]) <= {"0", "1"}
    assert labels["probability"].between(0.5, 1).all()
    for c in "01":
        new = sorted((out / "new" / c).iterdir())
        assert [path.name for path in new] == [
            f"generated-{i:05}.png" for i in (1, 2, 3)
        ]
        assert Image.open(new[0]).size == (8, 8)
    report = text_of_page(out / "report.html")
    assert "Plan" in report
    assert '"method": "propagate"' in report
    assert isinstance(VAEOverSampler.load(out / "model"), VAEOverSampler)
    run("augment", folder, *FEW, "--out", out, "--no-verdict")
    assert "Replaced in" in capsys.readouterr().out
    more = folder.parent / "more"
    run("generate", out / "model", "--rows", 2, "--out", more)
    assert len(list(more.glob("*/generated-*.png"))) == 4
    assert "4 new images" in capsys.readouterr().out


def test_without_unlabelled_images_there_are_no_labels_to_write(folder, capsys):
    for path in (folder / "unlabelled").iterdir():
        path.unlink()
    (folder / "unlabelled").rmdir()
    out = folder.parent / "out"
    run("augment", folder, *FEW, "--out", out, "--no-verdict")
    assert not (out / "labels.csv").exists()
    assert "drawn by 'extrapolate'" in capsys.readouterr().out
    assert len(list(out.glob("new/*/*.png"))) == 6


def test_says_a_verdict(text_of_page, folder, capsys, monkeypatch):
    monkeypatch.setattr(
        my_images, "Budget", lambda **given: Budget(2, 1, steps=10, vae_steps=10)
    )
    out = folder.parent / "out"
    flags = "--classifier", "logistic_regression"
    run("augment", folder, *FEW, "--out", out, *flags)
    said = capsys.readouterr().out
    assert "Verdict (cross-validated inside the labelled images)" in said
    assert "shifts and rotations" in said
    assert "propagate" in text_of_page(out / "report.html")


def test_no_verdict_is_said_with_its_reason(folder, capsys):
    for path in sorted((folder / "0").iterdir())[1:]:
        path.unlink()
    run("augment", folder, *FEW, "--out", folder.parent / "out")
    assert "None. " in capsys.readouterr().out
    assert (folder.parent / "out" / "report.html").exists()


def test_own_features_label_the_images(folder):
    truth = load_digits().target
    files = sorted(folder.rglob("*.png"))
    known = np.array(
        [[truth[int(path.stem)], 0.001 * i] for i, path in enumerate(files)]
    )
    np.save(folder.parent / "f.npy", known)
    out = folder.parent / "out"
    features = "--features", folder.parent / "f.npy"
    run("augment", folder, *FEW, "--out", out, "--no-verdict", *features)
    labels = pd.read_csv(out / "labels.csv")
    rows = labels["file"].str.extract(r"(\d+)\.png")[0].astype(int)
    assert np.mean(labels["label"] == truth[rows]) > 0.9


def test_a_run_that_failed_leaves_no_report(folder, monkeypatch):
    out = folder.parent / "out"
    run("augment", folder, *FEW, "--out", out, "--no-verdict")

    def full(*arguments, **others):
        raise OSError("No space left on device")

    monkeypatch.setattr("kvae.cli.image_output.write_sheet", full)
    with pytest.raises(SystemExit, match="No space"):
        run("augment", folder, *FEW, "--out", out, "--no-verdict")
    assert not (out / "report.html").exists()


def test_without_matplotlib_only_the_sheet_is_missing(folder, capsys, monkeypatch):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    out = folder.parent / "out"
    run("augment", folder, *FEW, "--out", out, "--no-verdict")
    assert "pip install 'kvae[plots]'" in capsys.readouterr().out
    assert not (out / "contact_sheet.png").exists()
    assert (out / "report.html").exists()


@pytest.mark.parametrize(
    ("flags", "message"),
    [
        (("--rows", -3), "--rows expects a number of at least 1. Received: -3"),
        (("--out", "digits/0/out"), "outside of"),
        (("--method", "posteror"), "Received: 'posteror'"),
        (("--features", "f.npy"), "There is no file 'f.npy'"),
        (("--classifier", "magic"), "classifier expects"),
        (("--size", 0, 8), "height"),
    ],
)
def test_wrong_flags_are_said_before_anything_is_trained(
    folder, capsys, monkeypatch, flags, message
):
    monkeypatch.chdir(folder.parent)
    with pytest.raises(SystemExit, match=message):
        run("augment", folder.name, *flags)
    assert "Verdict" not in capsys.readouterr().out


def test_a_folder_that_does_not_exist_is_named(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit, match="There is no folder digist"):
        run("augment", "digist")


@pytest.mark.slow
@pytest.mark.parametrize("seed", [0, 1, 2])
def test_digits_are_labelled_in_two_minutes(tmp_path, capsys, seed):
    """5 labelled digits of each class, 1,747 without: 94 % of labels are right."""
    truth = write_digits(tmp_path / "digits", shots=5, seed=seed)
    start = time.perf_counter()
    run("augment", tmp_path / "digits", "--out", tmp_path / "out")
    assert time.perf_counter() - start < 120
    labels = pd.read_csv(tmp_path / "out" / "labels.csv")
    assert len(labels) == 1747
    rows = labels["file"].str.extract(r"(\d+)\.png")[0].astype(int)
    assert np.mean(labels["label"] == truth[rows]) >= 0.9
    assert "weighted F1" in capsys.readouterr().out
