"""The beta-VAE against closed forms in NumPy, and in Keras' machinery."""

import subprocess
import sys

import keras
import numpy as np
import pytest
import tensorflow as tf

import kvae
from kvae import likelihoods, random
from kvae.models import (
    BetaVAE,
    ConvDecoder,
    ConvEncoder,
    DenseDecoder,
    DenseEncoder,
    take,
)
from kvae.schema import Attribute

STREAM = np.random.default_rng(0)
X = STREAM.random((16, 6))


def linear_vae(**kwargs):
    """A VAE without hidden layers: its gradients fit on a page."""
    vae = BetaVAE(
        DenseEncoder(2, (), dtype="float64"),
        DenseDecoder((6,), (), dtype="float64"),
        dtype="float64",
        **kwargs,
    )
    vae.build((None, 6))
    return vae


def closed_form(vae, coefficient, noisy):
    """Loss and gradients of a linear VAE on X, written out in NumPy."""
    w_m, b_m, w_s, b_s, w_x, b_x = (np.asarray(w) for w in vae.trainable_variables)
    noise = random.normal_in_graph(random.derive(0, "sampling"), 0, (16, 2), "float64")
    noise = noisy * noise.numpy()
    m, s = X @ w_m + b_m, X @ w_s + b_s
    z = m + np.exp(s / 2) * noise
    output = z @ w_x + b_x
    if vae.reconstruction == "bernoulli":
        p = 1 / (1 + np.exp(-output))
        each = -(X * np.log(p) + (1 - X) * np.log(1 - p))
        d_output = (p - X) / 16
    else:
        each, d_output = 0.5 * (output - X) ** 2, (output - X) / 16
    kl = noisy * 0.5 * (np.exp(s) + m**2 - 1 - s)
    loss = each.sum(1).mean() + coefficient * kl.sum(1).mean()
    d_z = d_output @ w_x.T
    d_m = d_z + noisy * coefficient * m / 16
    d_s = 0.5 * d_z * np.exp(s / 2) * noise
    d_s = d_s + noisy * coefficient * 0.5 * (np.exp(s) - 1) / 16
    gradients = [
        product
        for inputs, d in ((X, d_m), (X, d_s), (z, d_output))
        for product in (inputs.T @ d, d.sum(0, keepdims=True))
    ]
    return loss, gradients


@pytest.mark.parametrize("reconstruction", ["bernoulli", "gaussian"])
@pytest.mark.parametrize(
    ("kwargs", "coefficient", "noisy"),
    [
        ({"beta": 0.0}, 0.0, True),
        ({"beta": 1.0}, 1.0, True),
        ({"beta": 4.0}, 4.0, True),
        ({"beta": 4.0, "normalize_beta": True}, 4.0 * 2 / 6, True),
        ({"normalize_beta": True, "num_attributes": 3}, 2 / 3, True),
        ({"beta": 4.0, "deterministic": True}, 0.0, False),
    ],
)
def test_loss_and_gradients_equal_their_closed_form(
    reconstruction, kwargs, coefficient, noisy
):
    vae = linear_vae(reconstruction=reconstruction, **kwargs)
    expected_loss, expected = closed_form(vae, coefficient, noisy)
    with tf.GradientTape() as tape:
        loss, *_ = vae.compute_losses(X)
    gradients = tape.gradient(loss, vae.trainable_variables)
    np.testing.assert_allclose(loss, expected_loss, rtol=1e-10)
    for gradient, closed, variable in zip(
        gradients, expected, vae.trainable_variables, strict=True
    ):
        if gradient is None:  # z_log_var has no part in a deterministic loss
            np.testing.assert_array_equal(closed, 0)
        else:
            np.testing.assert_allclose(
                gradient, closed, atol=1e-12, err_msg=variable.path
            )


def test_card_has_the_decks_normalised_beta():
    vae = BetaVAE(DenseEncoder(2), DenseDecoder((51,)), 1.0, True, num_attributes=15)
    vae.build((None, 51))
    np.testing.assert_allclose(vae.coefficient, 0.133, atol=5e-4)


def test_images_have_height_times_width_times_channels_attributes():
    vae = BetaVAE(ConvEncoder(4), ConvDecoder((8, 8, 3)), normalize_beta=True)
    vae.build((None, 8, 8, 3))
    np.testing.assert_allclose(vae.coefficient, 4 / 192)


def test_the_parts_add_up_to_the_loss(make_vae):
    vae = make_vae(beta=0.3)
    loss, reconstruction, kl, active = vae.compute_losses(X[:, :4].astype("float32"))
    np.testing.assert_allclose(loss, reconstruction + 0.3 * kl, rtol=1e-6)
    assert 0 <= active <= 2


def test_counts_active_latents(make_vae, table_rows):
    vae = make_vae()
    kernel, bias = vae.encoder.z_mean.weights
    kernel.assign(tf.stack([kernel[:, 0], tf.zeros(8)], axis=1))
    assert int(vae.compute_losses(table_rows.x)[3]) == 1


def test_training_without_kl_beats_training_with_it(make_vae, table_rows):
    results = {}
    for beta in (0.0, 10.0):
        vae = make_vae(beta=beta)
        vae.fit(kvae.batches(table_rows.x, batch_size=16, steps=300), verbose=0)
        results[beta] = vae.evaluate(table_rows.x, verbose=0, return_dict=True)
    assert results[0.0]["reconstruction"] < results[10.0]["reconstruction"]
    assert results[0.0]["kl"] > results[10.0]["kl"]


def test_outside_training_there_is_no_noise(make_vae, table_rows):
    vae = make_vae()
    np.testing.assert_array_equal(vae(table_rows.x), vae(table_rows.x))
    assert not np.allclose(
        vae(table_rows.x, training=True), vae(table_rows.x, training=True)
    )
    mean, _ = vae.encode(table_rows.x)
    np.testing.assert_array_equal(vae(table_rows.x), vae.decode(mean))


def test_evaluate_weighs_the_last_batch_by_its_rows(make_vae, table_rows):
    vae = make_vae(deterministic=True)
    whole = vae.evaluate(table_rows.x, batch_size=40, verbose=0, return_dict=True)
    parts = vae.evaluate(table_rows.x, batch_size=17, verbose=0, return_dict=True)
    np.testing.assert_allclose(whole["loss"], parts["loss"], rtol=1e-5)


def test_the_log_of_a_stack_is_the_mean_of_its_members(make_vae, table_rows):
    stack = make_vae(seeds=(0, 1))
    singles = [make_vae(seeds=seed) for seed in (0, 1)]
    x = table_rows.x
    data = tf.data.Dataset.from_tensors(np.stack([x, x]))
    stacked = stack.evaluate(data, verbose=0, return_dict=True)
    each = [
        vae.evaluate(x, batch_size=40, verbose=0, return_dict=True) for vae in singles
    ]
    for name, value in stacked.items():
        np.testing.assert_allclose(
            value, np.mean([logs[name] for logs in each]), rtol=1e-5
        )


def test_a_saved_model_gives_the_same_in_a_fresh_process(tmp_path):
    x = STREAM.random((4, 8, 8, 1)).astype("float32")
    np.save(tmp_path / "x.npy", x)
    models = {
        "dense": BetaVAE(DenseEncoder(3), DenseDecoder((8, 8, 1)), normalize_beta=True),
        "conv": BetaVAE(ConvEncoder(3), ConvDecoder((8, 8, 1)), beta=0.5),
        "stack": BetaVAE(
            DenseEncoder(3, seeds=(1, 2)), DenseDecoder((8, 8, 1), seeds=(1, 2)), (0, 1)
        ),
    }
    for name, vae in models.items():
        seeds = (0, 1) if name == "stack" else 0
        vae.compile("adam")
        vae.fit(kvae.batches(x, batch_size=2, steps=3, seeds=seeds), verbose=0)
        vae.save(tmp_path / f"{name}.keras")
    code = (
        "import sys, numpy as np, kvae, keras\n"
        "import kvae.models\n"
        "x = np.load('x.npy')\n"
        "for name in ('dense', 'conv', 'stack'):\n"
        "    vae = keras.saving.load_model(f'{name}.keras')\n"
        "    rows = np.stack([x, x]) if name == 'stack' else x\n"
        "    np.savez(f'{name}.npz', x_hat=vae(rows), losses=np.hstack(\n"
        "        [np.ravel(part) for part in vae.compute_losses(rows)]),\n"
        "        steps=vae.optimizer.iterations)\n"
    )
    subprocess.run([sys.executable, "-c", code], cwd=tmp_path, check=True)
    for name, vae in models.items():
        rows = np.stack([x, x]) if name == "stack" else x
        fresh = np.load(tmp_path / f"{name}.npz")
        np.testing.assert_array_equal(fresh["x_hat"], vae(rows))
        losses = np.hstack([np.ravel(part) for part in vae.compute_losses(rows)])
        np.testing.assert_array_equal(fresh["losses"], losses)
        assert fresh["steps"] == 3


def test_works_with_keras_callbacks(make_vae, table_rows, tmp_path):
    vae = make_vae()
    callbacks = [
        keras.callbacks.TensorBoard(tmp_path / "logs"),
        keras.callbacks.EarlyStopping("val_loss", patience=2, min_delta=1e9),
        keras.callbacks.ModelCheckpoint(tmp_path / "best.keras", "val_loss"),
    ]
    history = vae.fit(
        table_rows.x,
        validation_data=(table_rows.x, table_rows.y),
        epochs=10,
        callbacks=callbacks,
        verbose=0,
    ).history
    assert len(history["loss"]) == 3  # stopped early
    assert {"val_loss", "val_reconstruction", "val_kl"} <= set(history)
    assert list((tmp_path / "logs" / "train").iterdir())
    best = keras.saving.load_model(tmp_path / "best.keras")
    np.testing.assert_array_equal(best(table_rows.x), vae(table_rows.x))


def test_an_interrupted_fit_goes_on_as_if_nothing_had_happened(
    make_vae, table_rows, tmp_path
):
    data = kvae.batches(table_rows.x, batch_size=8, steps=20)
    whole = make_vae()
    whole.fit(data, epochs=4, verbose=0)

    class Interrupt(keras.callbacks.Callback):
        def on_epoch_begin(self, epoch, logs=None):
            if epoch == 2:
                raise KeyboardInterrupt

    def backup():
        return keras.callbacks.BackupAndRestore(tmp_path / "backup")

    with pytest.raises(KeyboardInterrupt):
        make_vae().fit(data, epochs=4, verbose=0, callbacks=[backup(), Interrupt()])
    resumed = make_vae()
    resumed.fit(data, epochs=4, verbose=0, callbacks=[backup()])
    np.testing.assert_array_equal(resumed(table_rows.x), whole(table_rows.x))


def test_steps_per_execution_changes_nothing(make_vae, table_rows):
    outputs = []
    for steps in (1, 7, 50):
        vae = make_vae()
        vae.compile("adam", steps_per_execution=steps)
        vae.fit(kvae.batches(table_rows.x, batch_size=8, steps=50), verbose=0)
        outputs.append(vae(table_rows.x))
    np.testing.assert_allclose(outputs[0], outputs[1], atol=1e-6)
    np.testing.assert_allclose(outputs[0], outputs[2], atol=1e-6)


def test_trains_in_mixed_precision(make_vae, table_rows):
    vae = make_vae(dtype="mixed_bfloat16")
    history = vae.fit(table_rows.x, epochs=20, verbose=0).history["loss"]
    assert history[-1] < history[0]
    assert {w.dtype for w in vae.trainable_variables} == {"float32"}
    assert keras.backend.standardize_dtype(vae(table_rows.x).dtype) == "bfloat16"
    loss, *_ = vae.compute_losses(table_rows.x)
    assert keras.backend.standardize_dtype(loss.dtype) == "float32"


def test_takes_encoders_and_decoders_of_the_users_own(table_rows):
    keras.utils.set_random_seed(0)  # the user's layers have no seeds of their own
    inputs = keras.Input((4,))
    hidden = keras.layers.Dense(8, "relu")(inputs)
    heads = [keras.layers.Dense(2)(hidden) for _ in range(2)]
    encoder = keras.Model(inputs, heads)
    decoder = keras.Sequential([keras.Input((2,)), keras.layers.Dense(4)])
    vae = BetaVAE(encoder, decoder, reconstruction="gaussian")
    vae.compile(keras.optimizers.Adam(0.01))
    history = vae.fit(table_rows.x, epochs=20, verbose=0).history["loss"]
    assert history[-1] < history[0]
    assert len(kvae.generate(vae, *table_rows, n=3)) == 6


def test_round_trips_through_its_config(make_vae):
    vae = make_vae(seeds=(1, 2), beta=(0.5, 2.0), normalize_beta=True)
    copy = BetaVAE.from_config(vae.get_config())
    assert copy.beta == (0.5, 2.0)
    assert copy.seeds == (1, 2)
    assert copy.get_config()["num_attributes"] == 4


@pytest.mark.parametrize(
    ("kwargs", "message"),
    [
        ({"beta": -1.0}, "beta expects a finite number >= 0. Received: -1.0"),
        ({"beta": (1.0, 2.0)}, r"one for each replica \(replicas=None\)"),
        ({"reconstruction": "mse"}, "reconstruction expects one of"),
    ],
)
def test_refuses_bad_arguments(kwargs, message):
    with pytest.raises(ValueError, match=message):
        BetaVAE(DenseEncoder(2), DenseDecoder((4,)), **kwargs)


def test_trains_on_any_number_type(make_vae, table_rows):
    for dtype in ("float64", "float16", "int32"):
        vae = make_vae()
        x = table_rows.x.astype(dtype)
        history = vae.fit(kvae.batches(x, batch_size=8), verbose=0).history
        assert np.isfinite(history["loss"]).all()


@pytest.mark.parametrize(
    ("reconstruction", "value", "message"),
    [
        ("bernoulli", 255.0, r"in \[0, 1\]; divide"),
        ("bernoulli", np.nan, r"in \[0, 1\]; divide"),
        ("gaussian", np.nan, "finite; fill or drop"),
        ("gaussian", np.inf, "finite; fill or drop"),
    ],
)
def test_fit_stops_at_values_that_would_ruin_the_weights(
    make_vae, reconstruction, value, message
):
    vae = make_vae(reconstruction=reconstruction)
    x = np.zeros((8, 4), "float32")
    x[3, 1] = value
    before = [w.numpy() for w in vae.trainable_variables]
    with pytest.raises(ValueError, match=message):
        vae.fit(x, verbose=0)
    for ours, theirs in zip(vae.trainable_variables, before, strict=True):
        np.testing.assert_array_equal(ours, theirs)


def test_refuses_models_that_do_not_fit_together():
    wrong_size = BetaVAE(DenseEncoder(2), DenseDecoder((1,)))
    with pytest.raises(ValueError, match="decoder whose output has the shape of x"):
        wrong_size.build((None, 4))
    one_head = keras.Sequential([keras.Input((4,)), keras.layers.Dense(2)])
    with pytest.raises(ValueError, match="z_mean and z_log_var, two"):
        BetaVAE(one_head, DenseDecoder((4,))).build((None, 4))


def test_refuses_sample_weights_and_wrong_shapes(make_vae, table_rows):
    vae = make_vae()
    with pytest.raises(ValueError, match="sample weights"):
        vae.fit(table_rows.x, table_rows.y, sample_weight=np.ones(40), verbose=0)
    with pytest.raises(ValueError, match="kvae.batches"):
        make_vae(seeds=(0, 1)).fit(np.zeros((8, 8, 4)), verbose=0)


NUMBER = Attribute("n", "continuous", (0, 2), "flag")
WORD = Attribute("w", "nominal", (2, 4), levels=("a", "b"))


def mixed_vae(seeds):
    vae = BetaVAE(
        DenseEncoder(2, (8,), seeds=seeds),
        DenseDecoder((4,), (8,), seeds=seeds),
        reconstruction="mixed",
        schema=(NUMBER, WORD),
        learn_variance=True,
    )
    vae.compile(keras.optimizers.Adam(0.01), steps_per_execution=25)
    return vae


def mixed_x():
    x = np.zeros((40, 4), "float32")
    x[:, 0] = STREAM.normal(size=40)
    x[:, 2:] = np.eye(2)[np.arange(40) % 2]
    x[:5, :2] = (0, 1)
    return x


def test_a_stack_with_learned_variances_trains_like_its_members():
    x, seeds = mixed_x(), (3, 4)
    stack = mixed_vae(seeds)
    stack.fit(kvae.batches(x, batch_size=8, steps=50, seeds=seeds), verbose=0)
    assert stack.log_variance.shape == (2, 1, 1)
    for r, seed in enumerate(seeds):
        single = mixed_vae(seed)
        single.fit(kvae.batches(x, batch_size=8, steps=50, seeds=seed), verbose=0)
        alone = take(stack, r)
        for ours, theirs in zip(alone.get_weights(), single.get_weights(), strict=True):
            np.testing.assert_allclose(ours, theirs, atol=1e-4)
    assert (np.asarray(stack.log_variance) != 0).all()


def test_a_mixed_vae_saves_and_loads(tmp_path):
    vae, x = mixed_vae(0), mixed_x()
    vae.fit(x, verbose=0)
    vae.save(tmp_path / "vae.keras")
    again = keras.saving.load_model(tmp_path / "vae.keras")
    assert again.schema == vae.schema
    assert again.num_attributes == 2
    np.testing.assert_array_equal(again.decode(again.encode(x)[0])[:, 1], 0)
    for ours, theirs in zip(again.get_weights(), vae.get_weights(), strict=True):
        np.testing.assert_array_equal(ours, theirs)


def test_takes_a_likelihood_instead_of_its_name():
    vae = BetaVAE(
        DenseEncoder(2),
        DenseDecoder((4,)),
        reconstruction=likelihoods.Mixed((NUMBER, WORD)),
        learn_variance=True,
    )
    assert (vae.reconstruction, vae.schema) == ("mixed", (NUMBER, WORD))
    assert vae.learn_variance
    again = BetaVAE.from_config(vae.get_config())
    assert again.schema == vae.schema
    assert type(again.likelihood) is likelihoods.Mixed


@keras.saving.register_keras_serializable(package="tests")
class Laplace(likelihoods.Gaussian):
    """A likelihood that kvae does not have."""

    name = "laplace"

    def log_prob(self, x, outputs, log_variance=None, batch_axes=1):
        return -keras.ops.sum(keras.ops.abs(x - outputs), axis=-1)


def test_trains_saves_and_loads_with_a_likelihood_of_the_users(tmp_path, table_rows):
    vae = BetaVAE(
        DenseEncoder(2),
        DenseDecoder((4,)),
        reconstruction=Laplace(),
        deterministic=True,
    )
    vae.compile("adam")
    vae.fit(table_rows.x, verbose=0)
    x = table_rows.x
    expected = np.abs(x - vae(x)).sum(axis=1).mean()
    np.testing.assert_allclose(vae.compute_losses(x)[1], expected, rtol=1e-5)
    vae.save(tmp_path / "vae.keras")
    again = keras.saving.load_model(tmp_path / "vae.keras")
    assert type(again.likelihood) is Laplace
    np.testing.assert_array_equal(again(x), vae(x))


@pytest.mark.parametrize("seeds", [0, (3, 4)])
def test_samples_scatter_by_the_learned_variance_of_their_replica(seeds):
    vae, n = mixed_vae(seeds), 20_000
    stacked = isinstance(seeds, tuple)
    vae.build((2, None, 4) if stacked else (None, 4))
    variances = [4.0, 0.25] if stacked else [0.25]
    vae._log_variance.assign(np.log(np.reshape(variances, vae._log_variance.shape)))
    mean = np.tile(np.array([[-2, 0, 0.2, 0.8]], "float32"), (n, 1))
    numbers = vae.likelihood.random_numbers(np.random.default_rng(0), mean.shape)
    replica = np.ones(n, int) if stacked else None
    x = vae.sample(mean, *numbers, replica=replica)
    assert isinstance(x, np.ndarray)
    np.testing.assert_allclose(x.mean(axis=0), mean[0], atol=0.02)
    np.testing.assert_allclose(x[:, 0].std(), 0.5, rtol=0.03)


def test_mixed_rows_outside_their_range_are_refused():
    x = mixed_x()
    x[0, 2] = 2
    with pytest.raises(ValueError, match="schema says levels"):
        mixed_vae(0).fit(x, verbose=0)
