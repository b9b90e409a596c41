"""Infra validation: a version is loaded and asked where Keras cannot be imported.

What runs in the training process may still need it: a Python function, a kernel, a
custom object. So the version is loaded in a process of its own, by both loaders of
TensorFlow, and answers the requests that `export` recorded.
"""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import numpy as np

from kvae import lifetime
from kvae.serving import wire
from kvae.serving.description import FOLDER, REQUESTS, read_description

WARM_UP = "tf_serving_warmup_requests"
_RECORDS_AT_MOST = 1000  # TF Serving refuses to load a model with more
_TOLERANCE = 1e-5
_CHILD = (
    "import kvae, sys; sys.modules['keras'] = None; "
    "from kvae.serving.validation import main; main(*sys.argv[1:])"
)


def validate(*paths, warm_up=None, timeout=600):
    """Loads exported versions in another process and compares their answers.

    Args:
        *paths: folders of versions.
        warm_up: optional str, a model's name; blessed versions then get the warm-up
            file that TF Serving replays before it serves them. It holds the signatures
            that can be batched: a server that batches loads no model with others in it.
        timeout: seconds until they are refused, all together.

    Returns:
        A dict for each path: blessed (bool), reason (str), signatures (how many
        answered), largest_difference (to the recorded answers), seconds.
    """
    arguments = [str(os.getpid()), warm_up or "", *map(str, paths)]
    # An empty entry would be the current folder.
    places = [str(Path(__file__).parents[2]), os.environ.get("PYTHONPATH")]
    python_path = os.pathsep.join(filter(None, places))
    environment = {**os.environ, "PYTHONPATH": python_path}
    try:
        # -P: no folder that happens to be current is searched for modules.
        done = subprocess.run(
            [sys.executable, "-P", "-c", _CHILD, *arguments],
            capture_output=True,
            env=environment,
            text=True,
            timeout=timeout,
            errors="replace",
        )
    except subprocess.TimeoutExpired:
        return [_refused(f"no answer after {timeout} s") for _ in paths]
    if not done.stdout:
        last = (done.stderr.strip().splitlines() or ["no message"])[-1]
        reason = f"the process ended with status {done.returncode}: {last}"
        return [_refused(reason) for _ in paths]
    return json.loads(done.stdout)


def _refused(reason):
    return {"blessed": False, "reason": reason}


def main(parent, warm_up, *paths):
    """What the other process does; prints the reports as JSON."""
    lifetime.end_with(int(parent))
    # The reports alone are printed: what libraries print goes to the errors.
    printed = os.dup(sys.stdout.fileno())
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    import tensorflow  # noqa: F401  its start is no part of the times

    reports = []
    for path in paths:
        start = time.perf_counter()
        try:
            report = _examine(Path(path), warm_up)
        except Exception as error:  # whatever it is: the version is refused for it
            report = _refused(wire.shortened(f"{type(error).__name__}: {error}"))
        report["seconds"] = round(time.perf_counter() - start, 2)
        reports.append(report)
    with open(printed, "w") as answer:
        json.dump(reports, answer)


def _examine(path, warm_up):
    lines = (path / FOLDER / REQUESTS).read_text().splitlines()
    if not 0 < len(lines) <= _RECORDS_AT_MOST:
        return _refused(
            f"{REQUESTS} expects 1 to {_RECORDS_AT_MOST} requests: {len(lines)} found"
        )
    largest, requests = 0.0, []
    for loader in (_by_load, _by_session):
        predict, dtypes = loader(str(path))
        for line in map(json.loads, lines):
            name = line["signature_name"]
            if name not in dtypes:
                return _refused(f"signature {name!r} is not in the graph")
            inputs = {
                key: wire.from_json(value, dtypes[name].get(key))
                for key, value in line["inputs"].items()
            }
            answer = predict(name, inputs)
            for key, recorded in line["outputs"].items():
                away = difference(key, answer[key], wire.from_json(recorded))
                if not away <= _TOLERANCE:
                    return _refused(
                        f"signature {name!r} answers another {key!r} than in the "
                        f"process that exported it: difference {away:g}"
                    )
                largest = max(largest, away)
            requests.append((name, inputs))
    if warm_up:
        known = read_description(path)["signatures"]
        batchable = [
            (name, inputs)
            for name, inputs in requests[: len(lines)]  # each loader asked all of them
            if known[name]["batchable"]
        ]
        _write_warm_up(path, warm_up, batchable)
    return {
        "blessed": True,
        "reason": "",
        "signatures": len(lines),
        "largest_difference": largest,
    }


def _by_load(path):
    """Returns (name, inputs -> outputs) and the inputs' dtypes, as TensorFlow 2 has."""
    import tensorflow as tf

    loaded = tf.saved_model.load(path)  # kept: signatures hold its variables weakly
    dtypes = _dtypes(signature_defs(path))

    def predict(name, inputs):
        tensors = {key: tf.constant(value) for key, value in inputs.items()}
        answer = loaded.signatures[name](**tensors)
        return {key: tensor.numpy() for key, tensor in answer.items()}

    return predict, dtypes


def _by_session(path):
    """Returns the same by the loader that TF Serving uses."""
    import tensorflow as tf

    graph = tf.Graph()
    session = tf.compat.v1.Session(graph=graph)
    with graph.as_default():
        loaded = tf.compat.v1.saved_model.loader.load(session, ["serve"], path)

    def predict(name, inputs):
        signature = loaded.signature_def[name]
        feeds = {signature.inputs[key].name: value for key, value in inputs.items()}
        fetches = {key: info.name for key, info in signature.outputs.items()}
        return session.run(fetches, feeds)

    return predict, _dtypes(loaded.signature_def)


def signature_defs(path):
    """Returns {signature: SignatureDef} of a SavedModel, as a server knows them."""
    from tensorflow.core.protobuf import saved_model_pb2

    content = (Path(path) / "saved_model.pb").read_bytes()
    return saved_model_pb2.SavedModel.FromString(content).meta_graphs[0].signature_def


def _dtypes(signature_defs):
    import tensorflow as tf

    return {
        name: {
            key: tf.dtypes.as_dtype(info.dtype).as_numpy_dtype
            for key, info in signature.inputs.items()
        }
        for name, signature in signature_defs.items()
    }


def difference(key, value, expected):
    """Returns how far an answer is from the recorded one; inf for another shape."""
    value = np.asarray(value)
    if value.shape != expected.shape:
        return np.inf
    if key == "image_bytes":
        pairs = zip(value.ravel(), expected.ravel(), strict=True)
        return max((_pixel_difference(*pair) for pair in pairs), default=0.0)
    if value.dtype == object:
        return 0.0 if value.tolist() == expected.tolist() else np.inf
    value, expected = value.astype("float64"), expected.astype("float64")
    same = (value == expected) | (np.isnan(value) & np.isnan(expected))
    gap = np.abs(value - expected) / np.maximum(1.0, np.abs(expected))
    return float(np.max(np.where(same, 0.0, gap), initial=0.0))


def _pixel_difference(file, expected):
    """One level in 255 is rounding: it counts as no difference."""
    import tensorflow as tf

    ours, theirs = (
        tf.cast(tf.io.decode_png(png), tf.int32).numpy() for png in (file, expected)
    )
    near = ours.shape == theirs.shape and np.abs(ours - theirs).max() <= 1
    return 0.0 if near else np.inf


def _write_warm_up(path, model, requests):
    import tensorflow as tf

    with tf.io.TFRecordWriter(str(path / FOLDER / WARM_UP)) as writer:
        for name, inputs in requests:
            writer.write(wire.warm_up_record(model, name, inputs))
