import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from kvae.serving import read_description, validate
from tests.serving.conftest import read_requests
from tools import served_version

GOLDEN = Path(__file__).parents[2] / "saved_models" / "digits_golden" / "1"


@pytest.fixture(scope="module")
def reports(image_model, multi_model, tmp_path_factory):
    """Reports on good versions and on damaged copies of them, from one process."""
    folder = tmp_path_factory.mktemp("versions")
    paths = {"images": folder / "images", "multi": folder / "multi"}
    shutil.copytree(image_model, paths["images"])
    shutil.copytree(multi_model, paths["multi"])
    shutil.copytree(GOLDEN, folder / "golden")
    paths["golden"] = folder / "golden"
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


def test_the_golden_model_is_small_and_still_served(reports):
    assert reports[1]["golden"]["blessed"], reports[1]["golden"]["reason"]
    files = [path for path in GOLDEN.rglob("*") if path.is_file()]
    assert sum(path.stat().st_size for path in files) < 150 * 1024
    served = served_version.ServedVersion(GOLDEN)
    for name, (inputs, expected) in read_requests(GOLDEN, served).items():
        answer = served.predict(name, inputs)
        for key, value in answer.items():
            if not key.endswith("_bytes"):
                np.testing.assert_allclose(value, expected[key], atol=1e-5)
    assert read_description(GOLDEN)["data"] == "digits"


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
