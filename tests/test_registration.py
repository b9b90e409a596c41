"""What Keras finds in a fresh process after a bare ``import kvae``."""

import json
import subprocess
import sys

import keras
import pytest

from kvae import likelihoods, preprocessing, registration, samplers
from kvae.layers import GaussianSampling, ReplicatedDense
from kvae.models import (
    MLP,
    BetaTCVAE,
    BetaVAE,
    ConditionalVAE,
    ConvDecoder,
    ConvEncoder,
    DenseDecoder,
    DenseEncoder,
    GenerativeClassifier,
    MultiVAE,
    SemiSupervisedVAE,
)
from kvae.schema import continuous
from kvae.training.optimizers import ReplicatedAdam

SCHEMA = continuous("ab")
ENCODINGS = [preprocessing.Encoding("colour", "nominal", levels=("r", "g", "b"))]


def stack_vae(seeds=(0, 1)):
    return MultiVAE(DenseEncoder(1, seeds=seeds), DenseDecoder((2,), seeds=seeds))


OBJECTS = [
    GaussianSampling(),
    ReplicatedDense(2),
    DenseEncoder(2),
    DenseDecoder((2,)),
    ConvEncoder(2),
    ConvDecoder((4, 4, 1)),
    BetaVAE(DenseEncoder(2), DenseDecoder((2,))),
    BetaTCVAE(DenseEncoder(2), DenseDecoder((2,))),
    stack_vae(),
    ConditionalVAE(DenseEncoder(2), DenseDecoder((4,)), 2, schema=SCHEMA),
    SemiSupervisedVAE(DenseEncoder(2), DenseDecoder((4,)), 2, schema=SCHEMA),
    MLP(2),
    GenerativeClassifier(2),
    likelihoods.Bernoulli(),
    likelihoods.Gaussian(),
    likelihoods.OptimalGaussian(),
    likelihoods.Mixed(SCHEMA),
    preprocessing.ToInputs(ENCODINGS),
    preprocessing.FromInputs(ENCODINGS),
    ReplicatedAdam((0.1, 0.01)),
    *(sampler() for sampler in samplers.SAMPLERS.values()),
    samplers.get("interpolate+noise"),
]
LOAD = (
    "import json, sys\n"
    "configs = json.load(open(sys.argv[1]))\n"
    "for config in configs:\n"
    "    made = keras.saving.deserialize_keras_object(config)\n"
    "    print(type(made).__name__)\n"
    "print(keras.models.load_model(sys.argv[2]).get_config()['beta'])\n"
)


@pytest.mark.parametrize("imports", ["import keras, kvae", "import kvae, keras"])
def test_a_bare_import_is_enough_to_load(tmp_path, imports):
    vae = BetaVAE(DenseEncoder(2), DenseDecoder((2,)), beta=0.25)
    vae.build((None, 2))
    vae.save(tmp_path / "vae.keras")
    configs = [keras.saving.serialize_keras_object(each) for each in OBJECTS]
    (tmp_path / "configs.json").write_text(json.dumps(configs))
    files = [str(tmp_path / name) for name in ("configs.json", "vae.keras")]
    code = f"{imports}\n{LOAD}"
    command = [sys.executable, "-W", "ignore", "-c", code, *files]
    done = subprocess.run(command, capture_output=True, text=True)
    names = [type(each).__name__ for each in OBJECTS]
    assert done.stdout.split() == [*names, "0.25"], done.stderr[-2000:]


def test_every_class_that_is_registered_has_been_tried():
    tried = {f"kvae>{type(each).__name__}" for each in OBJECTS}
    assert tried == set(registration.stand_ins())
    for name, stand_in in registration.stand_ins().items():
        assert stand_in.load() is keras.saving.get_registered_object(name)


def test_a_stand_in_makes_objects_of_its_class():
    stand_in = registration.StandIn("Noise", "kvae.samplers.noise")
    assert (
        stand_in(alpha=0.5).get_config()
        == samplers.get("noise", alpha=0.5).get_config()
    )


def test_the_import_hook_goes_after_its_work():
    code = (
        "import sys, kvae\n"
        "hooks = [h for h in sys.meta_path if 'kvae' in type(h).__module__]\n"
        "import keras\n"
        "print(len(hooks), hooks[0] in sys.meta_path)\n"
        "print(keras.saving.get_registered_object('kvae>BetaVAE').name)\n"
        "print('kvae.models.beta_vae' in sys.modules)\n"
    )
    command = [sys.executable, "-W", "ignore", "-c", code]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.stdout.split() == ["1", "False", "BetaVAE", "False"], done.stderr[
        -2000:
    ]


def test_a_look_for_keras_is_no_import_of_it():
    code = (
        "import importlib.util, sys, kvae\n"
        "assert importlib.util.find_spec('keras')\n"
        "import keras\n"
        "print(keras.saving.get_registered_object('kvae>BetaVAE').name)\n"
    )
    command = [sys.executable, "-W", "ignore", "-c", code]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.stdout.split() == ["BetaVAE"], done.stderr[-2000:]
