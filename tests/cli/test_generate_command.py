import numpy as np
import pandas as pd
import pytest

from kvae import VAEOverSampler
from kvae.cli import commands
from kvae.cli.file_form import FileForm
from kvae.cli.generate_command import form_of


def run(*arguments):
    commands.main(["generate", *map(str, arguments)])


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    """A folder with the models `table` and `images`."""
    folder = tmp_path_factory.mktemp("models")
    stream, y = np.random.default_rng(0), np.arange(20) % 2
    arguments = {"steps": 2, "beta": 0.0, "random_state": 0, "sampling_strategy": 1}
    sampler = VAEOverSampler(**arguments)
    sampler.fit_resample(
        pd.DataFrame(stream.normal(size=(20, 2)), columns=["a", "b"]), y
    )
    sampler.file_form_ = FileForm(separator=";").get_config()
    sampler.save(folder / "table")
    sampler = VAEOverSampler(**arguments)
    sampler.fit_resample(stream.random((20, 8, 8, 1)).astype("float32"), y)
    sampler.save(folder / "images")
    return folder


def test_the_name_of_a_file_is_one_file_and_that_of_a_folder_shards(
    saved, tmp_path, capsys
):
    run(saved / "table", "--rows", 3, "--out", tmp_path / "more.csv")
    assert len(pd.read_csv(tmp_path / "more.csv", sep=";")) == 6
    run(saved / "table", "--rows", "1_000", "--out", tmp_path / "more", "--jobs", 1)
    frame = pd.read_parquet(tmp_path / "more/shards")
    assert frame.columns.tolist() == ["a", "b", "label"]
    assert len(frame) == 2000
    said = capsys.readouterr().out
    assert "2 classes of 1,000 rows, 2,000 in all" in said
    assert "2,000 rows. Written to" in said


def test_csv_shards_are_written_as_the_file_was(saved, tmp_path):
    out = tmp_path / "more"
    asked = "--rows", 3, "--format", "csv", "--provenance", "--out", out
    run(saved / "table", *asked, "--jobs", 1)
    frame = pd.read_csv(next(out.glob("shards/*.csv")), sep=";")
    assert frame.columns[:4].tolist() == ["a", "b", "label", "kvae_sampler"]


def test_images_are_single_files_without_a_format(saved, tmp_path):
    run(saved / "images", "--rows", 2, "--out", tmp_path / "more")
    assert len(list(tmp_path.glob("more/*/*.png"))) == 4


@pytest.mark.parametrize(
    ("flags", "message"),
    [
        (["--jobs", "2"], "--jobs is of shards. Add --format"),
        (["--provenance", "--out", "a.csv"], "--provenance is of shards"),
        (["--rows", "0", "--format", "csv"], "--rows expects a number of at least 1"),
    ],
)
def test_flags_of_shards_need_shards(saved, flags, message):
    with pytest.raises(SystemExit, match=message):
        run(saved / "table", *flags)


def test_a_saved_model_is_of_shards_alone(tmp_path):
    (tmp_path / "saved_model.pb").write_text("")
    with pytest.raises(SystemExit, match="SavedModel in shards. Add --out FOLDER"):
        run(tmp_path, "--out", "more.csv")


def test_models_of_pythons_have_the_form_of_pandas():
    assert form_of(VAEOverSampler()) == FileForm()
