"""TensorFlow's operations as those of ONNX, where tf2onnx has none or another.

Each function takes tf2onnx's graph and a node, and replaces the node.
"""

import numpy as np

_SIGN = -(2**31)  # the bit of an int32 that says whether a float32 is negative


def handlers(tables):
    """Returns what tf2onnx's `custom_op_handlers` expects.

    Args:
        tables: dict {node that looks up: (keys, values), arrays}.
    """

    def look_up(graph, node):
        if node.name not in tables:  # the length of a text
            return
        keys, values = tables[node.name]
        _replace(
            graph,
            node,
            "Cast",
            [
                _new(
                    graph,
                    node,
                    "LabelEncoder",
                    [node.input[0]],
                    dtype=np.int64,
                    domain="ai.onnx.ml",
                    keys_strings=[key.decode() for key in keys],
                    values_int64s=[int(value) for value in values],
                    default_int64=-1,
                )
            ],
            to=_number(np.int32),
        )

    operators = {
        "AddV2": lambda graph, node: _with_sign(graph, node, "Add"),
        "AsString": _as_string,
        "Bitcast": _sign_bit,
        "Equal": lambda graph, node: _replace(graph, node, "Equal", node.input),
        "Erfc": _erfc,
        "StringLength": look_up,
        "Mul": lambda graph, node: _with_sign(graph, node, "Mul"),
        "StringJoin": _string_join,
        "StringToNumber": _to_number,
        "StridedSlice": _slice,
        "UpperBound": _upper_bound,
    }
    return {
        name: (lambda graph, node, _, __, operator=operator: operator(graph, node), [])
        for name, operator in operators.items()
    }


def _number(dtype):
    """Returns ONNX's number for a dtype of NumPy."""
    from onnx import helper

    return helper.np_dtype_to_tensor_dtype(np.dtype(dtype))


def _new(graph, node, kind, inputs, *, dtype, domain="", **attributes):
    """Returns the tensor of a node that works for another."""
    made = graph.make_node(
        kind, inputs, attr=attributes, dtypes=[_number(dtype)], domain=domain
    )
    return made.output[0]


def _replace(graph, node, kind, inputs, **attributes):
    """Puts another node in the place of one, with its name and its result."""
    dtype, shape = graph.get_dtype(node.output[0]), graph.get_shape(node.output[0])
    outputs = node.output
    graph.remove_node(node.name)
    graph.make_node(
        kind,
        inputs,
        name=node.name,
        outputs=outputs,
        attr=attributes,
        dtypes=[dtype],
        shapes=[shape],
    )


def _constant(graph, value, dtype):
    from tf2onnx import utils

    return graph.make_const(utils.make_name("constant"), np.array(value, dtype)).output[
        0
    ]


def _with_sign(graph, node, kind):
    """Sums and products of uint64 are those of int64, bit by bit."""
    if graph.get_dtype(node.input[0]) != _number(np.uint64):
        _replace(graph, node, kind, node.input)
        return
    signed = [
        _new(graph, node, "Cast", [name], dtype=np.int64, to=_number(np.int64))
        for name in node.input
    ]
    result = _new(graph, node, kind, signed, dtype=np.int64)
    _replace(graph, node, "Cast", [result], to=_number(np.uint64))


def _as_string(graph, node):
    """Numbers as texts: rounded ones stay numbers, see `_to_number`."""
    digits, number = node.get_attr_value("precision", -1), node.input[0]
    if graph.get_dtype(number) == _number(np.float64) and digits >= 0:
        scale = _constant(graph, 10.0**digits, np.float64)
        scaled = _new(graph, node, "Mul", [number, scale], dtype=np.float64)
        whole = _new(graph, node, "Round", [scaled], dtype=np.float64)
        graph.set_dtype(node.output[0], _number(np.float64))
        # The quotient of two exact numbers is the number nearest to the text.
        _replace(graph, node, "Div", [whole, scale])
        return
    width = node.get_attr_value("width", -1)
    if width < 1:
        _replace(graph, node, "Cast", [number], to=_number(object))
        return
    digit = _constant(graph, [str(i) for i in range(10)], object)
    ten, text = _constant(graph, 10, np.int64), None
    number = _new(graph, node, "Cast", [number], dtype=np.int64, to=_number(np.int64))
    for _ in range(width):
        rest = _new(graph, node, "Mod", [number, ten], dtype=np.int64)
        found = _new(graph, node, "Gather", [digit, rest], dtype=object)
        parts = [found] if text is None else [found, text]
        text = (
            parts[0]
            if text is None
            else _new(graph, node, "StringConcat", parts, dtype=object)
        )
        number = _new(graph, node, "Div", [number, ten], dtype=np.int64)
    _replace(graph, node, "Identity", [text])


def _to_number(graph, node):
    """Texts as numbers; those that were some, and stayed it, are (see `_as_string`)."""
    text = graph.get_node_by_output(node.input[0])
    if text.type in ("SelectV2", "Where"):  # "0" for holes, which come back afterwards
        _replace(graph, node, "Identity", [text.input[2]])
    else:
        to = graph.get_dtype(node.output[0])
        _replace(graph, node, "Cast", [node.input[0]], to=to)


def _slice(graph, node):
    """Of a single value none can be left out: it is given another shape."""
    from tf2onnx.onnx_opset.tensor import StridedSlice

    if graph.get_shape(node.input[0]) == []:
        shape = graph.get_shape(node.output[0])
        shape = _constant(graph, shape, np.int64)
        _replace(graph, node, "Reshape", [node.input[0], shape])
    else:
        StridedSlice.version_13(graph, node)


def _sign_bit(graph, node):
    """Of a float32's bits Keras looks at the first alone, to tell -0 from 0."""
    zero, one = _constant(graph, 0, np.float32), _constant(graph, 1, np.float32)
    number = node.input[0]
    below = _new(graph, node, "Less", [number, zero], dtype=bool)
    inverse = _new(graph, node, "Div", [one, number], dtype=np.float32)
    inverse = _new(graph, node, "Less", [inverse, zero], dtype=bool)
    negative = _new(graph, node, "Or", [below, inverse], dtype=bool)
    bits = [_constant(graph, value, np.int32) for value in (_SIGN, 0)]
    _replace(graph, node, "Where", [negative, *bits])


def _erfc(graph, node):
    one = _constant(graph, 1, np.float32)
    erf = _new(graph, node, "Erf", [node.input[0]], dtype=np.float32)
    _replace(graph, node, "Sub", [one, erf])


def _string_join(graph, node):
    text = node.input[0]
    for other in node.input[1:-1]:
        text = _new(graph, node, "StringConcat", [text, other], dtype=object)
    _replace(graph, node, "StringConcat", [text, node.input[-1]])


def _upper_bound(graph, node):
    """How many of the sorted numbers (C, K) are not above each of (C, N)."""
    numbers, values = node.input
    dtype = graph.get_dtype(node.output[0])
    if graph.get_shape(numbers)[-1] == 0:  # of which ONNX Runtime 1.30 makes no sum
        none = _new(graph, node, "Less", [values, values], dtype=bool)
        _replace(graph, node, "Cast", [none], to=dtype)
        return
    last, before_last = (_constant(graph, [axis], np.int64) for axis in (-1, -2))
    numbers = _new(graph, node, "Unsqueeze", [numbers, before_last], dtype=np.float64)
    values = _new(graph, node, "Unsqueeze", [values, last], dtype=np.float64)
    reached = _new(graph, node, "LessOrEqual", [numbers, values], dtype=bool)
    ones = _new(graph, node, "Cast", [reached], dtype=np.int32, to=dtype)
    _replace(graph, node, "ReduceSum", [ones, last], keepdims=0)
