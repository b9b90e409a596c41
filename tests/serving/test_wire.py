import numpy as np
import pytest

from kvae.serving import wire


@pytest.mark.parametrize(
    "value",
    [
        np.arange(6, dtype="float32").reshape(2, 3),
        np.array([[1, -2]], "int64"),
        np.array(3, "int32"),
        np.array([True, False]),
        np.array([b"\xff\x00", b""], object),
        np.zeros((0, 3), "float32"),
    ],
)
def test_tensors_come_back_from_both_forms(value):
    tensor = wire.messages()["TensorProto"]()
    wire._fill(tensor, value)
    back = wire._array(tensor)
    assert back.dtype == value.dtype
    assert back.tolist() == value.tolist()
    json = wire.to_json("image_bytes", value)
    np.testing.assert_array_equal(
        wire.from_json(json, value.dtype).ravel(), value.ravel()
    )


def test_tensorflow_reads_the_tensors():
    import tensorflow as tf
    from tensorflow.core.framework.tensor_pb2 import TensorProto

    for value in (np.ones((2, 2), "float32"), np.array([b"a"], object), np.int64(3)):
        tensor = wire.messages()["TensorProto"]()
        wire._fill(tensor, np.asarray(value))
        proto = TensorProto.FromString(tensor.SerializeToString())
        np.testing.assert_array_equal(tf.make_ndarray(proto), value)
        ours = wire.messages()["TensorProto"].FromString(
            tf.make_tensor_proto(value).SerializeToString()
        )
        np.testing.assert_array_equal(wire._array(ours), value)


def test_the_messages_are_those_of_tf_serving():
    predict = pytest.importorskip("tensorflow_serving.apis.predict_pb2")
    log = pytest.importorskip("tensorflow_serving.apis.prediction_log_pb2")
    inputs = {"n": np.int32(5), "class": np.array("yes", object)}
    ours = wire.to_request("digits", "sample", inputs, version=3)
    theirs = predict.PredictRequest.FromString(ours.SerializeToString())
    assert theirs.model_spec.name == "digits"
    assert theirs.model_spec.version.value == 3
    assert theirs.model_spec.signature_name == "sample"
    assert theirs.inputs["n"].int_val[0] == 5
    assert theirs.inputs["class"].string_val[0] == b"yes"
    record = log.PredictionLog.FromString(wire.warm_up_record("m", "sample", inputs))
    assert record.predict_log.request.inputs["n"].int_val[0] == 5


def test_says_which_dtypes_travel():
    with pytest.raises(ValueError, match="float32.*Received: complex128"):
        wire.to_request("m", "s", {"x": np.array(1j)})


def test_long_messages_keep_the_ends_of_their_lines():
    assert wire.shortened("a\nshort one") == "a\nshort one"
    first, second = wire.shortened(f"begin{10**6 * 'x'}end\nsecond").split("\n")
    assert first.startswith("begin") and first.endswith("end") and len(first) < 1100
    assert "(999008 characters)" in first and second == "second"
    assert len(wire.shortened("line\n" * 10**6)) < 100
