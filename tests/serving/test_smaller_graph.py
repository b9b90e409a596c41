import numpy as np
import pytest
import tensorflow as tf
from tensorflow.core.protobuf import saved_model_pb2

from kvae.serving.smaller_graph import shrink


@pytest.fixture
def saved(tmp_path):
    """Folder of a module whose arguments have the names that nodes would get."""

    class Module(tf.Module):
        @tf.function(input_signature=[tf.TensorSpec([None], tf.float32)] * 2)
        def call(self, n0, n1):
            check = tf.debugging.assert_less(n0, 100.0, message="n0 is too large")
            with tf.control_dependencies([check]):
                parts = [tf.reshape(n0, [-1]) * 2.0 + 2.0 for _ in range(20)]
            return {"sum": tf.add_n(parts) + n1, "n2": n1 * 2.0}

    module = Module()
    tf.saved_model.save(module, str(tmp_path), signatures=module.call)
    return tmp_path


def rewritten(folder):
    """Shrinks the graph of a SavedModel; returns its functions before and after."""
    file = folder / "saved_model.pb"
    before = saved_model_pb2.SavedModel.FromString(file.read_bytes())
    after = saved_model_pb2.SavedModel.FromString(file.read_bytes())
    shrink(after.meta_graphs[0].graph_def)
    file.write_bytes(after.SerializeToString())
    return tuple(
        {f.signature.name: f for f in saved.meta_graphs[0].graph_def.library.function}
        for saved in (before, after)
    )


def test_answers_and_refuses_as_before_in_half_of_the_bytes(saved):
    n0, n1 = np.arange(3, dtype="float32"), np.ones(3, "float32")
    before, after = rewritten(saved)
    served = tf.saved_model.load(str(saved)).signatures["serving_default"]
    answer = served(n0=tf.constant(n0), n1=tf.constant(n1))
    np.testing.assert_allclose(answer["sum"], 20 * (2 * n0 + 2) + n1)
    np.testing.assert_allclose(answer["n2"], 2 * n1)
    with pytest.raises(tf.errors.InvalidArgumentError, match="n0 is too large"):
        served(n0=tf.constant([200.0]), n1=tf.constant([1.0]))
    assert set(before) == set(after)
    name = max(before, key=lambda name: before[name].ByteSize())
    assert after[name].ByteSize() < 0.5 * before[name].ByteSize()
    assert after[name].signature == before[name].signature


def test_a_node_still_shares_the_device_of_the_one_it_was_put_beside():
    @tf.function(input_signature=[tf.TensorSpec([None], tf.float32)])
    def call(x):
        first = tf.raw_ops.Abs(x=x, name="first")
        return tf.raw_ops.Neg(x=first, name="beside")

    graph = call.get_concrete_function().graph.as_graph_def()
    function = graph.library.function.add()
    function.signature.name = "call"
    function.node_def.extend(node for node in graph.node if node.op != "Placeholder")
    by_op = {node.op: node for node in function.node_def}
    by_op["Neg"].attr["_class"].list.s.append(b"loc:@first")
    shrink(graph)
    by_op = {node.op: node for node in graph.library.function[0].node_def}
    name = by_op["Neg"].input[0].partition(":")[0]
    assert name == by_op["Abs"].name != "first"
    assert by_op["Neg"].attr["_class"].list.s == [b"loc:@" + name.encode()]


def test_equal_constants_are_one_and_others_stay(saved):
    _, after = rewritten(saved)
    largest = max(after.values(), key=lambda function: len(function.node_def))
    constants = [node for node in largest.node_def if node.op == "Const"]
    values = [
        (node.attr["value"].SerializeToString(), *node.input) for node in constants
    ]
    assert len(set(values)) == len(values) >= 3
    names = [node.name for node in largest.node_def]
    arguments = {argument.name for argument in largest.signature.input_arg}
    assert len(set(names)) == len(names) and not arguments & set(names)
