"""The command line, in this process: TensorFlow is imported once."""

import joblib
import pandas as pd
import pytest
from sklearn.datasets import load_wine

from kvae.cli import commands as cli


@pytest.fixture
def wine(tmp_path):
    frame = load_wine(as_frame=True).frame.rename(columns={"target": "kind"})
    frame.loc[3, "ash"] = None
    frame.iloc[::2].to_csv(tmp_path / "wine.csv", index=False)
    return tmp_path / "wine.csv"


def run(*arguments):
    cli.main([str(argument) for argument in arguments])


def test_a_dry_run_shows_the_plan_and_writes_nothing(wine, capsys, monkeypatch):
    monkeypatch.chdir(wine.parent)
    run("augment", wine, "--target", "kind", "--dry-run")
    said = capsys.readouterr().out
    assert "89 rows, 14 columns" in said
    assert "alcalinity_of_ash" in said
    assert "latent_dim" in said
    assert list(wine.parent.iterdir()) == [wine]


@pytest.mark.filterwarnings("ignore:The VAE has collapsed")
def test_writes_rows_a_report_and_a_model_that_makes_more(wine, capsys):
    out = wine.parent / "out"
    few = "--rows", 4, "--steps", 20, "--out", out
    run("augment", wine, "--target", "kind", *few, "--provenance", "--no-verdict")
    augmented, real = pd.read_csv(out / "augmented.csv"), pd.read_csv(wine)
    assert len(augmented) == len(real) + 12
    pd.testing.assert_frame_equal(augmented.iloc[: len(real)][real.columns], real)
    assert augmented["kvae_generated"].sum() == 12
    report = (out / "report.md").read_text()
    assert "Plan" in report
    assert '"sampling_strategy": "4 per class"' in report
    run("augment", wine, "--target", "kind", *few, "--no-verdict")
    assert "Replaced in" in capsys.readouterr().out
    run("generate", out / "model.joblib", "--rows", 2, "--out", out / "more.csv")
    assert pd.read_csv(out / "more.csv").columns[-1] == "kind"


@pytest.mark.parametrize(
    ("flags", "message"),
    [
        (("--rows", -3), "--rows expects a number of at least 1. Received: -3"),
        (("--out", "wine.csv"), "--out expects a folder"),
        (("--method", "posteror"), "Received: 'posteror'"),
    ],
)
def test_wrong_flags_are_said_before_anything_is_trained(
    wine, capsys, monkeypatch, flags, message
):
    monkeypatch.chdir(wine.parent)
    with pytest.raises(SystemExit, match=message):
        run("augment", wine, "--target", "kind", *flags)
    assert "Verdict" not in capsys.readouterr().out


@pytest.mark.parametrize("content", [b"", b"no model", b"\x80\x04K"])
def test_a_damaged_model_is_said_to_be_one(tmp_path, content):
    (tmp_path / "model.joblib").write_bytes(content)
    with pytest.raises(SystemExit, match="model.joblib is no model"):
        run("generate", tmp_path / "model.joblib", "--out", tmp_path / "more.csv")


def test_another_object_in_the_file_is_said_to_be_one(tmp_path):
    joblib.dump({"a": 1}, tmp_path / "model.joblib")
    with pytest.raises(SystemExit, match="is no model.* Received: dict"):
        run("generate", tmp_path / "model.joblib", "--out", tmp_path / "more.csv")


@pytest.mark.filterwarnings("ignore:The VAE has collapsed")
def test_labels_can_spread_to_rows_without_one(wine):
    frame = pd.read_csv(wine)
    frame.loc[::5, "kind"] = None
    frame.to_csv(wine, index=False)
    out = wine.parent / "out"
    few = "--steps", 20, "--no-verdict", "--out", out, "--method", "propagate"
    run("augment", wine, "--target", "kind", *few)
    assert len(pd.read_csv(out / "augmented.csv")) == 2 * frame["kind"].notna().sum()


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:The VAE has collapsed")
def test_says_whether_the_rows_help_and_how_good_they_are(wine, capsys):
    out = wine.parent / "out"
    run("augment", wine, "--target", "kind", "--steps", 20, "--out", out)
    report, said = (out / "report.md").read_text(), capsys.readouterr().out
    for part in ("Columns", "Plan", "Verdict", "real rows only", "Quality", "Copies:"):
        assert part in report
        assert part in said


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--target", "grape"], "error: --target expects.*'grape'"),
        (["--target", "ash"], "error: Column 'ash' expects classes"),
    ],
)
def test_mistakes_are_one_message_without_traceback(wine, arguments, message):
    with pytest.raises(SystemExit, match=message):
        run("augment", wine, *arguments)


def test_absent_files_are_named(tmp_path):
    with pytest.raises(SystemExit, match="error: There is no file"):
        run("augment", tmp_path / "none.csv", "--target", "y")
