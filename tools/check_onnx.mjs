// Whether ONNX Runtime for JavaScript answers what a folder of `export_onnx` recorded.
//
//     npm install --ignore-scripts onnxruntime-node onnxruntime-web
//     node tools/check_onnx.mjs onnxruntime-node FOLDER ...   # in Node
//     node tools/check_onnx.mjs onnxruntime-web FOLDER ...    # WebAssembly, as browsers
//
// The packages are looked for from the current folder on. Their scripts would download
// libraries for GPUs. Prints the largest difference of each signature. The exit status
// is 1 where one is above 1e-5, a text differs, or a file cannot be run.
import fs from "node:fs";
import {createRequire} from "node:module";
import {pathToFileURL} from "node:url";

const TOLERANCE = 1e-5;
const [runtime, ...folders] = process.argv.slice(2);
const file = createRequire(`${process.cwd()}/`).resolve(runtime);
const found = await import(pathToFileURL(file));
const ort = found.default ?? found;
const arrays = {float32: Float32Array, float64: Float64Array, int32: Int32Array,
                int64: BigInt64Array};
const flat = (value) => (Array.isArray(value) ? value.flatMap(flat) : [value]);
const shape = (value) =>
  Array.isArray(value) ? [value.length, ...shape(value[0])] : [];

function tensor(dtype, value) {
  const each = flat(value);
  if (dtype === "string") return new ort.Tensor("string", each, shape(value));
  const number = dtype === "int64" ? BigInt : (v) => (v === null ? NaN : v);
  return new ort.Tensor(dtype, arrays[dtype].from(each.map(number)), shape(value));
}

function distance(expected, answer) {
  const each = flat(expected);
  if (each.length !== answer.data.length) return Infinity;
  return Math.max(0, ...each.map((value, i) => {
    if (answer.type === "string") return value === answer.data[i] ? 0 : Infinity;
    const number = Number(answer.data[i]);
    if (value === null) return Number.isNaN(number) ? 0 : Infinity;
    return Math.abs(Number(value) - number);
  }));
}

for (const folder of folders) {
  const about = JSON.parse(fs.readFileSync(`${folder}/description.json`));
  const lines = fs.readFileSync(`${folder}/requests.jsonl`, "utf8").trim().split("\n");
  for (const line of lines) {
    const request = JSON.parse(line.replace(/\bNaN\b/g, "null"));
    const name = request.signature_name, signature = about.signatures[name];
    let outcome;
    try {
      const session = await ort.InferenceSession.create(`${folder}/${name}.onnx`);
      const inputs = Object.fromEntries(Object.entries(request.inputs).map(
        ([key, value]) => [key, tensor(signature.inputs[key][0], value)]));
      const answer = await session.run(inputs);
      outcome = Math.max(...Object.entries(request.outputs).map(
        ([key, value]) => distance(value, answer[signature.outputs[key]])));
    } catch (error) {
      outcome = String(error);
    }
    if (!(outcome <= TOLERANCE)) process.exitCode = 1;
    console.log(`${folder} ${name} ${outcome}`);
  }
}
