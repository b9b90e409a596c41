import pytest
import tensorflow as tf

from kvae.serving.frozen_graph import freeze
from kvae.serving.validation import signature_defs


@pytest.fixture(scope="module")
def frozen(multi_model):
    declared = signature_defs(multi_model)
    loaded = tf.saved_model.load(multi_model)  # kept: signatures are weak
    sample = loaded.signatures["sample"]
    return freeze("sample", sample, declared["sample"].inputs)


def run(frozen, n, class_name):
    with tf.compat.v1.Session(graph=tf.Graph()) as session:
        tf.import_graph_def(frozen.graph_def, name="")
        asked = {"n": n, "seed": 7, "class": class_name}
        feeds = {frozen.inputs[name]: value for name, value in asked.items()}
        return session.run(frozen.outputs, feeds)


def test_it_answers_what_the_signature_answers(frozen, multi_model):
    loaded = tf.saved_model.load(multi_model)
    asked = {"n": tf.constant(3), "seed": tf.constant(7, tf.int64)}
    expected = loaded.signatures["sample"](**asked, **{"class": tf.constant("yes")})
    answer = run(frozen, 3, "yes")
    assert set(answer) == set(expected)
    for name, value in expected.items():
        assert answer[name].tolist() == value.numpy().tolist()


def test_nothing_is_left_that_has_state_or_order(frozen):
    nodes = frozen.graph_def.node
    assert not frozen.graph_def.library.function
    assert not {"VarHandleOp", "ReadVariableOp", "PartitionedCall"} & {
        node.op for node in nodes
    }
    assert not [name for node in nodes for name in node.input if name[0] == "^"]
    assert "Assert" not in frozen.operations
    assert "MatMul" in frozen.operations or "BatchMatMulV2" in frozen.operations


@pytest.mark.parametrize(
    ("n", "class_name", "sentence"),
    [
        (3, "perhaps", "sample expects class to be one of: no, yes"),
        (10**6, "yes", "sample expects n from 0 to 1000"),
    ],
)
def test_what_a_check_stops_cannot_be_computed(frozen, n, class_name, sentence):
    with pytest.raises(tf.errors.InvalidArgumentError) as caught:
        run(frozen, n, class_name)
    assert frozen.checks[caught.value.op.name] == sentence
