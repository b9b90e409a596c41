import numpy as np
import pytest
import tensorflow as tf

from kvae.models import BetaVAE, DenseDecoder, DenseEncoder, MultiVAE
from kvae.schema import Attribute
from kvae.serving.graph.randomness import row_seeds
from kvae.serving.graph.served_model import ServedModel


def test_each_row_of_a_multi_vae_goes_through_its_own_replica(multi_vae):
    model = ServedModel(multi_vae, ("no", "yes"), None, None)
    x = np.random.default_rng(0).standard_normal((3, 3)).astype("float32")
    z_mean, _ = model.encode(tf.constant(x), tf.constant([1, 0, 1]))
    both = multi_vae.encode(np.stack([x, x]))[0].numpy()
    expected = [both[1, 0], both[0, 1], both[1, 2]]
    np.testing.assert_allclose(z_mean, expected, atol=1e-5)


def test_codes_of_a_plain_autoencoder_have_no_variance(make_vae):
    model = ServedModel(make_vae(deterministic=True), None, None, None)
    _, z_log_var = model.encode(tf.zeros((2, 4)))
    assert np.all(z_log_var == -np.inf)


def test_images_and_plain_numbers_are_their_mean_rows(make_vae):
    vae = make_vae()
    model = ServedModel(vae, None, None, None)
    z = tf.constant([[0.3, -0.2]])
    drawn = model.draw(z, None, tf.zeros((1, 2), tf.int64))
    np.testing.assert_allclose(drawn, vae.decode(z), atol=1e-6)


SCHEMA = (
    Attribute("colour", "nominal", (0, 3), levels=("r", "g", "b")),
    Attribute("size", "continuous", (3, 5), "flag"),
    Attribute("member", "binary", (5, 6)),
    Attribute("shape", "nominal", (6, 8), levels=("x", "y")),
    Attribute("weight", "continuous", (8, 9)),
)
MEAN = np.array([[0.2, 0.5, 0.3, 1.0, 0.0, 0.7, 0.9, 0.1, -2.0]], "float32")


def table_vae(cls=BetaVAE, seeds=0, shape=(None, 9), **kwargs):
    encoder = DenseEncoder(2, (4,), seeds=seeds)
    decoder = DenseDecoder((9,), (4,), seeds=seeds)
    vae = cls(encoder, decoder, reconstruction="mixed", schema=SCHEMA, **kwargs)
    vae.build(shape)
    return vae


def draw(vae, n, index=None):
    """Rows that are drawn around MEAN, whatever the decoder says."""
    model = ServedModel(vae, None, None, None)
    model.decode = lambda z, index: tf.repeat(MEAN, len(z), axis=0)
    seeds = row_seeds(tf.constant(7, tf.int64), n)
    return model.draw(tf.zeros((n, 2)), index, seeds).numpy()


def test_rows_follow_their_mean_rows_as_those_of_numpy_do():
    vae = table_vae()
    x = draw(vae, 20_000)
    mean = np.repeat(MEAN, 20_000, axis=0)
    numbers = vae.likelihood.random_numbers(np.random.default_rng(0), mean.shape)
    expected = vae.likelihood.sample(mean, *numbers)
    np.testing.assert_allclose(x.mean(axis=0), MEAN[0], atol=0.03)
    np.testing.assert_allclose(np.cov(x.T), np.cov(expected.T), atol=0.04)
    assert set(x[:, :3].sum(axis=1)) == set(x[:, 6:8].sum(axis=1)) == {1.0}
    assert set(x[:, 5]) == {0.0, 1.0}


def test_a_row_depends_on_its_own_seeds_alone():
    vae = table_vae()
    np.testing.assert_array_equal(draw(vae, 5), draw(vae, 9)[:5])


@pytest.mark.parametrize("multi", [False, True])
def test_numbers_scatter_by_the_variance_that_was_learned(multi):
    kwargs = {"cls": MultiVAE, "seeds": (0, 1), "shape": (2, None, 9)} if multi else {}
    vae = table_vae(learn_variance=True, **kwargs)
    log_variance = np.log([[0.25, 4.0]]).astype("float32")
    if multi:
        log_variance = np.stack([np.zeros((1, 2), "float32"), log_variance])
    vae._log_variance.assign(log_variance)
    x = draw(vae, 20_000, tf.ones(20_000, tf.int32) if multi else None)
    np.testing.assert_allclose(x[:, [3, 8]].std(axis=0), [0.5, 2.0], rtol=0.03)
