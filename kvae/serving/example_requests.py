"""One request for each signature: for validation, for warm-up, and as an example."""

import numpy as np
import tensorflow as tf

from kvae.serving.description import DESCRIBED
from kvae.serving.graph.served_samplers import offered

_ROWS = 2


def example_request(signature, model):
    """Returns the inputs of a small request, a dict of tensors.

    No real row takes part: rows are decoded from fixed latent points.

    Args:
        signature: Signature.
        model: ServedModel.
    """
    z = np.random.default_rng(0).standard_normal((_ROWS, model.latent_dim))
    z = tf.constant(z, tf.float32)
    index = tf.range(_ROWS) % (len(model.class_names) if model.class_names else 1)
    keys = [DESCRIBED[i] for i in range(_ROWS)]
    values = {
        "z": z,
        "key": keys,
        "n": _ROWS,
        "seed": 7,
        "seeds": [[7, i] for i in range(_ROWS)],
    }
    for name, sampler in offered("partner", "sigma").items():
        values[name] = sampler.request_parameter.example
    specs = signature.rows.specs
    # Not by name alone: a table may have a column z.
    if all(signature.inputs.get(name) is spec for name, spec in specs.items()):
        x, label = model.decode(z, index), signature.rows.label
        classes = [] if label is None else [[model.class_names[i] for i in index]]
        values |= signature.rows.request(x, *classes)
    if model.class_names:
        values["class"] = [model.class_names[i] for i in index]
    return {name: _as(values[name], spec) for name, spec in signature.inputs.items()}


def _as(value, spec):
    tensor = tf.convert_to_tensor(value)
    if spec.dtype != tf.string:
        tensor = tf.cast(tensor, spec.dtype)
    if tensor.shape.rank < spec.shape.rank:
        return tf.repeat(tensor[None], _ROWS, axis=0)
    return tensor[0] if tensor.shape.rank > spec.shape.rank else tensor
