"""A signature of a SavedModel as one graph of operations, without functions and state.

What other formats have no word for is turned into what they have: variables become
constants, and a check that stops the call becomes a number that cannot be looked up.
"""

import dataclasses

import tensorflow as tf
from tensorflow.core.framework import graph_pb2, node_def_pb2
from tensorflow.python.framework import convert_to_constants


@dataclasses.dataclass(frozen=True)
class FrozenGraph:
    """A graph of operations between named tensors.

    Args:
        graph_def: GraphDef without variables, functions and control edges.
        inputs: dict {input of the signature: name of its tensor}.
        outputs: dict {output of the signature: name of its tensor}.
        checks: dict {node that fails: sentence, what it expects}.
        tables: dict {node that looks up: (keys, values), arrays}.
        operations: set of str, those that the outputs need, checks apart.
    """

    graph_def: object
    inputs: dict
    outputs: dict
    checks: dict
    tables: dict
    operations: set


def freeze(name, signature, declared):
    """Returns a signature as a FrozenGraph.

    Args:
        name: str, the name of the signature.
        signature: what `tf.saved_model.load(path).signatures` has under it.
        declared: dict {input: TensorInfo}, of the SavedModel's file: the functions
            themselves take tensors of any shape.
    """
    frozen = convert_to_constants.convert_variables_to_constants_v2(
        signature, lower_control_flow=False
    )
    graph_def = frozen.graph.as_graph_def()
    nodes = {node.name: node for node in graph_def.node}
    inputs = {}
    for key, info in declared.items():
        # TensorFlow calls the argument z of decode decode_z in the file.
        argument = _node(info.name).removeprefix(f"{name}_")
        inputs[key] = f"{argument}:0"
        nodes[argument].attr["shape"].shape.CopyFrom(info.tensor_shape)
    names = sorted(signature.structured_outputs)  # the order of tf.nest
    outputs = {
        name: tensor.name for name, tensor in zip(names, frozen.outputs, strict=True)
    }
    tables = _tables(signature, nodes)
    operations = _operations(graph_def, nodes, outputs)
    graph_def, outputs, checks = _with_checks_as_data(nodes, outputs)
    return FrozenGraph(graph_def, inputs, outputs, checks, tables, operations)


def _node(tensor):
    return tensor.split(":")[0].removeprefix("^")


def _origin(nodes, tensor):
    """Returns the node that a tensor is from, behind identities."""
    node = nodes[_node(tensor)]
    while node.op == "Identity":
        node = nodes[_node(node.input[0])]
    return node


def _tables(signature, nodes):
    """Returns what each node that looks up a text finds, and makes it one of its own.

    The length of a text has the type and shape of what is found, which TensorFlow does
    not conclude for a lookup; a format takes the node by its name for what it is.
    """
    handles = {inside.op.name: outside for outside, inside in signature.graph.captures}
    tables = {}
    for name, node in nodes.items():
        if node.op == "LookupTableFindV2":
            keys, values = tf.raw_ops.LookupTableExportV2(
                table_handle=handles[_origin(nodes, node.input[0]).name],
                Tkeys=tf.string,
                Tvalues=tf.int32,
            )
            tables[name] = keys.numpy(), values.numpy()
            text = node.input[1]
            node.Clear()
            node.MergeFrom(node_def_pb2.NodeDef(name=name, op="StringLength"))
            node.input.append(text)
    return tables


def _operations(graph_def, nodes, outputs):
    """Returns the kinds of operations behind the outputs, and in loops."""
    kinds = {node.op for loop in graph_def.library.function for node in loop.node_def}
    seen, ahead = set(), [_node(tensor) for tensor in outputs.values()]
    while ahead:
        node = nodes[ahead.pop()]
        if node.name not in seen:
            seen.add(node.name)
            kinds.add(node.op)
            ahead += [_node(name) for name in node.input if not name.startswith("^")]
    return kinds


def _with_checks_as_data(nodes, outputs):
    """Returns a GraphDef whose outputs need every check, and {check: sentence}.

    A check looks up place 0 in a list of one number, which is there, or place 1, which
    is not. What it finds is the place of every output in a list of one.
    """
    failing = [node for node in nodes.values() if node.op == "Assert"]
    checks, place = {}, 0
    with tf.Graph().as_default() as graph:
        tf.import_graph_def(_without_order(nodes), name="")
        for i, node in enumerate(failing):
            holds = graph.get_tensor_by_name(_tensor(node.input[0]))
            found = tf.gather([0], 1 - tf.cast(holds, tf.int32), name=f"check_{i}")
            (text,) = _origin(nodes, node.input[1]).attr["value"].tensor.string_val
            checks[found.op.name] = text.decode().split(". Received:")[0]
            place += found
        ends = {
            name: _found(graph.get_tensor_by_name(tensor), place)
            for name, tensor in outputs.items()
        }
    return (
        graph.as_graph_def(),
        {name: f"{node}:0" for name, node in ends.items()},
        checks,
    )


def _found(tensor, place):
    """Returns the node of a tensor that is found at place 0 of a list of one.

    The list is the last axis: along the first, ONNX Runtime 1.32 gathers a single text
    of each place.
    """
    return tf.gather(tensor[..., None], place, axis=-1).op.name


def _without_order(nodes):
    """Returns a GraphDef of the nodes, none of which waits for another."""
    graph_def = graph_pb2.GraphDef()
    for node in nodes.values():
        copy = graph_def.node.add()
        copy.CopyFrom(node)
        copy.input[:] = [name for name in node.input if not name.startswith("^")]
    return graph_def


def _tensor(name):
    return name if ":" in name else f"{name}:0"
