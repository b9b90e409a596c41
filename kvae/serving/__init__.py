"""Models that leave as SavedModels, and what brings them to a server and back.

Names are looked up on first use: the client needs no TensorFlow, and a push no Keras.
"""

import importlib

_NAMES = {
    "Client": "kvae.serving.client",
    "PushRefusedError": "kvae.serving.pusher",
    "ServingError": "kvae.serving.client",
    "export": "kvae.serving.exporter",
    "export_decoder": "kvae.serving.exporter",
    "export_onnx": "kvae.serving.onnx_export",
    "push": "kvae.serving.pusher",
    "read_description": "kvae.serving.description",
    "rollback": "kvae.serving.pusher",
    "validate": "kvae.serving.validation",
    "versions": "kvae.serving.pusher",
}

__all__ = list(_NAMES)


def __getattr__(name):
    if name in _NAMES:
        return getattr(importlib.import_module(_NAMES[name]), name)
    raise AttributeError(f"module 'kvae.serving' has no attribute {name!r}")
