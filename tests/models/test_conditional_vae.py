import keras
import numpy as np
import pytest

import kvae
from kvae import latent
from kvae.models import ConditionalVAE, DenseDecoder, DenseEncoder
from kvae.schema import Attribute

SCHEMA = (
    Attribute("n", "continuous", (0, 1)),
    Attribute("w", "nominal", (1, 3), levels=("a", "b")),
)


@pytest.fixture(scope="module")
def rows():
    stream = np.random.default_rng(0)
    y = np.repeat([0, 1], 30)
    word = np.eye(2)[stream.integers(0, 2, 60)]
    x = np.column_stack([stream.normal(scale=0.3, size=60) + 4 * y - 2, word])
    return x.astype("float32"), y


@pytest.fixture(scope="module")
def vae(rows):
    x, y = rows
    vae = ConditionalVAE(
        DenseEncoder(2, (16,)), DenseDecoder((5,), (16,)), 2, SCHEMA, beta=1.0
    )
    vae.compile(keras.optimizers.Adam(0.01), steps_per_execution=50)
    data = kvae.batches(vae.with_class(x, y), batch_size=16, steps=300)
    vae.fit(data, verbose=0)
    return vae


def test_draws_from_the_prior_follow_the_class(vae, rows):
    new = kvae.generate(vae, *rows, sampler="normal", n=50)
    assert new.x.shape == (100, 3)
    assert new.x[new.y == 0, 0].max() < new.x[new.y == 1, 0].min()


def test_the_decoder_is_told_the_class(vae, rows):
    draws = vae.with_class(np.zeros((2, 2)), [0, 1])
    low, high = np.asarray(vae.decode(draws))[:, 0]
    assert low < -1 < 1 < high


def test_classes_do_not_mix(vae, rows):
    codes = latent.encode(vae, *rows)
    np.testing.assert_array_equal(codes.replica, rows[1])
    with pytest.raises(ValueError, match="from 0 to 1.*ConditionalVAE"):
        latent.encode(vae, rows[0], np.full(60, None))


def test_saves_and_loads(vae, rows, tmp_path):
    vae.save(tmp_path / "vae.keras")
    again = keras.saving.load_model(tmp_path / "vae.keras")
    for ours, theirs in zip(vae.get_weights(), again.get_weights(), strict=True):
        np.testing.assert_array_equal(ours, theirs)
    first, second = (kvae.generate(v, *rows, "noise", n=3).x for v in (vae, again))
    np.testing.assert_array_equal(first, second)


def test_other_reconstructions_are_refused():
    with pytest.raises(ValueError, match="'mixed'"):
        ConditionalVAE(
            DenseEncoder(2), DenseDecoder((5,)), 2, reconstruction="gaussian"
        )
