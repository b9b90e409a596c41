"""Over-samplers in folders: nothing of them is run when they are opened."""

import functools
import json
import os
import shutil
import time
import zipfile

import hypothesis
import joblib
import keras
import numpy as np
import pandas as pd
import pytest
from sklearn.svm import SVC

from kvae import VAEOverSampler
from kvae.augmentation.methods import METHODS
from kvae.models import BetaVAE, DenseDecoder, DenseEncoder
from kvae.resampling import fitting, model_folder
from kvae.resampling.model_folder import ARRAYS, RECORD, SUMS, expect_place
from kvae.samplers import Noise
from kvae.verdicts.selection import Selection
from kvae.warning_classes import PickledModelWarning

pytestmark = pytest.mark.filterwarnings("ignore::kvae.warning_classes.KvaeWarning")
KERAS = "model_0.keras"


@functools.cache
def numbers():
    stream = np.random.default_rng(0)
    y = np.repeat([0, 1], [40, 20])
    return stream.normal(size=(60, 4)) + 3 * y[:, None], y


def fitted(rows=None, labels=None, **settings):
    rows, labels = numbers() if rows is None else (rows, labels)
    sampler = VAEOverSampler(**{"steps": 4, "random_state": 0, **settings})
    sampler.fit_resample(rows, labels)
    return sampler


def expect_same(before, after):
    for one, other in zip(before.sample(3), after.sample(3), strict=True):
        if np.ndim(one) == 4:
            np.testing.assert_array_equal(one, other)
        else:
            one, other = pd.DataFrame(one), pd.DataFrame(other)
            pd.testing.assert_frame_equal(one, other)
    pd.testing.assert_frame_equal(before.provenance_, after.provenance_)
    assert before.notes_ == after.notes_
    assert before.sampling_strategy_ == after.sampling_strategy_
    np.testing.assert_array_equal(before.classes_, after.classes_)


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    path = tmp_path_factory.mktemp("saved") / "model"
    fitted().save(path)
    return path


@pytest.fixture
def copied(saved, tmp_path):
    return shutil.copytree(saved, tmp_path / "model")


def signed(path):
    """Writes the sums anew, as who tampers with a file does."""
    files = sorted(file for file in path.iterdir() if file.name != SUMS)
    lines = [f"{model_folder._sum(file)}  {file.name}\n" for file in files]
    (path / SUMS).write_text("".join(lines))


@pytest.mark.parametrize(
    "settings",
    [
        {"vae": "multi", "method": "normal"},
        {"conditional": False, "method": ["interpolate", Noise(alpha=0.3)]},
        {"generative_classifier": True, "conditional": False, "method": "normal"},
        {"method": METHODS["interpolate+noise"]},
        {"random_state": np.random.RandomState(1)},
    ],
)
def test_every_way_to_generate_comes_back(settings, tmp_path):
    before = fitted(**settings)
    before.save(tmp_path / "model")
    after = VAEOverSampler.load(tmp_path / "model")
    expect_same(before, after)
    plain = (int, float, str, type(None))
    parameters = after.get_params(deep=False)
    for name, value in before.get_params(deep=False).items():
        assert parameters[name] == value or not isinstance(value, plain)
        assert type(parameters[name]) is type(value)


def test_refined_labels_and_images_come_back(tmp_path):
    stream = np.random.default_rng(0)
    y = np.repeat([0, 1], 20)
    x = stream.integers(0, 99, (40, 6, 6, 1)) + 150 * y[:, None, None, None]
    labels = np.where(np.arange(40) % 3, y, np.nan)
    settings = {"method": "propagate", "refine": 1, "latent_dim": 2}
    before = fitted(x.astype("uint8"), labels, **settings)
    before.save(tmp_path / "model")
    after = VAEOverSampler.load(tmp_path / "model")
    expect_same(before, after)
    assert after.sample(1)[0].dtype == "uint8"


def test_the_choice_of_auto_comes_back_without_its_judge(tmp_path, monkeypatch):
    table = pd.DataFrame({"mean": [0.5, 0.6]}, pd.Index(["a", "b"], name="method"))
    chosen = Selection(METHODS["noise"], "because", table, 1.0, classifier=SVC())
    monkeypatch.setattr(fitting, "select", lambda *args, **settings: chosen)
    before = fitted(method="auto", classifier=SVC())
    before.save(tmp_path / "model")
    after = VAEOverSampler.load(tmp_path / "model")
    expect_same(before, after)
    assert after.selection_.method == METHODS["noise"]
    pd.testing.assert_frame_equal(after.selection_.table, table)
    assert after.selection_.classifier is None and after.classifier is None
    assert isinstance(before.classifier, SVC)


def test_every_dtype_comes_back_within_a_second(every_dtype, tmp_path):
    frame = every_dtype.rename(columns=str)
    groups = [("str", "date")]
    before = fitted(frame, list("nnny"), together=groups, ordered="reject")
    start = time.perf_counter()
    before.save(tmp_path / "model")
    after = VAEOverSampler.load(tmp_path / "model")
    assert time.perf_counter() - start < 5  # 0.2 s where nothing else runs
    expect_same(before, after)
    pd.testing.assert_frame_equal(after.table_.describe(), before.table_.describe())


def untrained(rows, *arguments, **settings):
    """No training: what a folder holds does not depend on a VAE's weights."""
    shape, mixed = rows.x.shape[1:], {"reconstruction": "mixed", "schema": rows.schema}
    vae = BetaVAE(DenseEncoder(2, ()), DenseDecoder(shape, ()), **mixed)
    vae.build((None, *shape))
    return vae, (), None


def test_any_frame_comes_back(random_frames, tmp_path, monkeypatch):
    from kvae.resampling import notes, resampler

    @hypothesis.given(random_frames)
    @hypothesis.settings(max_examples=15, deadline=None)
    def check(frame):
        hypothesis.assume(frame.nunique().max() > 1)
        before = fitted(frame, np.arange(len(frame)) % 3 == 0, sampling_strategy=3)
        before.save(tmp_path / "model")
        expect_same(before, VAEOverSampler.load(tmp_path / "model"))

    monkeypatch.setattr(resampler, "fit_planned", untrained)
    monkeypatch.setattr(notes, "active_units", lambda codes: 1)
    check()


@pytest.mark.parametrize("form", ["list", "csc"])
def test_containers_come_back(form, tmp_path):
    from scipy import sparse

    x, y = numbers()
    before = fitted(x.tolist() if form == "list" else sparse.csc_matrix(x), y)
    before.save(tmp_path / "model")
    one, other = before.sample(2)[0], VAEOverSampler.load(tmp_path / "model").sample(2)
    other = other[0]
    assert type(one) is type(other)
    if form == "csc":
        one, other = one.toarray(), other.toarray()
    assert np.array_equal(one, other)


def test_a_folder_holds_no_pickle(saved):
    assert sorted(path.name for path in saved.iterdir()) == sorted(
        [RECORD, ARRAYS, SUMS, KERAS]
    )
    with np.load(saved / ARRAYS, allow_pickle=False) as arrays:
        assert all(not array.dtype.hasobject for array in arrays.values())
    for name in (ARRAYS, KERAS):
        with zipfile.ZipFile(saved / name) as file:
            for part in file.namelist():
                assert file.read(part)[:1] != b"\x80", part
    json.loads((saved / RECORD).read_text())


@pytest.mark.parametrize("name", [RECORD, ARRAYS, SUMS, KERAS])
def test_a_file_that_is_cut_off_changed_or_absent_is_named(copied, name):
    content = (copied / name).read_bytes()
    middle = len(content) // 2
    for damaged in (content[:middle], content[:-5], b"", b"\x00" + content[1:]):
        (copied / name).write_bytes(damaged)
        with pytest.raises(ValueError, match="is damaged|is missing") as error:
            VAEOverSampler.load(copied)
        assert "\n" not in str(error.value)
    (copied / name).unlink()
    with pytest.raises(ValueError, match=f"{name} is missing|has no {name}"):
        VAEOverSampler.load(copied)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"format": 2, "kvae": "9.9"}, "which kvae 9.9 wrote in format 2; kvae .* 1"),
        ({"class": "Other"}, "holds a Other"),
        ({"objects": [{"class": "os.system", "state": {}}]}, "class 'os.system'"),
        ({"objects": [{"class": "eval", "state": {}}]}, "class 'eval'"),
        ({"objects": [{"class": "generate", "state": {}}]}, "class 'generate'"),
        ({"state": {"beta": {"builtins.eval": "1"}}}, "the kind 'builtins.eval'"),
        ({"models": 3}, "does not open"),
        ({"state": {"vae_": {"model": 7}}}, "does not open"),
    ],
)
def test_what_is_foreign_is_refused(copied, changes, message):
    record = json.loads((copied / RECORD).read_text())
    (copied / RECORD).write_text(json.dumps({**record, **changes}))
    signed(copied)
    with pytest.raises(ValueError, match=message) as error:
        VAEOverSampler.load(copied)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("text", ["[]", "{}", "null", "1"])
def test_another_json_is_refused(copied, text):
    (copied / RECORD).write_text(text)
    signed(copied)
    with pytest.raises(ValueError, match="model.json is something else"):
        VAEOverSampler.load(copied)


def test_a_lambda_of_keras_is_refused(copied):
    model = keras.Sequential([keras.Input((4,)), keras.layers.Lambda(lambda x: x + 1)])
    model.save(copied / KERAS)
    signed(copied)
    with pytest.raises(ValueError, match="does not open: .*Lambda") as error:
        VAEOverSampler.load(copied)
    assert "\n" not in str(error.value)


def test_arrays_of_objects_are_refused(copied, tmp_path):
    class Harm:
        def __reduce__(self):
            return os.mkdir, (str(tmp_path / "harm"),)

    np.savez(copied / ARRAYS, **{"0": np.array([Harm()], dtype=object)})
    signed(copied)
    with pytest.raises(ValueError, match="does not open: .*allow_pickle"):
        VAEOverSampler.load(copied)
    assert not (tmp_path / "harm").exists()


class Mine(Noise):
    """A sampler of a user's own."""


class MyEncoder(DenseEncoder):
    """Layers of a user's own that are not registered: Keras cannot open them."""


def test_what_cannot_be_saved_is_named_and_nothing_is_written(tmp_path):
    with pytest.raises(ValueError, match="Received: method with .*Mine"):
        fitted(method=Mine()).save(tmp_path / "model")
    vae = BetaVAE(MyEncoder(2), DenseDecoder((4,)), reconstruction="gaussian")
    vae.build((None, 4))
    with pytest.raises(ValueError, match="registered layers.*Received: .*MyEncoder"):
        fitted(vae=vae).save(tmp_path / "model")
    assert list(tmp_path.iterdir()) == []


def test_what_fails_midway_leaves_the_former_model(copied, monkeypatch):
    before = {path.name: path.read_bytes() for path in copied.iterdir()}

    for name in ("_write", "_opened"):
        for error in (OSError(28, "No space left on device"), KeyboardInterrupt()):
            with monkeypatch.context() as patch:

                def fails(*args, error=error):
                    raise error

                patch.setattr(model_folder, name, fails)
                with pytest.raises((OSError, KeyboardInterrupt, ValueError)):
                    fitted().save(copied)
            assert os.listdir(copied.parent) == ["model"]
            after = {path.name: path.read_bytes() for path in copied.iterdir()}
            assert after == before


def test_a_rename_that_fails_brings_the_former_model_back(copied, monkeypatch):
    before = (copied / RECORD).read_bytes()
    replace = os.replace

    def fails(source, target):
        if source.name == "new":
            raise OSError(5, "Input/output error")
        replace(source, target)

    monkeypatch.setattr(os, "replace", fails)
    with pytest.raises(OSError, match="Input/output"):
        fitted().save(copied)
    assert os.listdir(copied.parent) == ["model"]
    assert (copied / RECORD).read_bytes() == before


def test_a_model_is_replaced_and_nothing_else(copied, tmp_path):
    assert expect_place(copied) == copied.resolve()
    fitted(beta=0.5).save(copied)
    assert VAEOverSampler.load(copied).beta == 0.5
    (copied / "notes.txt").touch()
    with pytest.raises(FileExistsError, match="which holds notes.txt"):
        expect_place(copied)
    with pytest.raises(FileExistsError, match="Received: the file"):
        expect_place(copied / "notes.txt")
    with pytest.raises(ValueError, match="runs code when it is opened.*Pass 'model'"):
        expect_place(tmp_path / "model.joblib")


def test_the_folder_around_a_model_and_no_model_are_told_apart(copied, tmp_path):
    with pytest.raises(ValueError, match="has no model.json. Pass .*model."):
        VAEOverSampler.load(tmp_path)
    with pytest.raises(FileNotFoundError, match="There is no .*nothing"):
        VAEOverSampler.load(tmp_path / "nothing")
    with pytest.raises(ValueError, match="model.json, which is no model"):
        VAEOverSampler.load(copied / RECORD)


@pytest.mark.parametrize("compress", [0, 3])
def test_a_file_of_pickle_opens_with_a_warning(tmp_path, compress):
    before, path = fitted(), tmp_path / "model.joblib"
    joblib.dump(before, path, compress=compress)
    with pytest.warns(PickledModelWarning, match="runs whatever code") as caught:
        after = VAEOverSampler.load(path)
    assert caught[0].filename == __file__
    expect_same(before, after)


@pytest.mark.parametrize("content", [b"\x80\x04K", b"x\x5e", b"\x80"])
def test_a_damaged_file_of_pickle_is_said_to_be_one(tmp_path, content):
    (tmp_path / "model.joblib").write_bytes(content)
    with pytest.raises(ValueError, match="which is damaged or comes from another"):
        VAEOverSampler.load(tmp_path / "model.joblib")


@pytest.mark.parametrize("content", [b"", b"a,b\n1,2\n", b"cos\nsystem\n."])
def test_a_file_that_is_no_pickle_of_joblib_is_not_opened(tmp_path, content):
    (tmp_path / "a.csv").write_bytes(content)
    with pytest.raises(ValueError, match="a.csv, which is no model"):
        VAEOverSampler.load(tmp_path / "a.csv")
