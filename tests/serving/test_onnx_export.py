"""ONNX files answer what the SavedModel answers, in ONNX Runtime."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import onnxruntime
import pytest

from kvae.serving import export_onnx, read_description
from kvae.serving.onnx_export import output_names
from tests.serving.conftest import read_requests
from tools.served_version import ServedVersion

GOLDEN = Path(__file__).parents[2] / "saved_models"


class Files:
    """A SavedModel, and its ONNX files."""

    def __init__(self, path, folder):
        self.path, self.served = path, ServedVersion(path)
        self.folder = export_onnx(path, folder)
        self.described = json.loads((self.folder / "description.json").read_text())

    def answers(self, name, **inputs):
        """Returns what both say to a request."""
        return self.served.predict(name, inputs), self.ask(name, **inputs)

    def ask(self, name, **inputs):
        session = onnxruntime.InferenceSession(self.folder / f"{name}.onnx")
        outputs = self.described["signatures"][name]["outputs"]
        found = session.run(list(outputs.values()), inputs)
        return dict(zip(outputs, found, strict=True))


@pytest.fixture(scope="module")
def digits(tmp_path_factory):
    folder = tmp_path_factory.mktemp("onnx") / "digits"
    return Files(GOLDEN / "digits_golden" / "1", folder)


@pytest.fixture(scope="module", params=["table_golden", "conditional_golden"])
def table(request, tmp_path_factory):
    folder = tmp_path_factory.mktemp("onnx") / request.param
    return Files(GOLDEN / request.param / "1", folder)


@pytest.fixture(scope="module")
def multi(multi_model, tmp_path_factory):
    return Files(multi_model, tmp_path_factory.mktemp("onnx") / "multi")


def numbers(dtype, *values):
    return np.array(values[0] if len(values) == 1 else values, dtype)


def assert_same(expected, found):
    assert set(found) == set(expected)
    for name, value in expected.items():
        assert found[name].shape == value.shape
        if value.dtype == object:
            assert found[name].tolist() == [text.decode() for text in value]
        else:
            assert found[name].dtype == value.dtype
            np.testing.assert_allclose(found[name], value, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("count", [0, 1, 2, 1000])
def test_images_of_any_batch_are_those_of_the_saved_model(digits, count):
    stream = np.random.default_rng(count)
    d = read_description(digits.path)["latent_dim"]
    z = stream.normal(size=(count, d)).astype("float32")
    expected, found = digits.answers("decode", z=z)
    assert_same(expected, found)
    assert_same(*digits.answers("encode", x=expected["x"]))


def test_seeds_give_the_rows_of_the_saved_model(digits):
    for n, seed in ((1, 0), (1000, -(2**62))):
        asked = {"n": numbers("int32", n), "seed": numbers("int64", seed)}
        expected, found = digits.answers("sample", **asked)
        assert_same(expected, found)
    seeds = np.random.default_rng(0).integers(-(2**63), 2**63, (1000, 2), "int64")
    assert_same(*digits.answers("sample_batch", seeds=seeds))


def test_rows_of_tables_are_those_of_the_saved_model(table):
    """Words, holes and numbers in the table's units; and their codes."""
    of_class = {}
    if table.described["class_names"]:
        of_class = {"class": numbers(object, table.described["class_names"][1])}
    for n in (1, 1000):
        asked = {"n": numbers("int32", n), "seed": numbers("int64", 3), **of_class}
        expected, found = table.answers("sample", **asked)
        assert_same(expected, found)
        if "encode" in table.described["left_out"]:  # it reads dates
            assert "StaticRegexFullMatch" in table.described["left_out"]["encode"]
            continue
        rows = {
            name: column if column.dtype == object else column.astype("float64")
            for name, column in expected.items()
            if name in table.described["signatures"]["encode"]["inputs"]
        }
        if of_class:
            rows["class"] = np.repeat(of_class["class"], n)
        texts = {
            name: np.array([_text(v) for v in column], object)
            if column.dtype == object
            else column
            for name, column in rows.items()
        }
        assert_same(table.served.predict("encode", rows), table.ask("encode", **texts))


def _text(value):
    return value.decode() if isinstance(value, bytes) else value


def test_a_vae_for_each_class_draws_from_that_class(multi):
    z = np.random.default_rng(0).normal(size=(5, 2)).astype("float32")
    names = numbers(object, "no", "yes", "no", "yes", "yes")
    assert_same(*multi.answers("decode", z=z, **{"class": names}))
    for name in ("no", "yes"):
        asked = {"n": numbers("int32", 9), "seed": numbers("int64", 5)}
        asked["class"] = numbers(object, name)
        expected, found = multi.answers("sample", **asked)
        assert_same(expected, found)
        assert set(found["label"]) == {name}


@pytest.mark.slow
def test_every_signature_that_can_be_said_answers_the_same(
    image_model, table_model, tmp_path
):
    """Codes of a class, a judge, amounts of noise; columns with odd names."""
    for path in (image_model, table_model):
        files = Files(path, tmp_path / path.parent.name)
        for name, (inputs, _) in read_requests(path, files.served).items():
            if name not in files.described["signatures"]:
                assert name.endswith(("_png", "_examples"))
                continue
            expected = files.served.predict(name, inputs)
            texts = {
                key: np.vectorize(_text, otypes="O")(value)
                if value.dtype == object
                else value
                for key, value in inputs.items()
            }
            assert_same(expected, files.ask(name, **texts))
        assert "decode" in files.described["signatures"]


def test_a_process_without_tensorflow_and_kvae_gets_the_same_rows(digits, tmp_path):
    code = """
import sys
sys.modules.update(tensorflow=None, keras=None, kvae=None, tf2onnx=None, onnx=None)
import numpy as np, onnxruntime
session = onnxruntime.InferenceSession(sys.argv[1])
asked = {"n": np.array(4, "int32"), "seed": np.array(7, "int64")}
np.save(sys.argv[2], session.run(["x"], asked)[0])
"""
    file = tmp_path / "rows.npy"
    model = digits.folder / "sample.onnx"
    subprocess.run([sys.executable, "-c", code, model, file], check=True, cwd=tmp_path)
    asked = {"n": numbers("int32", 4), "seed": numbers("int64", 7)}
    expected = digits.served.predict("sample", asked)["x"]
    np.testing.assert_allclose(np.load(file), expected, atol=1e-5)


def test_a_bad_request_fails_in_a_node_that_says_what_was_expected(digits, multi):
    asked = {"n": numbers("int32", 10**6), "seed": numbers("int64", 7)}
    with pytest.raises(Exception, match="sample expects n from 0 to 1000'"):
        digits.ask("sample", **asked)
    z = np.full((1, 2), np.nan, "float32")
    names = numbers(object, ["perhaps"])
    with pytest.raises(Exception, match="decode expects z from -1000 to 1000'"):
        multi.ask("decode", z=z, **{"class": numbers(object, ["yes"])})
    with pytest.raises(Exception, match="expects class to be one of: no, yes'"):
        multi.ask("decode", z=np.zeros((1, 2), "float32"), **{"class": names})
    with pytest.raises(Exception, match="z"):
        multi.ask("decode", z=np.zeros((1, 3), "float32"), **{"class": names})


def test_what_onnx_cannot_say_is_left_out_and_named(digits, tmp_path):
    left_out = digits.described["left_out"]
    assert left_out == {"decode_png": "ONNX has no EncodePng"}
    assert not set(left_out) & set(digits.described["signatures"])
    with pytest.raises(ValueError, match="decode_png.*ONNX has no EncodePng"):
        export_onnx(digits.path, tmp_path / "onnx", signatures=["decode_png"])
    with pytest.raises(ValueError, match="signatures of export_onnx"):
        export_onnx(digits.path, tmp_path / "onnx", signatures=["dream"])
    assert not list(tmp_path.iterdir())


def test_a_file_that_answers_something_else_is_not_written(digits, tmp_path):
    model = tmp_path / "model"
    shutil.copytree(digits.path, model)
    requests = model / "assets.extra" / "requests.jsonl"
    lines = list(map(json.loads, requests.read_text().splitlines()))
    assert lines[0]["signature_name"] == "decode"
    lines[0]["outputs"]["x"][0][0][0][0] += 1e-3
    requests.write_text("\n".join(map(json.dumps, lines)))
    with pytest.raises(
        ValueError, match="decode to answer.*another 'x', difference 0.00"
    ):
        export_onnx(model, tmp_path / "onnx", signatures=["decode"])
    assert [path.name for path in tmp_path.iterdir()] == ["model"]


def test_nothing_is_overwritten_unasked(digits):
    with pytest.raises(FileExistsError, match="overwrite=True"):
        export_onnx(digits.path, digits.folder)


def test_without_the_extra_the_remedy_is_named(digits, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "tf2onnx", None)
    with pytest.raises(ImportError, match=r"pip install 'kvae\[onnx\]'"):
        export_onnx(digits.path, tmp_path / "onnx")


def test_outputs_have_names_of_their_own():
    assert output_names(["x"], ["x", "x_out", "y"]) == {
        "x": "x_out_out",
        "x_out": "x_out",
        "y": "y",
    }
