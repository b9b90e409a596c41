import json
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from kvae.serving import read_description, validate
from tests.serving.conftest import read_requests
from tools import served_version

SAVED_MODELS = Path(__file__).parents[2] / "saved_models"
GOLDEN = ("conditional_golden", "digits_golden", "table_golden")


@pytest.fixture(scope="module")
def reports(image_model, multi_model, tmp_path_factory):
    """Reports on good versions and on damaged copies of them, from one process."""
    folder = tmp_path_factory.mktemp("versions")
    paths = {"images": folder / "images", "multi": folder / "multi"}
    shutil.copytree(image_model, paths["images"])
    shutil.copytree(multi_model, paths["multi"])
    for name in GOLDEN:
        paths[name] = folder / name
        shutil.copytree(SAVED_MODELS / name / "1", paths[name])
    for name in ("graph", "answer", "requests", "missing"):
        paths[name] = folder / name
        shutil.copytree(multi_model, paths[name])
    (paths["graph"] / "saved_model.pb").write_bytes(b"no graph")
    requests = paths["answer"] / "assets.extra" / "requests.jsonl"
    lines = [json.loads(line) for line in requests.read_text().splitlines()]
    lines[0]["outputs"]["x"][0][0] += 0.1
    requests.write_text("\n".join(map(json.dumps, lines)))
    requests = paths["requests"] / "assets.extra" / "requests.jsonl"
    requests.write_text(requests.read_text() * 400)
    (paths["missing"] / "assets.extra" / "requests.jsonl").unlink()
    made = validate(*paths.values(), warm_up="toy")
    return paths, dict(zip(paths, made, strict=True))


def test_plain_tensorflow_gives_the_answers_of_the_process_with_keras(reports, served):
    """By tf.saved_model.load and by the session loader, where keras cannot load."""
    images, multi = reports[1]["images"], reports[1]["multi"]
    assert images["blessed"], images["reason"]
    assert multi["blessed"], multi["reason"]
    assert images["signatures"] == len(served.signatures) - 1
    assert images["largest_difference"] < 1e-6
    assert multi["largest_difference"] < 1e-6


@pytest.mark.parametrize("name", GOLDEN)
def test_golden_models_are_small_and_still_served(reports, name):
    """By today's code, and where neither keras nor the exporter can load."""
    assert reports[1][name]["blessed"], reports[1][name]["reason"]
    golden = SAVED_MODELS / name / "1"
    files = [path for path in golden.rglob("*") if path.is_file()]
    assert sum(path.stat().st_size for path in files) < 150 * 1024
    served = served_version.ServedVersion(golden)
    for signature, (inputs, expected) in read_requests(golden, served).items():
        answer = served.predict(signature, inputs)
        for key, value in answer.items():
            if value.dtype != object:
                np.testing.assert_allclose(value, expected[key], atol=1e-5)
            elif not key.endswith("_bytes"):
                assert value.tolist() == expected[key].tolist()
    assert read_description(golden)["data"]


def test_plain_tensorflow_serves_the_golden_models_without_kvae(tmp_path):
    """In a process that can import neither kvae nor Keras, from another folder."""
    code = (
        "import sys\n"
        "sys.modules['keras'] = sys.modules['kvae'] = None\n"
        "import tensorflow as tf\n"
        f"base = {str(SAVED_MODELS)!r}\n"
        "load = lambda name: tf.saved_model.load(f'{base}/{name}/1')\n"
        "digits, table, told = map(load, sys.argv[1:])\n"
        "n, seed = tf.constant(2), tf.constant(7, tf.int64)\n"
        "z = tf.zeros((1, 6))\n"
        "print(digits.signatures['decode'](z=z)['x'].shape)\n"
        "rows = table.signatures['sample'](n=n, seed=seed)\n"
        "print(*[t.decode() for t in rows['joined'].numpy()])\n"
        "rows['age (years)'] = tf.constant([float('nan'), 30.0], tf.float64)\n"
        "print(table.signatures['encode'](**rows)['z_mean'].shape)\n"
        "ask = {'class': tf.constant('yes'), 'n': n, 'seed': seed}\n"
        "print(*told.signatures['sample'](**ask)['buys'].numpy())\n"
    )
    names = ("digits_golden", "table_golden", "conditional_golden")
    done = subprocess.run(
        [sys.executable, "-P", "-c", code, *names],
        capture_output=True,
        text=True,
        cwd=tmp_path,
    )
    recorded = read_requests(
        SAVED_MODELS / "table_golden" / "1",
        served_version.ServedVersion(SAVED_MODELS / "table_golden" / "1"),
    )
    days = [day.decode() for day in recorded["sample"][1]["joined"]]
    expected = ["(1, 8, 8, 1)", " ".join(days), "(2, 2)", "b'yes' b'yes'"]
    assert done.stdout.splitlines() == expected, done.stderr


def test_refuses_with_the_reason(reports):
    made = reports[1]
    assert not any(
        made[name]["blessed"] for name in ("graph", "answer", "requests", "missing")
    )
    assert "decode" in made["answer"]["reason"]
    assert "difference" in made["answer"]["reason"]
    assert "1000 requests" in made["requests"]["reason"]
    assert "requests.jsonl" in made["missing"]["reason"]
    assert made["graph"]["reason"]


def test_the_warm_up_file_holds_each_request_as_tf_serving_reads_it(reports):
    tf = pytest.importorskip("tensorflow")
    log = pytest.importorskip("tensorflow_serving.apis.prediction_log_pb2")
    file = reports[0]["images"] / "assets.extra" / "tf_serving_warmup_requests"
    records = [
        log.PredictionLog.FromString(record.numpy()).predict_log.request
        for record in tf.data.TFRecordDataset(str(file))
    ]
    # A server that batches would refuse to load a model with other requests in it.
    known = read_description(reports[0]["images"])["signatures"]
    batchable = [name for name, line in known.items() if line["batchable"]]
    asked = [record.model_spec.signature_name for record in records]
    assert asked == batchable and "sample_batch" in asked and "sample" not in asked
    assert {record.model_spec.name for record in records} == {"toy"}
    decode = records[0]
    assert decode.model_spec.signature_name == "decode"
    assert np.shape(tf.make_ndarray(decode.inputs["z"])) == (2, 3)
    refused = reports[0]["answer"] / "assets.extra" / "tf_serving_warmup_requests"
    assert not refused.exists()


def test_a_version_that_takes_too_long_is_refused(tmp_path):
    (report,) = validate(tmp_path, timeout=0.05)
    assert not report["blessed"]
    assert "0.05 s" in report["reason"]
