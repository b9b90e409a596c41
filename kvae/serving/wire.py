"""How requests and answers travel to TF Serving and back, without TensorFlow.

REST speaks JSON, gRPC speaks protocol buffers; of those, the few messages that are
used here are defined by hand, field by field as TF Serving defines them.
"""

import base64
import functools
import json

import numpy as np

# dtype: (number in TensorFlow's DataType, field of TensorProto)
_DTYPES = {
    "float32": (1, "float_val"),
    "float64": (2, "double_val"),
    "int32": (3, "int_val"),
    "object": (7, "string_val"),
    "int64": (9, "int64_val"),
    "bool": (10, "bool_val"),
}
_SHOWN = 1000  # characters of a line in a message
_LINES = 10
_FILES = ("_bytes", "examples")  # ends of names whose strings are no text


def to_json(name, value):
    """Returns a JSON value for a tensor; strings that are no text as base64.

    Example:
        >>> to_json("image_bytes", np.array([b"PNG"], object))
        [{'b64': 'UE5H'}]
        >>> to_json("class", "yes")
        'yes'
    """
    value = value if isinstance(value, bytes) else np.asarray(value)
    if isinstance(value, np.ndarray) and value.ndim:
        return [to_json(name, part) for part in value]
    if isinstance(value, np.ndarray) and value.dtype == "float32":
        value = float(str(value))  # as short as float32 allows
    elif isinstance(value, np.ndarray):
        value = value.item()
    if name.endswith(_FILES) and isinstance(value, bytes):
        return {"b64": base64.b64encode(value).decode()}
    return value.decode() if isinstance(value, bytes) else value


def from_json(value, dtype=None):
    """Returns the array of a JSON value; texts and files as bytes."""
    parts = _bytes_of(value)
    array = np.array(parts, dtype)
    return array.astype(object) if array.dtype.kind == "S" else array


def _bytes_of(value):
    if isinstance(value, list):
        return [_bytes_of(part) for part in value]
    if isinstance(value, dict):
        return base64.b64decode(value["b64"])
    return value.encode() if isinstance(value, str) else value


def to_line(signature_name, inputs, outputs=None):
    """Returns a request, and what it was answered, as one line of JSON."""
    line = {"signature_name": signature_name}
    for key, tensors in (("inputs", inputs), ("outputs", outputs)):
        if tensors is not None:
            line[key] = {name: to_json(name, value) for name, value in tensors.items()}
    return json.dumps(line)


def shortened(text):
    """Returns a message without the megabytes that it may quote.

    The middle of long lines is left out, and all but the first lines.

    Example:
        >>> len(shortened("[" + 5_000_000 * "x" + "]")) < 1100
        True
    """
    kept, half = [], _SHOWN // 2
    for line in text.split("\n", _LINES)[:_LINES]:
        if len(line) > _SHOWN:
            left_out = len(line) - 2 * half
            line = f"{line[:half]} ... ({left_out} characters) ... {line[-half:]}"
        kept.append(line)
    return "\n".join(kept)


@functools.cache
def messages():
    """Returns the classes of the messages, a dict by name.

    Raises:
        ImportError: where protobuf is not installed.
    """
    try:
        from google.protobuf import descriptor_pb2, descriptor_pool, message_factory
    except ImportError as error:
        raise ImportError(
            "gRPC messages need the package protobuf. Install kvae's extra: "
            "pip install 'kvae[grpc]'."
        ) from error
    file = descriptor_pb2.FileDescriptorProto(
        name="kvae/serving.proto", package="kvae", syntax="proto3"
    )
    for name, fields in _MESSAGES.items():
        _define(file.message_type.add(name=name), fields)
    pool = descriptor_pool.DescriptorPool()
    pool.Add(file)
    return {
        name: message_factory.GetMessageClass(
            pool.FindMessageTypeByName(f"kvae.{name}")
        )
        for name in _MESSAGES
    }


# {message: {field: (number, type)}}; "*" before a type: repeated; "map": to tensors.
_MESSAGES = {
    "Dim": {"size": (1, "int64")},
    "TensorShapeProto": {"dim": (2, "*Dim")},
    "TensorProto": {
        "dtype": (1, "int32"),  # an enum, which travels as an int32
        "tensor_shape": (2, "TensorShapeProto"),
        "tensor_content": (4, "bytes"),
        "float_val": (5, "*float"),
        "double_val": (6, "*double"),
        "int_val": (7, "*int32"),
        "string_val": (8, "*bytes"),
        "int64_val": (10, "*int64"),
        "bool_val": (11, "*bool"),
    },
    "Int64Value": {"value": (1, "int64")},
    "ModelSpec": {
        "name": (1, "string"),
        "version": (2, "Int64Value"),
        "signature_name": (3, "string"),
    },
    "PredictRequest": {"model_spec": (1, "ModelSpec"), "inputs": (2, "map")},
    "PredictResponse": {"outputs": (1, "map"), "model_spec": (2, "ModelSpec")},
    "PredictLog": {"request": (1, "PredictRequest")},
    "PredictionLog": {"predict_log": (6, "PredictLog")},
}


def _define(message, fields):
    for name, (number, kind) in fields.items():
        field = message.field.add(name=name, number=number)
        repeated = kind.startswith("*") or kind == "map"
        field.label = field.LABEL_REPEATED if repeated else field.LABEL_OPTIONAL
        kind = kind.removeprefix("*")
        if kind == "map":
            entry = message.nested_type.add(name=f"{name.capitalize()}Entry")
            _define(entry, {"key": (1, "string"), "value": (2, "TensorProto")})
            entry.options.map_entry = True
            field.type = field.TYPE_MESSAGE
            field.type_name = f".kvae.{message.name}.{entry.name}"
        elif kind in _MESSAGES:
            field.type, field.type_name = field.TYPE_MESSAGE, f".kvae.{kind}"
        else:
            field.type = getattr(field, f"TYPE_{kind.upper()}")


def to_request(model, signature_name, inputs, version=None):
    """Returns a PredictRequest for arrays by name."""
    request = messages()["PredictRequest"]()
    request.model_spec.name = model
    request.model_spec.signature_name = signature_name
    if version is not None:
        request.model_spec.version.value = version
    for name, value in inputs.items():
        _fill(request.inputs[name], np.asarray(value))
    return request


def from_response(response):
    """Returns the arrays of a PredictResponse by name."""
    return {name: _array(tensor) for name, tensor in response.outputs.items()}


def warm_up_record(model, signature_name, inputs):
    """Returns a serialized PredictionLog: one record of a warm-up file."""
    log = messages()["PredictionLog"]()
    request = to_request(model, signature_name, inputs)
    log.predict_log.request.CopyFrom(request)
    return log.SerializeToString()


def _fill(tensor, array):
    array = array.astype(object) if array.dtype.kind in "US" else array
    name = array.dtype.name
    if name not in _DTYPES:
        raise ValueError(
            f"A request expects tensors of {', '.join(sorted(_DTYPES))} (strings). "
            f"Received: {name}."
        )
    tensor.dtype, field = _DTYPES[name]
    for size in array.shape:
        tensor.tensor_shape.dim.add(size=size)
    values = array.reshape(-1).tolist()
    if name == "object":
        values = [v.encode() if isinstance(v, str) else v for v in values]
    getattr(tensor, field).extend(values)


def _array(tensor):
    shape = [dim.size for dim in tensor.tensor_shape.dim]
    by_number = {number: (name, field) for name, (number, field) in _DTYPES.items()}
    dtype, field = by_number[tensor.dtype]
    if tensor.tensor_content:
        return np.frombuffer(tensor.tensor_content, dtype).reshape(shape)
    values, count = list(getattr(tensor, field)), int(np.prod(shape))
    if values and len(values) < count:  # the last value stands for all that follow
        values += values[-1:] * (count - len(values))
    return np.array(values, dtype).reshape(shape)
