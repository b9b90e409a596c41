"""An exported model as ONNX files, which other runtimes than TensorFlow read."""

import json
import logging
from pathlib import Path

import numpy as np

from kvae.checks import expect_one_of
from kvae.serving import wire
from kvae.serving.description import FILE, FOLDER, REQUESTS, read_description
from kvae.serving.validation import difference
from kvae.serving.whole_folder import WholeFolder

_OPSET = 20  # texts are compared since 19, and joined since 20
_CONVERTED_OPSET = 18  # the newest that tf2onnx writes; later ones only add to it
_TOLERANCE = 1e-5
# Of PNG files, of tf.Examples, and of texts that are dates.
_NOT_IN_ONNX = {
    "DecodePng",
    "EncodePng",
    "ParseExampleV2",
    "StaticRegexFullMatch",
    "StaticRegexReplace",
    "Substr",
}


def export_onnx(path, folder, signatures=None, overwrite=False):
    """Writes the signatures of an exported model as ONNX files, one for each.

    `sample.onnx` and its likes take the inputs of their signature, by the same names
    and dtypes, and answer the same: seeds give the same rows, and a request that the
    SavedModel refuses fails in a node whose name says what was expected. An output that
    is called like an input is called `<name>_out`. Each file has answered the request
    that the export recorded, equal to within 1e-5, before the folder appears.

    Left out are signatures whose operations ONNX does not have: those of PNG files and
    tf.Examples, and those that read a table's dates.

    Args:
        path: folder of a SavedModel that `export` wrote.
        folder: str or path, the folder to write.
        signatures: optional names, those to write; by default all that ONNX can say.
        overwrite: bool, whether a folder of that name is replaced.

    Returns:
        Path of the folder. Its description.json is that of the model; its signatures
        are those written, each with the names of its `outputs`, and `left_out` says of
        the others why. requests.jsonl has a request for each, and its answer.

    Raises:
        ImportError: where the extra `onnx` is not installed.
        FileExistsError: where the folder exists and overwrite is False.
        ValueError: for signatures that the model has not, or that ONNX cannot say, and
            for a file that answers something else than the model.

    Example:
        >>> import tempfile
        >>> from kvae import BetaVAE, DenseDecoder, DenseEncoder
        >>> from kvae.serving import export
        >>> vae = BetaVAE(DenseEncoder(2), DenseDecoder((8, 8, 1)))
        >>> vae.build((None, 8, 8, 1))
        >>> with tempfile.TemporaryDirectory() as parent:
        ...     path = export(vae, f"{parent}/saved", signatures=["decode", "sample"])
        ...     files = export_onnx(path, f"{parent}/onnx").glob("*.onnx")
        ...     print(sorted(file.name for file in files))
        ['decode.onnx', 'sample.onnx']
    """
    _expect_extra()
    import tensorflow as tf

    from kvae.serving.frozen_graph import freeze
    from kvae.serving.validation import signature_defs

    path = Path(path)
    described = read_description(path)
    for name in signatures or ():
        expect_one_of("signatures of export_onnx", name, described["signatures"])
    declared = signature_defs(path)
    loaded = tf.saved_model.load(path)
    requests = _requests(path, declared)
    made, left_out = {}, {}
    with WholeFolder(folder, overwrite) as new:
        new.mkdir()
        for name, (inputs, answer) in requests.items():
            if signatures and name not in signatures:
                continue
            frozen = freeze(name, loaded.signatures[name], declared[name].inputs)
            missing = sorted(frozen.operations & _NOT_IN_ONNX)
            if missing:
                left_out[name] = f"ONNX has no {', '.join(missing)}"
                continue
            outputs = output_names(frozen.inputs, frozen.outputs)
            model = _converted(name, frozen, outputs)
            file = new / f"{name}.onnx"
            file.write_bytes(model.SerializeToString())
            _expect_equal(file, inputs, {outputs[k]: v for k, v in answer.items()})
            made[name] = {**described["signatures"][name], "outputs": outputs}
        if signatures and left_out or not made:
            raise ValueError(
                f"export_onnx expects signatures that ONNX can say. Received: "
                f"{wire.shortened(str(left_out))}."
            )
        described |= {"signatures": made, "left_out": left_out, "onnx_opset": _OPSET}
        (new / FILE).write_text(json.dumps(described, indent=1) + "\n")
        lines = (path / FOLDER / REQUESTS).read_text().splitlines()
        kept = [line for line in lines if json.loads(line)["signature_name"] in made]
        (new / REQUESTS).write_text("\n".join(kept) + "\n")
    return Path(folder)


def output_names(inputs, outputs):
    """Returns {output: its name in an ONNX file}, where inputs have other names.

    Example:
        >>> output_names(["x", "seed"], ["x", "label"])
        {'x': 'x_out', 'label': 'label'}
    """
    names = {}
    for name in outputs:
        new = name
        while new in inputs or (new != name and new in outputs):
            new += "_out"
        names[name] = new
    return names


def _expect_extra():
    try:
        import onnx  # noqa: F401
        import onnxruntime  # noqa: F401
        import tf2onnx  # noqa: F401
    except ImportError as error:
        raise ImportError(
            "ONNX files need the packages onnx, onnxruntime and tf2onnx. Install "
            "kvae's extra: pip install 'kvae[onnx]'."
        ) from error


def _requests(path, declared):
    """Returns {signature: (inputs, answer)} as the export recorded them."""
    import tensorflow as tf

    requests = {}
    for line in map(json.loads, (path / FOLDER / REQUESTS).read_text().splitlines()):
        name = line["signature_name"]
        inputs = {
            key: wire.from_json(
                value,
                tf.as_dtype(declared[name].inputs[key].dtype).as_numpy_dtype,
            )
            for key, value in line["inputs"].items()
        }
        answer = {key: wire.from_json(value) for key, value in line["outputs"].items()}
        requests[name] = inputs, answer
    return requests


def _converted(name, frozen, outputs):
    """Returns an onnx.ModelProto."""
    import onnx
    import tensorflow as tf
    import tf2onnx

    from kvae.serving.onnx_operators import handlers

    names = {tensor: key for key, tensor in frozen.inputs.items()}
    names |= {tensor: outputs[key] for key, tensor in frozen.outputs.items()}
    ends = list(frozen.inputs.values()), list(frozen.outputs.values())
    with _silence(), tf.Graph().as_default() as graph:
        folded = tf2onnx.tf_loader.tf_optimize(*ends, frozen.graph_def)
        tf.import_graph_def(folded, name="")
        converted = tf2onnx.tfonnx.process_tf_graph(
            graph,
            opset=_CONVERTED_OPSET,
            extra_opset=[onnx.helper.make_opsetid("ai.onnx.ml", 2)],
            input_names=ends[0],
            output_names=ends[1],
            custom_op_handlers=handlers(frozen.tables),
            tensors_to_rename=names,
        )
        model = converted.make_model("", graph_name=name)
    for opset in model.opset_import:
        if opset.domain == "":
            opset.version = _OPSET
    model.ir_version = onnx.helper.find_min_ir_version_for(model.opset_import)
    for node in model.graph.node:
        node.name = frozen.checks.get(node.name, node.name)
    return model


class _silence:
    """No lines of tf2onnx about each operation it has not."""

    names = ("tf2onnx", "tensorflow")

    def __enter__(self):
        self.levels = {name: logging.getLogger(name).level for name in self.names}
        for name in self.names:
            logging.getLogger(name).setLevel(logging.CRITICAL)

    def __exit__(self, kind, error, traceback):
        for name, level in self.levels.items():
            logging.getLogger(name).setLevel(level)


def _expect_equal(file, inputs, answer):
    import onnxruntime

    session = onnxruntime.InferenceSession(file)
    found = session.run(list(answer), {k: _text(v) for k, v in inputs.items()})
    for (name, expected), value in zip(answer.items(), found, strict=True):
        away = difference(name, value, _text(expected))
        if not away <= _TOLERANCE:
            raise ValueError(
                f"export_onnx expects {file.stem} to answer what the SavedModel "
                f"answers. Received: another {name!r}, difference {away:g}."
            )


def _text(array):
    """Returns an array whose texts are str, as ONNX Runtime has them."""
    if array.dtype != object:
        return array
    decoded = [v.decode() if isinstance(v, bytes) else v for v in array.ravel()]
    return np.array(decoded, object).reshape(array.shape)
