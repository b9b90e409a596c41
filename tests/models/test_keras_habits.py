"""What Keras users do by habit, with every model of ours."""

import json

import keras
import numpy as np
import pytest
import tensorflow as tf

from kvae.models import (
    BetaVAE,
    ConvDecoder,
    ConvEncoder,
    DenseDecoder,
    DenseEncoder,
    MultiVAE,
)

X = np.random.default_rng(0).random((32, 6), "float32")


def vae_of(**kwargs):
    return BetaVAE(DenseEncoder(2, (8,)), DenseDecoder((6,), (8,)), **kwargs)


class Adding(keras.layers.Layer):
    """Passes its input on, and adds a constant to the loss."""

    def call(self, x):
        self.add_loss(keras.ops.convert_to_tensor(7.0))
        return x


def own_models(regularizer=None, extra=None):
    """An encoder and a decoder as a user would write them."""
    inputs = keras.Input((6,))
    hidden = keras.layers.Dense(8, kernel_regularizer=regularizer)(inputs)
    hidden = hidden if extra is None else extra(hidden)
    codes = [keras.layers.Dense(2)(hidden) for _ in range(2)]
    decoder = keras.Sequential([keras.Input((2,)), keras.layers.Dense(6)])
    return keras.Model(inputs, codes), decoder


def test_fit_alone_leaves_a_build_config_that_is_json():
    vae = vae_of()
    vae.compile("adam")
    vae.fit(X, verbose=0)
    config = json.loads(json.dumps(vae.get_build_config()))
    assert config["input_shape"][1:] == [6]


def test_exports_after_fit_alone(tmp_path):
    vae = vae_of()
    vae.compile("adam")
    vae.fit(X, verbose=0)
    vae.export(tmp_path / "model", verbose=False)
    exported = tf.saved_model.load(tmp_path / "model")
    np.testing.assert_allclose(exported.serve(X[:3]), vae(X[:3]), atol=1e-6)


def test_weight_regularizers_reach_the_loss_and_the_weights():
    strong = keras.regularizers.L2(10.0)
    encoder, decoder = own_models(strong)
    vae = BetaVAE(encoder, decoder)
    vae.build((None, 6))
    penalty = float(sum(vae.losses))
    assert penalty > 1
    loss, reconstruction, kl, _ = vae.compute_losses(X)
    np.testing.assert_allclose(loss, reconstruction + kl + penalty, rtol=1e-5)
    vae.compile(keras.optimizers.SGD(0.01))
    history = vae.fit(X, epochs=20, verbose=0).history
    assert float(sum(vae.losses)) < penalty / 10
    difference = history["loss"][0] - history["reconstruction"][0] - history["kl"][0]
    assert difference > 0.5


def test_losses_that_a_layer_adds_reach_the_loss_once():
    encoder, decoder = own_models(extra=Adding())
    vae = BetaVAE(encoder, decoder)
    vae.build((None, 6))
    for _ in range(2):  # a second call does not see the first one's
        loss, reconstruction, kl, _ = vae.compute_losses(X)
        np.testing.assert_allclose(loss, reconstruction + kl + 7.0, rtol=1e-5)


def test_beta_moves_while_the_model_trains():
    class WarmUp(keras.callbacks.Callback):
        def on_epoch_begin(self, epoch, logs=None):
            self.model.beta = 10.0 * epoch

    vae = vae_of(beta=0.0)
    vae.compile(keras.optimizers.SGD(0.0))
    history = vae.fit(X, epochs=3, callbacks=[WarmUp()], verbose=0).history
    for epoch in range(3):
        expected = history["reconstruction"][epoch] + 10 * epoch * history["kl"][epoch]
        np.testing.assert_allclose(history["loss"][epoch], expected, rtol=1e-4)
    assert vae.beta == vae.get_config()["beta"] == 20.0


def test_betas_of_replicas_move_one_by_one():
    seeds = (0, 1)
    encoder, decoder = (
        DenseEncoder(2, (8,), seeds=seeds),
        DenseDecoder((6,), (8,), seeds=seeds),
    )
    vae = MultiVAE(encoder, decoder, beta=[1.0, 2.0])
    vae.build((2, None, 6))
    x = np.stack([X, X])
    vae.beta = [0.0, 3.0]
    loss, reconstruction, kl, _ = vae.compute_losses(x)
    expected = np.sum(reconstruction + np.array([0.0, 3.0]) * kl)
    np.testing.assert_allclose(loss, expected, rtol=1e-5)
    with pytest.raises(ValueError, match="one for each replica"):
        vae.beta = 1.0
    with pytest.raises(ValueError, match="beta expects"):
        vae.beta = [1.0, -1.0]


def test_beta_is_an_argument_and_no_weight(tmp_path):
    vae = vae_of(beta=0.3)
    vae.build((None, 6))
    assert not any("beta" in weight.name for weight in vae.weights)
    vae.beta = 0.7
    vae.save(tmp_path / "vae.keras")
    again = keras.models.load_model(tmp_path / "vae.keras")
    assert again.beta == 0.7


def test_a_config_makes_a_model_as_often_as_it_is_asked_to():
    vae = vae_of(beta=0.3)
    config = vae.get_config()
    first, second = (BetaVAE.from_config(config) for _ in range(2))
    assert first.get_config() == second.get_config() == vae.get_config()


@pytest.mark.parametrize(
    ("model", "given", "expected"),
    [
        (DenseEncoder(3), (None, 8, 8, 1), ((None, 3), (None, 3))),
        (DenseDecoder((8, 8, 1)), (None, 3), (None, 8, 8, 1)),
        (DenseEncoder(3, seeds=(0, 1)), (2, None, 5), ((2, None, 3), (2, None, 3))),
        (DenseDecoder((5,), seeds=(0, 1)), (2, None, 3), (2, None, 5)),
        (ConvEncoder(3), (None, 9, 7, 2), ((None, 3), (None, 3))),
        (ConvDecoder((9, 7, 2)), (None, 3), (None, 9, 7, 2)),
        (vae_of(), (None, 6), (None, 6)),
    ],
    ids=lambda value: type(value).__name__,
)
def test_says_its_output_shape_before_it_is_built(model, given, expected):
    assert not model.built
    assert model.compute_output_shape(given) == expected
    model.build(given)
    x = np.zeros([4 if size is None else size for size in given], "float32")
    shapes = keras.tree.map_structure(lambda y: tuple(y.shape), model(x))
    filled = keras.tree.map_structure(lambda n: 4 if n is None else n, expected)
    assert keras.tree.flatten(shapes) == keras.tree.flatten(filled)
