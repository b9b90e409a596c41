"""`tools/check_onnx.mjs`: the same files in Node, and as WebAssembly."""

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from kvae.serving import export_onnx

ROOT = Path(__file__).parents[2]
# A folder where onnxruntime-node and onnxruntime-web are installed.
PACKAGES = "KVAE_ONNX_JAVASCRIPT"
# Answers what the folder recorded, so that the tool itself is tested without them.
RUNTIME = """
const fs = require("node:fs"), path = require("node:path");
exports.Tensor = class { constructor(type, data, dims) { this.data = data; } };
exports.InferenceSession = {create: async (file) => ({run: async () => {
  const lines = fs.readFileSync(path.join(path.dirname(file), "requests.jsonl"));
  const known = String(lines).trim().split("\\n").map((line) => JSON.parse(line));
  const {outputs} = known.find((line) => `${line.signature_name}.onnx` ===
                                         path.basename(file));
  const away = Number(process.env.AWAY);
  return Object.fromEntries(Object.entries(outputs).map(([name, value]) => [
    name, {type: "float32", data: value.flat(9).map((number) => number + away)}]));
}})};
"""

needs_node = pytest.mark.skipif(shutil.which("node") is None, reason="needs Node")


def check(runtime, *folders, cwd, **environment):
    return subprocess.run(
        ["node", ROOT / "tools" / "check_onnx.mjs", runtime, *map(str, folders)],
        capture_output=True,
        cwd=cwd,
        env={**os.environ, **environment},
        text=True,
    )


@needs_node
def test_a_difference_is_told_and_ends_with_a_status(tmp_path):
    package = tmp_path / "node_modules" / "runtime"
    package.mkdir(parents=True)
    (package / "index.js").write_text(RUNTIME)
    folder = tmp_path / "model"
    folder.mkdir()
    signature = {"inputs": {"z": ["float32", [None, 2]]}, "outputs": {"x": "x"}}
    described = {"signatures": {"decode": signature}}
    (folder / "description.json").write_text(json.dumps(described))
    request = {"inputs": {"z": [[0.0, 1.0]]}, "outputs": {"x": [[0.5, -0.5, 2.0]]}}
    line = json.dumps({"signature_name": "decode", **request})
    (folder / "requests.jsonl").write_text(line + "\n")
    done = check("runtime", folder, cwd=tmp_path, AWAY="0")
    assert (done.returncode, done.stdout) == (0, f"{folder} decode 0\n"), done.stderr
    done = check("runtime", folder, cwd=tmp_path, AWAY="0.25")
    assert (done.returncode, done.stdout) == (1, f"{folder} decode 0.25\n")


@needs_node
@pytest.mark.slow
@pytest.mark.skipif(PACKAGES not in os.environ, reason=f"{PACKAGES} names no folder")
@pytest.mark.parametrize("runtime", ["onnxruntime-node", "onnxruntime-web"])
def test_javascript_gives_the_answers_of_the_saved_model(
    runtime, image_model, multi_model, table_model, tmp_path
):
    folders = [
        export_onnx(path, tmp_path / path.parent.name)
        for path in (image_model, multi_model, table_model)
    ]
    done = check(runtime, *folders, cwd=os.environ[PACKAGES])
    assert done.returncode == 0, done.stdout + done.stderr
    files = [file for folder in folders for file in folder.glob("*.onnx")]
    assert len(done.stdout.splitlines()) == len(files) > 15
