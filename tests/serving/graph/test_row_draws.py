import numpy as np
import pytest
import tensorflow as tf

from kvae.models import BetaVAE, DenseDecoder, DenseEncoder, MultiVAE
from kvae.schema import Attribute
from kvae.serving.graph.row_draws import draw_rows

SCHEMA = (
    Attribute("colour", "nominal", (0, 3), levels=("r", "g", "b")),
    Attribute("size", "continuous", (3, 5), "flag"),
    Attribute("member", "binary", (5, 6)),
    Attribute("shape", "nominal", (6, 8), levels=("x", "y")),
    Attribute("weight", "continuous", (8, 9)),
)
MEAN = np.array([[0.2, 0.5, 0.3, 1.0, 0.0, 0.7, 0.9, 0.1, -2.0]], "float32")


def make(cls=BetaVAE, seeds=0, shape=(None, 9), **kwargs):
    encoder = DenseEncoder(2, (4,), seeds=seeds)
    decoder = DenseDecoder((9,), (4,), seeds=seeds)
    vae = cls(encoder, decoder, reconstruction="mixed", schema=SCHEMA, **kwargs)
    vae.build(shape)
    return vae


def draw(vae, n, index=None):
    seeds = tf.stack([tf.fill([n], 7), tf.range(n)], axis=1)
    mean = tf.repeat(MEAN, n, axis=0)
    return draw_rows(vae, mean, tf.cast(seeds, tf.int64), index).numpy()


def test_rows_follow_their_mean_rows_as_those_of_numpy_do():
    vae = make()
    x = draw(vae, 20_000)
    expected = vae.likelihood.sample(
        np.repeat(MEAN, 20_000, axis=0), np.random.default_rng(0)
    )
    np.testing.assert_allclose(x.mean(axis=0), MEAN[0], atol=0.03)
    np.testing.assert_allclose(np.cov(x.T), np.cov(expected.T), atol=0.04)
    assert set(x[:, :3].sum(axis=1)) == set(x[:, 6:8].sum(axis=1)) == {1.0}
    assert set(x[:, 5]) == {0.0, 1.0}


def test_a_row_depends_on_its_own_seeds_alone():
    vae = make()
    np.testing.assert_array_equal(draw(vae, 5), draw(vae, 9)[:5])


@pytest.mark.parametrize("multi", [False, True])
def test_numbers_scatter_by_the_variance_that_was_learned(multi):
    kwargs = {"cls": MultiVAE, "seeds": (0, 1), "shape": (2, None, 9)} if multi else {}
    vae = make(learn_variance=True, **kwargs)
    log_variance = np.log([[0.25, 4.0]]).astype("float32")
    if multi:
        log_variance = np.stack([np.zeros((1, 2), "float32"), log_variance])
    vae._log_variance.assign(log_variance)
    x = draw(vae, 20_000, tf.ones(20_000, tf.int32) if multi else None)
    np.testing.assert_allclose(x[:, [3, 8]].std(axis=0), [0.5, 2.0], rtol=0.03)
