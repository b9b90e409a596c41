"""The command line, in this process: TensorFlow is imported once."""

import subprocess
import sys

import joblib
import pandas as pd
import pytest
from sklearn.datasets import load_wine

from kvae import VAEOverSampler
from kvae.augmentation.methods import Method
from kvae.cli import commands as cli
from kvae.cli.file_form import FileForm
from kvae.cli.table_file import read_table
from kvae.resampling import notes
from kvae.resampling.settings_file import Searched
from kvae.training.vaes import VAESettings
from kvae.warning_classes import KvaeWarning


@pytest.fixture
def wine(tmp_path):
    frame = load_wine(as_frame=True).frame.rename(columns={"target": "kind"})
    frame.loc[3, "ash"] = None
    frame.iloc[::2].to_csv(tmp_path / "wine.csv", index=False)
    return tmp_path / "wine.csv"


@pytest.fixture
def numbers_sampler(make_vae, table_rows):
    sampler = VAEOverSampler(vae=make_vae(), random_state=0, sampling_strategy=1)
    sampler.fit_resample(*table_rows)
    return sampler


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


def test_writes_rows_a_report_and_a_model_that_makes_more(text_of_page, wine, capsys):
    out = wine.parent / "out"
    few = "--rows", 4, "--steps", 20, "--out", out
    run("augment", wine, "--target", "kind", *few, "--provenance", "--no-verdict")
    augmented, real = pd.read_csv(out / "augmented.csv"), pd.read_csv(wine)
    assert len(augmented) == len(real) + 12
    pd.testing.assert_frame_equal(augmented.iloc[: len(real)][real.columns], real)
    assert augmented["kvae_generated"].sum() == 12
    report = text_of_page(out / "report.html")
    assert "Plan" in report
    assert '"sampling_strategy": "4 per class"' in report
    run("augment", wine, "--target", "kind", *few, "--no-verdict")
    assert "Replaced in" in capsys.readouterr().out
    run("generate", out / "model", "--rows", 2, "--out", out / "more.csv")
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


def test_a_vae_that_has_collapsed_is_noted_not_warned_of(
    text_of_page, wine, capsys, recwarn, monkeypatch
):
    monkeypatch.setattr(notes, "active_units", lambda codes: 0)
    out = wine.parent / "out"
    flags = "--steps", 1, "--out", out, "--no-verdict"
    run("augment", wine, "--target", "kind", *flags)
    assert "Note: the VAE has collapsed" in capsys.readouterr().out
    assert "Note: the VAE has collapsed" in text_of_page(out / "report.html")
    assert not any(issubclass(w.category, KvaeWarning) for w in recwarn)


def test_settings_of_a_search_are_used_as_they_are(wine):
    vae = VAESettings(3, 0.5, (8,), "mixed", batch_size=16, steps=12)
    noise = Method("n", "noise", "single", {"noise": {"alpha": 0.7}})
    settings, out = wine.parent / "settings.json", wine.parent / "out"
    Searched(vae, noise).write(settings)
    few = "--settings", settings, "--rows", 2, "--out", out, "--no-verdict"
    run("augment", wine, "--target", "kind", *few)
    fitted = VAEOverSampler.load(out / "model")
    assert fitted.settings == vae
    assert (fitted.vae_.latent_dim, fitted.conditional) == (3, False)
    assert set(fitted.provenance_["sampler"]) == {"noise"}
    assert fitted.method.alpha == 0.7


@pytest.mark.parametrize(
    ("flags", "message"),
    [
        (("--method", "noise", "--steps", 5), "says itself what --method, --steps"),
        (("--vae", "single"), "says itself what --vae would say. Leave one out"),
    ],
)
def test_flags_that_settings_would_win_over_are_refused(wine, flags, message):
    vae = VAESettings(3, 0.5, (8,), "mixed", batch_size=16, steps=12)
    settings = wine.parent / "settings.json"
    Searched(vae).write(settings)
    with pytest.raises(SystemExit, match=message):
        run("augment", wine, "--target", "kind", "--settings", settings, *flags)


def test_settings_that_are_not_there_or_none_are_named(wine):
    asked = "augment", wine, "--target", "kind", "--settings"
    with pytest.raises(SystemExit, match="no settings file.*none.json"):
        run(*asked, wine.parent / "none.json")
    with pytest.raises(SystemExit, match="wine.csv', which is damaged or something"):
        run(*asked, wine)


def test_what_is_no_model_is_refused_in_words(tmp_path):
    def refused(message, path):
        with pytest.raises(SystemExit, match=f"error: .*{message}") as error:
            run("generate", path, "--out", tmp_path / "more.csv")
        assert "\n" not in str(error.value)

    joblib.dump({"a": 1}, tmp_path / "old.joblib")
    refused("which holds a dict", tmp_path / "old.joblib")
    (tmp_path / "table.csv").write_text("a,b")
    refused("table.csv, which is no model", tmp_path / "table.csv")
    refused("which has no model.json", tmp_path)


def test_a_model_of_plain_numbers_is_refused_in_words(tmp_path, numbers_sampler):
    numbers_sampler.save(tmp_path / "model")
    with pytest.raises(SystemExit, match="error: .*a table or of images"):
        run("generate", tmp_path / "model", "--out", tmp_path / "more.csv")


@pytest.mark.filterwarnings("ignore::kvae.warning_classes.CollapsedVAEWarning")
def test_a_model_of_an_array_makes_a_table_with_a_label(tmp_path):
    sampler = VAEOverSampler(steps=2, random_state=0, beta=0.0)
    sampler.fit_resample([[1.0, "a"], [2.0, "b"], [3.0, "a"]], ["no", "no", "yes"])
    sampler.save(tmp_path / "model")
    more = tmp_path / "more.csv"
    run("generate", tmp_path / "model", "--rows", 2, "--out", more)
    assert pd.read_csv(more).columns.tolist() == ["0", "1", "label"]


def test_labels_can_spread_to_rows_without_one(wine):
    frame = pd.read_csv(wine)
    frame.loc[::5, "kind"] = None
    frame.to_csv(wine, index=False)
    out = wine.parent / "out"
    few = "--steps", 20, "--no-verdict", "--out", out, "--method", "propagate"
    run("augment", wine, "--target", "kind", *few)
    assert len(pd.read_csv(out / "augmented.csv")) == 2 * frame["kind"].notna().sum()


@pytest.mark.slow
def test_says_whether_the_rows_help_and_how_good_they_are(text_of_page, wine, capsys):
    out = wine.parent / "out"
    run("augment", wine, "--target", "kind", "--steps", 20, "--out", out)
    report, said = text_of_page(out / "report.html"), capsys.readouterr().out
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


WITHOUT_TENSORFLOW = """
import sys
from kvae.cli import commands
try:
    commands.main(sys.argv[1:])
finally:
    sys.stderr.write(str({"tensorflow", "keras"} & {*sys.modules}) + chr(10))
"""


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--help"], "Learns a table"),
        (["augment", "--help"], "--target"),
        (["augment", "none.csv", "--target", "y"], "There is no file"),
        (["augment", "wine.csv", "--target", "grape"], "--target expects"),
        (["augment", "digist"], "There is no folder digist"),
        (["augment", ".", "--out", "../out"], "one folder of images for each class"),
        (["generate", "none"], "There is no file"),
    ],
)
def test_help_and_what_is_wrong_with_a_file_do_not_wait_for_tensorflow(
    wine, arguments, said
):
    command = [sys.executable, "-c", WITHOUT_TENSORFLOW, *arguments]
    ran = subprocess.run(command, cwd=wine.parent, capture_output=True, text=True)
    assert said in ran.stdout + ran.stderr
    assert "set()\n" in ran.stderr


ODD = """# counted by hand
;Preis;Anteil;PLZ;Tag;Zeit;Zahl;Land;Klasse
{rows}
"""


def odd_row(i):
    """A row with holes, numbers in clothes, a class None and a country NA."""
    price = "?" if i == 3 else f"1.{100 + 7 * i},{i:02d}"
    number = "" if i == 5 else i % 9
    cells = f"{i % 12 + 1},{i % 10}%;0{1000 + i % 3};{i % 28 + 1}.{i % 12 + 1}.2024"
    words = f"{('NA', 'Österreich')[i % 2]};{('None', 'Ja')[i // 30]}"
    return f"{i};{price};{cells};{i % 24}:{i:02d};{number};{words}"


def test_an_odd_file_is_written_back_in_its_own_form(tmp_path, capsys):
    rows = [odd_row(i) for i in range(60)]
    rows.insert(10, ";;;;;;;;")
    file, out = tmp_path / "odd.csv", tmp_path / "out"
    file.write_text(ODD.format(rows="\n".join(rows)), encoding="cp1252")
    flags = "--no-verdict", "--steps", 20, "--rows", 10, "--out", out, "--holes"
    run("augment", file, "--target", "Klasse", *flags)
    said = capsys.readouterr().out
    for note in (
        "Windows-1252",
        "1 line above the names",
        "1 row without any cell",
        "'?' in column 'Preis' is taken for a hole",
        "'None' in column 'Klasse' is a class like any other",
        "column 'PLZ' is read as words, not as numbers, because of leading zeros",
        "column 'Unnamed: 0' numbers the rows",
    ):
        assert note in said
    real, whole = read_table(file), read_table(out / "augmented.csv")
    assert len(whole.frame) == 60 + 20
    assert whole.form.separator == ";"
    assert whole.form.encoding == "cp1252"
    for name, form in real.form.forms.items():
        assert type(whole.form.forms[name]) is type(form)
    pd.testing.assert_frame_equal(whole.written[:60], real.written)
    dtypes = whole.frame.dtypes.drop("Unnamed: 0")
    assert dtypes.equals(real.frame.dtypes.drop("Unnamed: 0"))
    assert whole.frame["Unnamed: 0"][60:].isna().all()
    assert whole.frame["PLZ"].str.startswith("0").all()
    run("generate", out / "model", "--rows", 3, "--out", out / "more.csv")
    more = read_table(out / "more.csv")
    assert more.form.header == real.form.header
    assert more.frame["Preis"].dropna().between(1100, 1600).all()
    assert set(more.frame["Klasse"]) == {"None", "Ja"}


def test_flags_say_what_is_a_hole_no_label_one_word_and_worth_learning(
    tmp_path, capsys
):
    rows = [f"{i},{i / 7},{('red', 'Red', 'unknown')[i % 3]}" for i in range(40)]
    rows = [f"{row},{'yn?'[i % 3]}" for i, row in enumerate(rows)]
    (tmp_path / "a.csv").write_text("\n".join(["id,x,colour,y", *rows, ""]))
    flags = "--missing", "unknown", "--missing", "-", "--unlabelled", "?", "--fold"
    arguments = "--target", "y", *flags, "--keep", "id", "--dry-run"
    run("augment", tmp_path / "a.csv", *arguments)
    said = capsys.readouterr().out
    assert "'unknown' in column 'colour' is taken for a hole, in 13 rows" in said
    assert "'?' in column 'y' is taken for a hole, in 13 rows" in said
    assert "13 of 40 rows have no 'y'" in said
    assert "'Red', 'red': taken for one" in said
    assert "\nid " in said


def test_an_older_model_opens_with_a_note_and_a_folder_is_written_beside(wine, capsys):
    out = wine.parent / "out"
    asked = wine, "--target", "kind", "--steps", 5, "--no-verdict", "--out", out
    run("augment", *asked)
    sampler = VAEOverSampler.load(out / "model")
    sampler.file_form_ = FileForm.from_config(sampler.file_form_)
    joblib.dump(sampler, out / "model.joblib", compress=3)
    run("generate", out / "model.joblib", "--rows", 2, "--out", out / "old.csv")
    assert "runs whatever code it holds" in capsys.readouterr().out
    run("generate", out, "--rows", 2, "--out", out / "new.csv")
    assert "runs whatever code" not in capsys.readouterr().out
    assert (out / "old.csv").read_text() == (out / "new.csv").read_text()
    run("augment", *asked)
    assert "model.joblib is of an earlier version" in capsys.readouterr().out


def test_a_model_without_a_form_writes_plain_csv(tmp_path, wine):
    out = wine.parent / "out"
    run("augment", wine, "--target", "kind", "--steps", 5, "--no-verdict", "--out", out)
    sampler = VAEOverSampler.load(out / "model")
    del sampler.file_form_  # as in files of older versions
    sampler.save(out / "model")
    run("generate", out / "model", "--rows", 2, "--out", out / "more.csv")
    assert pd.read_csv(out / "more.csv").columns.tolist() == list(pd.read_csv(wine))
