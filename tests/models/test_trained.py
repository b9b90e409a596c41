"""What Keras users do by habit, with every model of ours: a table of tests."""

import subprocess
import sys

import keras
import numpy as np
import pytest
import tensorflow as tf

from kvae.models import (
    MLP,
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

STREAM = np.random.default_rng(0)
X = STREAM.random((32, 6), "float32")
Y = np.arange(32) % 2
IMAGES = STREAM.random((32, 8, 8, 1), "float32")
WITH_CLASS = np.concatenate([X[:, :4], np.eye(2, dtype="float32")[Y]], axis=1)
SEEDS = (0, 1)


def dense(cls=BetaVAE, seeds=0, **kwargs):
    return cls(
        DenseEncoder(2, (8,), seeds=seeds, dtype=kwargs.get("dtype")),
        DenseDecoder((6,), (8,), seeds=seeds, dtype=kwargs.get("dtype")),
        **kwargs,
    )


def conv(dtype=None):
    return BetaVAE(
        ConvEncoder(2, (4,), dtype=dtype),
        ConvDecoder((8, 8, 1), (4,), dtype=dtype),
        dtype=dtype,
    )


def multi(dtype=None):
    return dense(MultiVAE, SEEDS, dtype=dtype)


def conditional(dtype=None):
    return dense(ConditionalVAE, num_classes=2, schema=continuous("abcd"), dtype=dtype)


def semi_supervised(dtype=None):
    arguments = {"num_classes": 2, "schema": continuous("abcd"), "dtype": dtype}
    return dense(SemiSupervisedVAE, **arguments)


def mlp(dtype=None):
    return MLP(2, (8,), dtype=dtype)


def judge(dtype=None):
    return GenerativeClassifier(2, dtype=dtype)


MODELS = {
    "BetaVAE": (dense, X),
    "convolutional BetaVAE": (conv, IMAGES),
    "MultiVAE": (multi, np.stack([X, X])),
    "ConditionalVAE": (conditional, WITH_CLASS),
    "SemiSupervisedVAE": (semi_supervised, WITH_CLASS),
    "MLP": (mlp, X),
    "GenerativeClassifier": (judge, X),
}
EACH = pytest.mark.parametrize("name", MODELS)
NO_STACKS = pytest.mark.parametrize("name", [n for n in MODELS if n != "MultiVAE"])


def make(name, optimizer="adam", dtype=None, **arguments):
    """Returns a compiled model and its rows."""
    factory, x = MODELS[name]
    model = factory(dtype=dtype)
    if name == "GenerativeClassifier":
        arguments["loss"] = keras.losses.SparseCategoricalCrossentropy(True)
    model.compile(optimizer, **arguments)
    return model, x


def batches_of(x, size=16):
    """Returns tf.data of (rows, labels); a stack's have the replica axis first."""
    if x.ndim == 3:
        parts = x.reshape(2, -1, size, 6).swapaxes(0, 1), np.stack([Y, Y])
        labels = parts[1].reshape(2, -1, size).swapaxes(0, 1)
        return tf.data.Dataset.from_tensor_slices((parts[0], labels))
    return tf.data.Dataset.from_tensor_slices((x, Y)).batch(size)


class Batches(keras.utils.PyDataset):
    def __init__(self, x):
        super().__init__()
        self.batches = list(batches_of(x).as_numpy_iterator())

    def __len__(self):
        return len(self.batches)

    def __getitem__(self, index):
        return self.batches[index]


@NO_STACKS
def test_arrays_with_a_validation_split(name):
    model, x = make(name)
    history = model.fit(x, Y, batch_size=16, validation_split=0.5, verbose=0).history
    assert {"loss", "val_loss"} <= set(history)
    assert np.isfinite(model.evaluate(x, Y, verbose=0, return_dict=True)["loss"])
    assert len(model.predict(x, verbose=0)) == 32
    model.train_on_batch(x, Y)
    model.test_on_batch(x, Y)


def test_arrays_of_a_stack_are_refused_before_keras_cuts_them():
    model, x = make("MultiVAE")
    with pytest.raises(ValueError, match="stack of 2 models and expects batches"):
        model.fit(x, verbose=0)


@EACH
def test_all_callbacks_and_an_optimizer_with_everything(name, tmp_path):
    callbacks = keras.callbacks
    optimizer = keras.optimizers.AdamW(
        1e-3,
        weight_decay=0.01,
        clipnorm=1.0,
        use_ema=True,
        gradient_accumulation_steps=2,
    )
    of_labels = name in ("MLP", "GenerativeClassifier")
    metric = "sparse_categorical_accuracy" if of_labels else "mean_absolute_error"
    model, x = make(name, optimizer, metrics=[metric], steps_per_execution=2)
    model.build((2, None, 6) if x.ndim == 3 else (None, *x.shape[1:]))
    history = model.fit(
        batches_of(x),
        validation_data=batches_of(x),
        epochs=3,
        verbose=0,
        callbacks=[
            callbacks.EarlyStopping(f"val_{metric}", restore_best_weights=True),
            callbacks.ModelCheckpoint(tmp_path / "best.keras", save_best_only=True),
            callbacks.ModelCheckpoint(tmp_path / "w.weights.h5", "loss", 0, True, True),
            callbacks.BackupAndRestore(tmp_path / "backup"),
            callbacks.LearningRateScheduler(lambda epoch, rate: rate / 2),
            callbacks.ReduceLROnPlateau(),
            callbacks.TensorBoard(tmp_path / "logs", histogram_freq=1),
            callbacks.CSVLogger(tmp_path / "log.csv"),
            callbacks.TerminateOnNaN(),
        ],
    ).history
    assert np.isfinite(history["val_loss"]).all()
    assert np.ptp(history[metric]) >= 0
    assert (tmp_path / "log.csv").read_text().count("\n") == 1 + len(history["loss"])
    lines = []
    model.summary(print_fn=lambda line, **_: lines.append(line))
    assert model.name in "\n".join(lines)

    best = keras.models.load_model(tmp_path / "best.keras")
    found = best.evaluate(batches_of(x), verbose=0, return_dict=True)
    np.testing.assert_allclose(found["loss"], min(history["val_loss"]), rtol=1e-4)

    cloned = keras.models.clone_model(model)
    cloned.built or cloned.build(model.get_build_config()["input_shape"])
    cloned.set_weights(model.get_weights())
    np.testing.assert_allclose(cloned(x), model(x), rtol=1e-5)

    model.export(tmp_path / "exported", verbose=False)
    exported = tf.saved_model.load(tmp_path / "exported")
    np.testing.assert_allclose(exported.serve(x), model(x), atol=1e-5)


@EACH
def test_pydatasets_run_eagerly(name):
    model, x = make(name, run_eagerly=True)
    data = Batches(x)
    model.fit(data, validation_data=data, verbose=0)
    assert np.isfinite(model.evaluate(data, verbose=0, return_dict=True)["loss"])
    assert len(model.predict(data, verbose=0)) == (4 if name == "MultiVAE" else 32)


@EACH
@pytest.mark.parametrize("policy", ["mixed_bfloat16", "mixed_float16", "float64"])
def test_precisions(name, policy, tmp_path):
    # Traced once: that is where loss scales and dtypes meet.
    model, x = make(name, dtype=policy, run_eagerly=name != "BetaVAE")
    history = model.fit(batches_of(x), epochs=2, verbose=0).history
    assert np.isfinite(history["loss"]).all()
    model.save(tmp_path / "model.keras")
    again = keras.models.load_model(tmp_path / "model.keras")
    assert again.dtype_policy.name == policy


@EACH
def test_compiles_for_xla(name):
    compiled, x = make(name, keras.optimizers.SGD(0.1), jit_compile=True)
    plain, _ = make(name, keras.optimizers.SGD(0.1), jit_compile=False)
    if name == "GenerativeClassifier":
        compiled.build((None, 6)), plain.build((None, 6))
    losses = [
        model.fit(batches_of(x), epochs=2, verbose=0).history["loss"]
        for model in (compiled, plain)
    ]
    np.testing.assert_allclose(*losses, rtol=1e-4)


MIRRORED = """
import sys
import numpy as np
import tensorflow as tf

cpu = tf.config.list_physical_devices("CPU")[0]
two = [tf.config.LogicalDeviceConfiguration()] * 2
tf.config.set_logical_device_configuration(cpu, two)
import keras
from tests.models.test_trained import MODELS, batches_of, make

strategy = tf.distribute.MirroredStrategy(["CPU:0", "CPU:1"])
for name in MODELS:
    alone, x = make(name, keras.optimizers.SGD(0.1))
    with strategy.scope():
        model, x = make(name, keras.optimizers.SGD(0.1))
    try:
        shared = model.fit(batches_of(x), epochs=2, shuffle=False, verbose=0)
    except ValueError as error:
        print(name, str(error)[:80], sep="|")
        continue
    alone = alone.fit(batches_of(x), epochs=2, shuffle=False, verbose=0)
    print(name, np.ptp([h.history["loss"][1] for h in (shared, alone)]), sep="|")
layer_input = [tf.zeros((4, 2)), tf.zeros((4, 2))]
for _ in range(2):
    with strategy.scope():
        vae, _ = make("BetaVAE")
        vae.build((None, 6))
    noise = strategy.run(lambda: vae.sampling(layer_input, training=True))
    noise = [part.numpy() for part in strategy.experimental_local_results(noise)]
    print("noise", np.abs(noise[0] - noise[1]).min(), noise[0][0, 0], noise[1][0, 0])
"""


def test_two_devices_share_a_batch():
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", MIRRORED],
        capture_output=True,
        text=True,
    )
    lines = done.stdout.splitlines()
    assert len(lines) == len(MODELS) + 2, done.stderr[-3000:]
    for line in lines[: len(MODELS)]:
        name, said = line.split("|")
        if name == "MultiVAE":
            assert "is a stack of 2 models, which a strategy would cut" in said
        else:
            # The noise differs, the size of a step does not.
            assert float(said) < (1e-3 if name == "MLP" else 0.2), line
    first, again = (line.split()[1:] for line in lines[-2:])
    assert first == again  # reproducible
    assert float(first[0]) > 0  # and of its own on each device


@EACH
def test_a_loss_or_a_weight_that_would_be_ignored_is_refused(name):
    model, x = make(name)
    if name == "GenerativeClassifier":
        return  # trains like any Keras classifier
    for argument in ("loss", "loss_weights", "weighted_metrics"):
        with pytest.raises(ValueError, match=f"compile takes no {argument}: .*minimis"):
            model.compile("adam", **{argument: ["mse"]})
    with pytest.raises(ValueError, match="sample weights"):
        model.train_on_batch(x, Y, sample_weight=np.ones(len(x)))


def test_metrics_compare_rows_with_their_reconstruction():
    for name in ("BetaVAE", "ConditionalVAE"):
        model, x = make(name, metrics=["mae"])
        found = model.evaluate(x, verbose=0, return_dict=True)
        columns = 4 if name == "ConditionalVAE" else 6  # the class is no column
        z = model.sampling(model.encode(x))
        z = np.concatenate([z, x[:, columns:]], axis=1)
        mean = model.likelihood.mean(model.decoder(z))[:, :columns]
        expected = np.abs(x[:, :columns] - mean).mean()
        np.testing.assert_allclose(found["mae"], expected, rtol=1e-5)


@pytest.mark.parametrize("keys", [("image", "label"), ("features", "label"), ("x",)])
def test_dictionaries_as_tfds_gives_them(keys):
    model, x = make("BetaVAE")
    columns = dict(zip(keys, (x, Y), strict=False))
    data = tf.data.Dataset.from_tensor_slices(columns).batch(16)
    history = model.fit(data, validation_data=data, verbose=0).history
    assert np.isfinite(history["val_loss"]).all()
    np.testing.assert_allclose(model.predict(data, verbose=0), model(x), rtol=1e-5)
    if "label" in keys:
        classifier, _ = make("MLP")
        classifier.fit(data, verbose=0)


def test_a_dictionary_without_a_clear_choice_is_named():
    model, x = make("BetaVAE")
    data = tf.data.Dataset.from_tensor_slices({"left": x, "right": x}).batch(16)
    with pytest.raises(ValueError, match=r"dictionary of \['left', 'right'\].*map"):
        model.fit(data, verbose=0)


BYTES = (IMAGES * 255).astype("uint8")


@pytest.mark.parametrize(
    "data",
    [
        BYTES,
        tf.constant(BYTES),
        tf.data.Dataset.from_tensor_slices({"image": BYTES, "label": Y}).batch(8),
        tf.data.Dataset.from_tensor_slices((BYTES, Y)).batch(8),
    ],
    ids=["array", "tensor", "tfds", "tf.data"],
)
def test_bytes_are_refused_in_one_sentence_with_the_remedy(data):
    model, _ = make("convolutional BetaVAE")
    for call in (model.fit, model.evaluate):
        with pytest.raises(ValueError) as error:
            call(data, verbose=0)
        assert "divide bytes by 255" in str(error.value)
        assert len(str(error.value)) < 250


def test_an_encoder_of_ones_own_may_rescale():
    inputs = keras.Input((8, 8, 1))
    hidden = keras.layers.Rescaling(1 / 255)(inputs)
    hidden = keras.layers.Dense(8)(keras.layers.Flatten()(hidden))
    codes = [keras.layers.Dense(2, name=n)(hidden) for n in ("mean", "log_var")]
    vae = BetaVAE(keras.Model(inputs, codes), ConvDecoder((8, 8, 1), (4,)))
    vae.compile("adam", metrics=["mae"])
    history = vae.fit(BYTES, validation_data=(BYTES,), verbose=0).history
    assert history["mae"][0] < 1  # in the decoder's scale
    scaled = BYTES.astype("float32") / 255
    expected = -vae.likelihood.log_prob(scaled, vae(BYTES)).numpy().mean()
    np.testing.assert_allclose(vae.compute_losses(BYTES)[1], expected, rtol=0.2)


def test_only_a_first_rescaling_is_one_of_the_rows():
    def reconstruction(*layers):
        inputs = keras.Input((6,))
        codes = keras.Sequential([*layers, keras.layers.Dense(4, "relu")])(inputs)
        codes = [keras.layers.Dense(2, kernel_initializer="zeros")(codes)] * 2
        decoder = DenseDecoder((6,), (8,))
        vae = BetaVAE(keras.Model(inputs, codes), decoder, reconstruction="gaussian")
        vae.build((None, 6))
        return float(vae.compute_losses(X)[1])

    plain = reconstruction()
    hidden = reconstruction(keras.layers.Dense(6), keras.layers.Rescaling(100.0))
    np.testing.assert_allclose(hidden, plain, rtol=1e-5)
    assert reconstruction(keras.layers.Rescaling(100.0)) > 100 * plain


def test_rows_beside_rows_are_what_to_reconstruct():
    model, x = make("BetaVAE")
    model.build((None, 6))
    zeros = np.zeros_like(x)
    same, other, labels = (
        model.evaluate(x, y, verbose=0, return_dict=True)["reconstruction"]
        for y in (x, zeros, Y)
    )
    assert same == labels != other
    logits = model.decoder(model.sampling(model.encode(x)))
    expected = -model.likelihood.log_prob(zeros, logits).numpy().mean()
    np.testing.assert_allclose(other, expected, rtol=1e-5)
    with pytest.raises(ValueError, match="divide by|divide bytes by 255"):
        model.evaluate(x, 255 * x, verbose=0)


def test_metrics_of_a_subclass_start_anew_in_each_epoch():
    class Counting(BetaVAE):
        def __init__(self, *args, **kwargs):
            super().__init__(*args, **kwargs)
            self.batches = keras.metrics.Sum(name="batches")

        def train_step(self, data):
            self.batches.update_state(1.0)
            return super().train_step(data)

    vae = Counting(DenseEncoder(2, (8,)), DenseDecoder((6,), (8,)))
    vae.compile("adam", run_eagerly=True)
    history = vae.fit(X, batch_size=16, epochs=2, verbose=0).history
    assert history["batches"] == [2.0, 2.0]


@pytest.mark.parametrize("call", ["train_on_batch", "test_on_batch"])
def test_a_batch_is_checked_like_a_data_set(call):
    model, x = make("BetaVAE")
    with pytest.raises(ValueError, match="divide bytes by 255"):
        getattr(model, call)(255 * x)


def test_xla_does_not_hide_values_that_would_ruin_the_weights():
    model, x = make("BetaVAE", jit_compile=True)
    with pytest.raises(ValueError, match="divide bytes by 255"):
        model.fit(np.concatenate([x, 255 * x]), verbose=0)
    with pytest.raises(ValueError, match="divide bytes by 255"):
        model.fit(batches_of(255 * x), verbose=0)


def test_rows_of_another_width_are_named():
    model, x = make("BetaVAE")
    model.build((None, 6))
    with pytest.raises(ValueError, match=r"rows of shape \(6,\).*Received: \(5,\)"):
        model.fit(x[:, :5], verbose=0)
