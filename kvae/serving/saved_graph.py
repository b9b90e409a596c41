"""What is looked at, and mended, in a SavedModel after it was written."""

import keyword
import os
import re

from tensorflow.core.protobuf import saved_model_pb2

from kvae.serving.smaller_graph import shrink

# A compiled function fails on a server that switches compilation off, as TF Serving
# does by default; an operation with a state of its own gives other rows each time; a
# Python function exists in this process alone.
_XLA = "_XlaMustCompile"
_STATEFUL = ("Random", "Multinomial", "TruncatedNormal", "RngReadAndSkip", "PyFunc")


def argument_names(names):
    """Returns a name that a Python argument can have for each name of an input.

    Args:
        names: strings, all inputs of all signatures.

    Returns:
        Dict {name of the input: name of the argument}.

    Example:
        >>> argument_names(["class", "n", "age (years)"])
        {'class': 'input_0', 'n': 'n', 'age (years)': 'input_2'}
    """
    names = list(dict.fromkeys(names))
    lower = [name.lower() for name in names]  # to TensorFlow, Age and age are one name
    return {
        name: name
        if re.fullmatch("[A-Za-z][A-Za-z0-9_]*", name)
        and not keyword.iskeyword(name)
        and not lower[i].startswith("input_")
        and lower.count(lower[i]) == 1
        else f"input_{i}"
        for i, name in enumerate(names)
    }


def finish(path, signatures, names):
    """Declares inputs as they are, and checks that any server can run the graph.

    A function's argument cannot be called `class`, nor `age (years)`; an input of a
    signature can. The functions take tensors of any shape, so that they can check it;
    the signature says which one they expect.

    Args:
        path: folder of the SavedModel.
        signatures: dict {signature: {name of the input: tf.TensorSpec}}.
        names: dict {name of the input: name of the argument}.

    Raises:
        ValueError: for operations that must be compiled, keep a random state or run
            Python.
    """
    file = os.path.join(path, "saved_model.pb")
    with open(file, "rb") as stream:
        saved = saved_model_pb2.SavedModel.FromString(stream.read())
    (graph,) = saved.meta_graphs
    expect_servable(graph.graph_def)
    shrink(graph.graph_def)
    renamed = {argument: name for name, argument in names.items() if argument != name}
    for signature_name, signature in graph.signature_def.items():
        if signature_name in signatures:
            for name, spec in signatures[signature_name].items():
                info = signature.inputs[names[name]]
                info.tensor_shape.CopyFrom(spec.shape.as_proto())
        for argument in set(signature.inputs) & set(renamed):
            signature.inputs[renamed[argument]].CopyFrom(signature.inputs[argument])
            del signature.inputs[argument]
    # tf.saved_model.load takes the names from here.
    for node in graph.object_graph_def.nodes:
        if not node.HasField("bare_concrete_function"):
            continue
        keywords = node.bare_concrete_function.argument_keywords
        keywords[:] = [renamed.get(word, word) for word in keywords]
    with open(file, "wb") as stream:
        stream.write(saved.SerializeToString(deterministic=True))


def expect_servable(graph_def):
    """Raises ValueError unless a server without Python and XLA can run the graph."""
    nodes = list(graph_def.node)
    for function in graph_def.library.function:
        nodes += function.node_def
        if _compiled(function):
            raise ValueError(
                f"export expects no compiled function (jit_compile=True), which TF "
                f"Serving refuses to run. Received: {function.signature.name}."
            )
    operations = sorted({node.op for node in nodes})
    bad = [op for op in operations if _keeps_state(op)]
    bad += [node.name for node in nodes if _compiled(node)]
    if bad:
        raise ValueError(
            "export expects a graph that gives the same answer every time, without "
            f"Python. Received: {', '.join(bad)}. Draw noise from seeds, by "
            "kvae.serving.graph.randomness; compile nothing."
        )


def _keeps_state(op):
    return "Stateless" not in op and any(word in op for word in _STATEFUL)


def _compiled(part):
    return _XLA in part.attr and part.attr[_XLA].b
