import numpy as np
import pytest

from kvae.models import BetaVAE, ConvDecoder, ConvEncoder


@pytest.mark.parametrize("shape", [(8, 8, 1), (28, 28, 1), (9, 14, 3)])
def test_decodes_to_the_shape_it_encoded(shape):
    x = np.random.default_rng(0).random((4, *shape)).astype("float32")
    z_mean, z_log_var = ConvEncoder(latent_dim=3)(x)
    assert z_mean.shape == z_log_var.shape == (4, 3)
    assert ConvDecoder(shape)(z_mean).shape == x.shape


def test_starts_from_its_seed_alone():
    x = np.ones((1, 8, 8, 1), "float32")
    first, again, other = (ConvEncoder(3, seed=seed)(x)[0] for seed in (0, 0, 1))
    np.testing.assert_array_equal(first, again)
    assert not np.allclose(first, other)


def test_learns_to_reconstruct():
    x = np.zeros((64, 8, 8, 1), "float32")
    x[:32, :, :4], x[32:, :4] = 1, 1  # two patterns
    vae = BetaVAE(ConvEncoder(2), ConvDecoder((8, 8, 1)), beta=0.1)
    vae.compile("adam")
    history = vae.fit(x, epochs=30, verbose=0).history["reconstruction"]
    assert history[-1] < 0.5 * history[0]


@pytest.mark.parametrize("model", [ConvEncoder(2, (4,)), ConvDecoder((8, 8, 1), (4,))])
def test_round_trips_through_its_config(model):
    assert (
        type(model).from_config(model.get_config()).get_config() == model.get_config()
    )
