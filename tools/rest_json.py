"""TF Serving's JSON to tensors and back: row form, columnar form, and b64."""

import base64
import json

import numpy as np

from tools.served_version import InvalidArgumentError

# The values of JSON that TF Serving takes for each kind of tensor.
_TYPES = {"f": {float, int}, "i": {int}, "u": {int}, "b": {bool}, "O": {bytes}}


def read(body):
    """Returns the object in the bytes of a body.

    Raises:
        InvalidArgumentError: where they are no JSON object.
    """
    if not body.strip():
        raise InvalidArgumentError("JSON Parse error: The document is empty")
    try:
        value = json.loads(body)
    except json.JSONDecodeError as error:
        message = f"JSON Parse error: {error.msg} at offset: {error.pos}"
        raise InvalidArgumentError(message) from error
    except UnicodeDecodeError as error:
        message = f"JSON Parse error: {error.reason} at offset: {error.start}"
        raise InvalidArgumentError(message) from error
    except ValueError as error:
        raise InvalidArgumentError(f"JSON Parse error: {error}") from error
    except RecursionError as error:
        message = "JSON Parse error: Nested too deeply"
        raise InvalidArgumentError(message) from error
    if not isinstance(value, dict):
        raise InvalidArgumentError(f"JSON Value: {_shown(value)} Is not object")
    return value


def predict_json(version, body):
    """Answers a request.

    Args:
        version: ServedVersion.
        body: dict, the request.

    Returns:
        dict, the answer.

    Raises:
        InvalidArgumentError: in TF Serving's words, or those of the graph.
    """
    name = body.get("signature_name", "")
    if not isinstance(name, str):
        raise InvalidArgumentError(
            f"JSON Value: {_shown(body)} not formatted correctly. 'signature_name' key "
            "must be a string value."
        )
    key = name or "serving_default"
    if key not in version.signatures:
        raise InvalidArgumentError(
            f'Serving signature name: "{key}" not found in signature def'
        )
    if "instances" in body and "inputs" in body:
        raise InvalidArgumentError(
            f"JSON Value: {_shown(body)} Not formatted correctly expecting only one of "
            "'inputs' or 'instances' keys to exist"
        )
    dtypes = {key: version.dtype(name, key) for key in version.signatures[key].inputs}
    if "inputs" in body:
        return _columns(version, name, dtypes, body["inputs"])
    if "instances" in body:
        return _rows(version, name, dtypes, body["instances"])
    raise InvalidArgumentError("Missing 'inputs' or 'instances' key")


def _columns(version, name, dtypes, inputs):
    if not _is_named(inputs):
        if len(dtypes) > 1:
            raise InvalidArgumentError(
                "inputs is a plain value/list, but expecting an object as multiple "
                "input tensors required as per tensorinfo_map"
            )
        inputs = {next(iter(dtypes)): inputs}
    for key in dtypes:
        if key not in inputs:
            raise InvalidArgumentError(
                f"Missing named input: {key} in 'inputs' object."
            )
    tensors = {key: _tensor(key, inputs[key], dtypes[key]) for key in dtypes}
    answer = version.predict(name, tensors)
    values = {key: _to_json(key, value) for key, value in answer.items()}
    return {"outputs": values.popitem()[1] if len(values) == 1 else values}


def _rows(version, name, dtypes, rows):
    if not isinstance(rows, list):
        raise InvalidArgumentError("Expecting 'instances' to be an list/array")
    if not rows:
        raise InvalidArgumentError("No values in 'instances' array")
    named = _is_named(rows[0])
    if not named and len(dtypes) > 1:
        raise InvalidArgumentError(
            "instances is a plain list, but expecting list of objects as multiple "
            "input tensors required as per tensorinfo_map"
        )
    for i, row in enumerate(rows):
        if _is_named(row) != named:
            kinds = ("object", "list") if named else ("value/list", "object")
            raise InvalidArgumentError(
                f"Expecting {kinds[0]} but got {kinds[1]} at item {i} of input list"
            )
        if named and row.keys() != dtypes.keys():
            raise InvalidArgumentError(
                f"Failed to process element: {i} of 'instances' list. JSON object: "
                f"{_shown(row)} keys must be equal to: {','.join(sorted(dtypes))}"
            )
    columns = {key: [row[key] if named else row for row in rows] for key in dtypes}
    tensors = {key: _tensor(key, columns[key], dtypes[key]) for key in dtypes}
    answer = version.predict(name, tensors)
    if any(np.ndim(v) == 0 or len(v) != len(rows) for v in answer.values()):
        raise InvalidArgumentError(
            "Tensor of each output expects a row for each row of 'instances'. Ask in "
            "columnar form: 'inputs'."
        )
    values = {key: _to_json(key, value) for key, value in answer.items()}
    if len(values) == 1:
        return {"predictions": values.popitem()[1]}
    return {
        "predictions": [
            {key: value[i] for key, value in values.items()} for i in range(len(rows))
        ]
    }


def _is_named(value):
    return isinstance(value, dict) and set(value) != {"b64"}


def _tensor(key, value, dtype):
    """Returns the array of a JSON value, of the type that the signature declares."""
    dtype = np.dtype(dtype)
    try:
        if dtype.kind == "O":
            value = _as_bytes(value)
        # As objects: numbers and texts in one list would all become long texts.
        array = np.array(value, object)
        wrong = set(map(type, array.flat)) - _TYPES[dtype.kind]
        if not wrong:
            with np.errstate(over="raise"):  # 1e300 is no float32
                return array.astype(dtype)
    except (ValueError, ArithmeticError, RecursionError) as error:
        message = f"JSON Value for {key}: {error}"
        raise InvalidArgumentError(message) from error
    found = next(part for part in array.flat if type(part) in wrong)
    if isinstance(found, list):
        message = f"JSON Value for {key}: Encountered list at unexpected size"
        raise InvalidArgumentError(message)
    expected = "string" if dtype.kind == "O" else dtype.name
    raise InvalidArgumentError(
        f"JSON Value: {_shown(found)} for {key} is not of expected type: {expected}"
    )


def _as_bytes(value):
    if isinstance(value, list):
        return [_as_bytes(part) for part in value]
    if isinstance(value, dict) and isinstance(value.get("b64"), str):
        return base64.b64decode(value["b64"])
    return value.encode() if isinstance(value, str) else value


def _shown(value):
    """Returns the beginning of a JSON value, without spelling out the rest of it."""
    if isinstance(value, dict):
        return f"an object of {len(value)}"
    if isinstance(value, list):
        return f"an array of {len(value)}"
    return json.dumps(value[:100] if isinstance(value, str) else value)


def _to_json(key, value):
    if isinstance(value, np.ndarray) and value.dtype != object:
        return value.tolist()
    if isinstance(value, np.ndarray):
        return [_to_json(key, part) for part in value]
    if isinstance(value, bytes):
        if key.endswith("_bytes"):
            return {"b64": base64.b64encode(value).decode()}
        return value.decode()
    return value.item()
