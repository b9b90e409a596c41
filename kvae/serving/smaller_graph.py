"""Makes the functions of a SavedModel's graph smaller, without another answer.

Most of a small model's file are the names of its nodes, written out wherever one is an
input, shapes that TensorFlow finds out again, and the same constants over and over.
"""

_SHAPES = "_output_shapes"  # what was concluded when the graph was made
_PLACES, _BESIDE = "_class", b"loc:@"  # the nodes whose device a node shares
_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_DIGITS = "0123456789" + _LETTERS


def shrink(graph_def):
    """Drops concluded shapes, merges equal constants and shortens names of nodes.

    Args:
        graph_def: GraphDef, whose functions are changed. Their own names, and those of
            their arguments and results, stay: signatures and checkpoints use them.
    """
    for function in graph_def.library.function:
        for node in function.node_def:
            node.attr.pop(_SHAPES, None)
            node.ClearField("experimental_debug_info")
        for argument in function.arg_attr.values():
            argument.attr.pop(_SHAPES, None)
        _merge_constants(function)
        _shorten_names(function)
    for node in graph_def.node:
        node.attr.pop(_SHAPES, None)


def _merge_constants(function):
    """Of equal constants the first stays."""
    first, same, kept = {}, {}, []
    for node in function.node_def:
        if node.op == "Const":  # its inputs are what it waits for
            what = type(node)(device=node.device, attr=node.attr, input=node.input)
            what = what.SerializeToString(deterministic=True)
            same[node.name] = first.setdefault(what, node.name)
            if same[node.name] != node.name:
                continue
        kept.append(node)
    copies = [type(node).FromString(node.SerializeToString()) for node in kept]
    del function.node_def[:]
    function.node_def.extend(copies)
    _rename(function, same)


def _shorten_names(function):
    taken = {argument.name for argument in function.signature.input_arg}
    names, place = {}, 0
    for node in function.node_def:
        short = None
        while short is None or short in taken:
            short, place = _name(place), place + 1
        names[node.name] = short
    _rename(function, names)
    for node in function.node_def:
        node.name = names[node.name]


def _name(place):
    """Returns a different name for each number, such as a1z."""
    place, first = divmod(place, len(_LETTERS))
    text = ""
    while place:
        place, digit = divmod(place, len(_DIGITS))
        text = _DIGITS[digit] + text
    return _LETTERS[first] + text


def _rename(function, names):
    """Renames nodes wherever they are inputs or results, but not themselves."""

    def renamed(text):
        control, text = ("^", text[1:]) if text.startswith("^") else ("", text)
        node, colon, output = text.partition(":")
        return control + names.get(node, node) + colon + output

    for node in function.node_def:
        node.input[:] = [renamed(text) for text in node.input]
        if _PLACES in node.attr:
            places = node.attr[_PLACES].list.s
            places[:] = [
                _BESIDE + renamed(text.removeprefix(_BESIDE).decode()).encode()
                if text.startswith(_BESIDE)
                else text
                for text in places
            ]
    for results in (function.ret, function.control_ret):
        for name in list(results):
            results[name] = renamed(results[name])
