"""kvae: data augmentation for small labelled data sets with beta-VAEs, in Keras 3.

A bare ``import kvae`` is quick: TensorFlow and Keras are imported by the first
name that needs them.
"""

import importlib
import os
import sys

from kvae.registration import register_with_keras

__version__ = "0.1.0"

# Where each public name lives. Names are looked up on first use, so that
# ``import kvae`` and the ``--help`` of scripts do not wait for TensorFlow.
_NAMES = {
    "BetaSchedule": "kvae.models.beta_schedule",
    "BetaVAE": "kvae.models.beta_vae",
    "ConditionalVAE": "kvae.models.conditional_vae",
    "ConvDecoder": "kvae.models.conv",
    "ConvEncoder": "kvae.models.conv",
    "DenseDecoder": "kvae.models.dense",
    "DenseEncoder": "kvae.models.dense",
    "GaussianSampling": "kvae.layers.gaussian",
    "GenerativeClassifier": "kvae.models.generative_classifier",
    "LabelledFolds": "kvae.verdicts.splits",
    "MultiVAE": "kvae.models.multi_vae",
    "VAEOverSampler": "kvae.resampling.resampler",
    "VAETensorBoard": "kvae.training.vae_tensorboard",
    "augment": "kvae.augmentation.pipeline",
    "batches": "kvae.data.batches",
    "encode": "kvae.latent.codes",
    "export": "kvae.serving.exporter",
    "export_decoder": "kvae.serving.exporter",
    "few_shot": "kvae.data.few_shot",
    "generate": "kvae.augmentation.generate",
    "load": "kvae.data.catalog",
}
_PACKAGES = (
    "augmentation",
    "data",
    "evaluation",
    "experiments",
    "latent",
    "layers",
    "likelihoods",
    "losses",
    "models",
    "plots",
    "preprocessing",
    "random",
    "resampling",
    "samplers",
    "semi_supervised",
    "serving",
    "training",
    "verdicts",
)

__all__ = [*_NAMES, *_PACKAGES]


def _expect_tensorflow_backend():
    """Raises ImportError where Keras runs, or would run, on another backend."""
    if "keras" in sys.modules:
        backend = sys.modules["keras"].config.backend()
    else:
        # The variable also wins over ~/.keras/keras.json.
        backend = os.environ.setdefault("KERAS_BACKEND", "tensorflow")
    if backend != "tensorflow":
        raise ImportError(
            "kvae expects the Keras backend 'tensorflow': its data pipelines and "
            f"its exported models are TensorFlow's. Received: {backend!r}. Unset "
            "KERAS_BACKEND, or set KERAS_BACKEND=tensorflow, before Keras is imported."
        )


_expect_tensorflow_backend()
register_with_keras()


def __getattr__(name):
    if name in _NAMES:
        value = getattr(importlib.import_module(_NAMES[name]), name)
        globals()[name] = value
        return value
    if name in _PACKAGES:
        return importlib.import_module(f"kvae.{name}")
    raise AttributeError(f"module 'kvae' has no attribute {name!r}")


def __dir__():
    return sorted([*globals(), *__all__])
