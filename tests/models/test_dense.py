import numpy as np
import pytest

from kvae.models import DenseDecoder, DenseEncoder

X = np.random.default_rng(0).random(size=(2, 5, 8, 8, 1)).astype("float32")


def test_is_matrix_products_and_relus():
    encoder = DenseEncoder(2, (6,), seeds=0)
    z_mean, z_log_var = encoder(X[0])
    kernel, bias = (np.asarray(w) for w in encoder.hidden[0].weights)
    hidden = np.maximum(X[0].reshape(5, 64) @ kernel + bias, 0)
    for head, output in ((encoder.z_mean, z_mean), (encoder.z_log_var, z_log_var)):
        kernel, bias = (np.asarray(w) for w in head.weights)
        np.testing.assert_allclose(output, hidden @ kernel + bias, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("hidden_units", [(), (6,), (7, 6)])
def test_a_stack_equals_a_loop(hidden_units):
    encoder = DenseEncoder(2, hidden_units, seeds=(3, 4))
    decoder = DenseDecoder((8, 8, 1), hidden_units, seeds=(3, 4))
    codes = encoder(X)
    x_hat = decoder(codes[0])
    assert x_hat.shape == X.shape
    for r, seed in enumerate((3, 4)):
        z_mean, z_log_var = DenseEncoder(2, hidden_units, seeds=seed)(X[r])
        np.testing.assert_allclose(codes[0][r], z_mean, rtol=1e-4, atol=1e-6)
        np.testing.assert_allclose(codes[1][r], z_log_var, rtol=1e-4, atol=1e-6)
        alone = DenseDecoder((8, 8, 1), hidden_units, seeds=seed)(z_mean)
        np.testing.assert_allclose(x_hat[r], alone, rtol=1e-4, atol=1e-5)


def test_encoder_and_decoder_of_one_seed_differ():
    encoder, decoder = DenseEncoder(4, (4,)), DenseDecoder((4,), (4,))
    encoder.build((None, 4))
    decoder.build((None, 4))
    assert not np.allclose(encoder.weights[0], decoder.weights[0])


@pytest.mark.parametrize(
    "model", [DenseEncoder(2, (6, 5), "tanh", (1, 2)), DenseDecoder((3,), (6,))]
)
def test_round_trips_through_its_config(model):
    assert (
        type(model).from_config(model.get_config()).get_config() == model.get_config()
    )
