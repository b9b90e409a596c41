import keras
import numpy as np

from kvae.layers import GaussianSampling

MEAN = np.random.default_rng(0).normal(size=(3, 50_000, 2)).astype("float32")
LOG_VAR = np.full_like(MEAN, np.log(0.25))


def test_draws_have_the_mean_and_the_spread_asked_for():
    z = GaussianSampling(seeds=0)([MEAN[0], LOG_VAR[0]], training=True)
    noise = (z - MEAN[0]) / 0.5
    assert abs(np.mean(noise)) < 0.02
    assert abs(np.std(noise) - 1) < 0.02


def test_every_training_step_has_its_own_noise():
    layer = GaussianSampling(seeds=0)
    first, second = (layer([MEAN[0], LOG_VAR[0]], training=True) for _ in range(2))
    assert not np.allclose(first, second)
    again = GaussianSampling(seeds=0)([MEAN[0], LOG_VAR[0]], training=True)
    np.testing.assert_array_equal(first, again)


def test_evaluations_repeat_and_leave_training_alone():
    layer, untouched = GaussianSampling(seeds=0), GaussianSampling(seeds=0)
    codes = [MEAN[0], LOG_VAR[0]]
    first, second = layer(codes), layer(codes)
    np.testing.assert_array_equal(first, second)
    trained = layer(codes, training=True)
    np.testing.assert_array_equal(trained, untouched(codes, training=True))
    assert not np.allclose(trained, first)


def test_equals_a_loop_over_single_layers():
    stack = GaussianSampling(seeds=(4, 5, 6))
    singles = [GaussianSampling(seeds=seed) for seed in (4, 5, 6)]
    for _ in range(2):
        z = stack([MEAN, LOG_VAR], training=True)
        for r, single in enumerate(singles):
            alone = single([MEAN[r], LOG_VAR[r]], training=True)
            np.testing.assert_array_equal(z[r], alone)


def test_a_reloaded_layer_goes_on_where_it_stopped(tmp_path):
    inputs = [keras.Input((2,)), keras.Input((2,))]
    layer = GaussianSampling(seeds=3)
    model = keras.Model(inputs, layer(inputs))
    codes = [MEAN[0, :5], LOG_VAR[0, :5]]
    model(codes, training=True)
    model.save(tmp_path / "model.keras")
    copy = keras.saving.load_model(tmp_path / "model.keras")
    np.testing.assert_array_equal(
        model(codes, training=True), copy(codes, training=True)
    )


def test_keeps_half_precision():
    layer = GaussianSampling(dtype="bfloat16")
    z = layer([MEAN[0, :5], LOG_VAR[0, :5]], training=True)
    assert keras.backend.standardize_dtype(z.dtype) == "bfloat16"
