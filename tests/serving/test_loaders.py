"""One SavedModel, every loader: the same numbers, and errors in words."""

import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from tests.serving.conftest import read_requests
from tools import benchmark_serving, served_version


def assert_same(answer, expected, atol=1e-6):
    assert set(answer) == set(expected)
    for key, value in expected.items():
        if value.dtype == object:
            if not key.endswith("_bytes"):  # pixels of PNG files may round otherwise
                assert answer[key].tolist() == value.tolist()
        else:
            np.testing.assert_allclose(answer[key], value, rtol=1e-6, atol=atol)


@pytest.mark.slow
def test_a_cpp_server_without_xla_gives_the_same_numbers(
    image_model, multi_model, table_model, tmp_path
):
    if shutil.which("g++") is None:
        pytest.skip("needs g++")
    binary = benchmark_serving.build(tmp_path)
    for path in (image_model, multi_model, table_model):
        version = served_version.ServedVersion(path)
        requests = read_requests(path, version)
        asked = [(name, inputs) for name, (inputs, _) in requests.items()]
        answers = benchmark_serving.ask(binary, path, asked)
        assert len(answers) == len(asked)
        for answer, (_, expected) in zip(answers, requests.values(), strict=True):
            assert isinstance(answer, dict), answer
            assert_same(answer, expected)
    bad = {"n": np.int32(5), "seed": np.int64(7), "class": np.array(b"?", object)}
    (message,) = benchmark_serving.ask(binary, multi_model, [("sample", bad)])
    assert "sample expects class to be one of: no, yes" in message


@pytest.mark.slow
def test_saved_model_cli_gives_the_same_numbers(image_model, requests, tmp_path):
    cli = Path(sys.executable).with_name("saved_model_cli")
    for name in ("decode", "augment_rows", "encode"):
        inputs, expected = requests[name]
        files = []
        for key, value in inputs.items():
            np.save(tmp_path / f"{key}.npy", value)
            files.append(f"{key}={tmp_path / key}.npy")
        command = [cli, "run", "--dir", image_model, "--tag_set", "serve"]
        command += ["--signature_def", name, "--inputs", ";".join(files)]
        command += ["--outdir", tmp_path, "--overwrite"]
        subprocess.run(command, check=True, capture_output=True)
        answer = {
            key: np.load(tmp_path / f"{key}.npy")
            for key in expected
            if key in ("x", "z_mean", "z_log_var", "score")
        }
        assert_same(answer, {key: expected[key] for key in answer})
        assert answer
