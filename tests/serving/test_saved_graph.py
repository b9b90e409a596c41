import pytest
import tensorflow as tf
from tensorflow.core.protobuf import saved_model_pb2

from kvae.serving import saved_graph


def graph_def(function, compiled=False):
    function = tf.function(function, jit_compile=compiled)
    return function.get_concrete_function(tf.zeros(2)).graph.as_graph_def()


def outer(function):
    return lambda x: function(x)


def test_refuses_a_random_state_and_python():
    for function in (
        lambda x: x + tf.random.normal([2]),
        lambda x: tf.random.shuffle(x),
        lambda x: x + tf.random.get_global_generator().normal([2]),
        lambda x: tf.numpy_function(lambda a: a, [x], tf.float32),
    ):
        with pytest.raises(ValueError, match="Draw noise from seeds"):
            saved_graph.expect_servable(graph_def(function))
    stateless = graph_def(lambda x: x + tf.random.stateless_normal([2], [1, 2]))
    saved_graph.expect_servable(stateless)


def test_refuses_compiled_functions():
    inner = tf.function(lambda x: 2 * x, jit_compile=True)
    with pytest.raises(ValueError, match="jit_compile"):
        saved_graph.expect_servable(graph_def(lambda x: inner(x)))


def test_inputs_keep_names_that_no_python_argument_can_have(tmp_path):
    module = tf.Module()
    double = tf.function(
        lambda a, b: {"x": 2 * a + b},
        [tf.TensorSpec([None], name="input_0"), tf.TensorSpec([None], name="b")],
    )
    tf.saved_model.save(module, str(tmp_path), {"f": double.get_concrete_function()})
    names = saved_graph.argument_names(["age (years)", "b"])
    specs = {"age (years)": tf.TensorSpec([None, 2]), "b": tf.TensorSpec([None])}
    saved_graph.finish(str(tmp_path), {"f": specs}, names)
    content = (tmp_path / "saved_model.pb").read_bytes()
    graph = saved_model_pb2.SavedModel.FromString(content).meta_graphs[0]
    declared = graph.signature_def["f"].inputs["age (years)"].tensor_shape
    assert [dim.size for dim in declared.dim] == [-1, 2]
    served = tf.saved_model.load(str(tmp_path)).signatures["f"]
    answer = served(**{"age (years)": tf.ones(1), "b": tf.ones(1)})
    assert answer["x"].numpy().tolist() == [3.0]
