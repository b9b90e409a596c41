"""How models are saved."""

import keras
import numpy as np
import pytest

from kvae.models import ConvDecoder, ConvEncoder, DenseDecoder, DenseEncoder

MODELS = [
    (DenseEncoder(2, (4,)), (None, 3)),
    (DenseDecoder((3,), (4,)), (None, 2)),
    (ConvEncoder(2, (4,)), (None, 8, 8, 1)),
    (ConvDecoder((8, 8, 1), (4,)), (None, 2)),
]


@pytest.mark.parametrize("suffix", [".h5", ".hdf5"])
def test_a_format_that_would_not_load_is_refused_with_what_to_use(tmp_path, suffix):
    model = DenseEncoder(2)
    model.build((None, 3))
    with pytest.raises(ValueError, match=r"saved as \.keras.*save\('model\.keras'\)"):
        model.save(tmp_path / f"model{suffix}")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(("model", "shape"), MODELS, ids=lambda v: type(v).__name__)
def test_models_and_weights_alone_go_there_and_back(tmp_path, model, shape):
    model.build(shape)
    x = np.ones([2 if size is None else size for size in shape], "float32")
    model.save(tmp_path / "model.keras")
    model.save_weights(tmp_path / "model.weights.h5")
    expected = keras.tree.flatten(model(x))
    loaded = keras.models.load_model(tmp_path / "model.keras")
    fresh = type(model).from_config({**model.get_config(), "name": "fresh"})
    fresh.build(shape)
    for weight in fresh.weights:
        weight.assign(keras.ops.zeros_like(weight))
    fresh.load_weights(tmp_path / "model.weights.h5")
    for again in (loaded, fresh):
        for one, other in zip(keras.tree.flatten(again(x)), expected, strict=True):
            np.testing.assert_allclose(one, other)


def relu_of_the_users(x):
    return keras.ops.maximum(x, 0.0)


@pytest.mark.parametrize(
    "activation", ["tanh", keras.activations.tanh, keras.ops.tanh, relu_of_the_users]
)
def test_an_activation_may_be_a_function(tmp_path, activation):
    encoder = DenseEncoder(2, (4,), activation=activation)
    encoder.build((None, 3))
    encoder.save(tmp_path / "encoder.keras")
    with keras.saving.custom_object_scope({"relu_of_the_users": relu_of_the_users}):
        again = keras.models.load_model(tmp_path / "encoder.keras")
    x = np.random.default_rng(0).normal(size=(5, 3)).astype("float32")
    np.testing.assert_allclose(again(x)[0], encoder(x)[0])
