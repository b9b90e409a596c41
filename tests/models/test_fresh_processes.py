"""What once failed for users of Keras, each in a process of its own.

The same behaviours are tested in one process by `test_trained` and `test_keras_habits`.
"""

import subprocess
import sys

import pytest

START = """
import keras, kvae
import numpy as np
import tensorflow as tf
x = np.random.default_rng(0).random((64, 6), "float32")
def make(**arguments):
    return kvae.BetaVAE(kvae.DenseEncoder(2, (8,)), kvae.DenseDecoder((6,), (8,)),
                        **arguments)
def fails(call, words):
    try:
        call()
    except (ValueError, TypeError) as error:
        assert words in str(error), error
        assert len(str(error)) < 400, len(str(error))
    else:
        raise AssertionError("nothing was said")
vae = make()
"""
REPRODUCTIONS = {
    "1 a bare import is enough for load_model": """
vae.build((None, 6)); vae.save("a.keras")
code = "import keras, kvae; print(keras.models.load_model('a.keras').beta)"
import subprocess, sys
assert subprocess.run([sys.executable, "-c", code]).returncode == 0
""",
    "2 a search over a compiled, unbuilt VAE": """
import keras_tuner
def build(hp):
    vae = make(beta=hp.Float("beta", 0.1, 1.0))
    vae.compile("adam")
    return vae
tuner = keras_tuner.RandomSearch(build, keras_tuner.Objective("val_elbo", "max"),
                                 max_trials=2, directory="search")
tuner.search(x, validation_data=(x,), epochs=1, verbose=0)
assert [t.status for t in tuner.oracle.trials.values()] == ["COMPLETED"] * 2
best = tuner.get_best_models(1)[0]
""",
    "2 export after fit alone": """
vae.compile("adam"); vae.fit(x, verbose=0); vae.export("m", verbose=False)
again = tf.saved_model.load("m")
np.testing.assert_allclose(again.serve(x), vae(x), atol=1e-6)
""",
    "3 HDF5": """
vae.build((None, 6))
fails(lambda: vae.save("a.h5"), "model.save('model.keras')")
vae.save_weights("a.weights.h5")
again = make(); again.build((None, 6)); again.load_weights("a.weights.h5")
np.testing.assert_allclose(again(x), vae(x))
""",
    "4 arguments that were swallowed": """
fails(lambda: vae.compile(loss="mse", metrics=["mae"]), "takes no loss")
vae.compile("adam", metrics=["mae"])
assert "mae" in vae.fit(x, verbose=0).history
sampler = kvae.VAEOverSampler()
call = lambda: sampler.fit_resample(x, [0, 1] * 32, sample_wieght=1)
fails(call, "sample_wieght")
""",
    "5 losses that were dropped": """
inputs = keras.Input((6,))
strong = keras.regularizers.L2(100.0)
codes = [keras.layers.Dense(2, kernel_regularizer=strong)(inputs) for _ in range(2)]
decoder = keras.Sequential([keras.Input((2,)), keras.layers.Dense(6)])
vae = kvae.BetaVAE(keras.Model(inputs, codes), decoder)
vae.compile(keras.optimizers.SGD(0.0))
history = vae.fit(x, verbose=0).history
penalty = float(sum(vae.losses))
assert penalty > 50
found = history["loss"][0] - history["reconstruction"][0] - history["kl"][0]
np.testing.assert_allclose(found, penalty, rtol=1e-3)
""",
    "6 a beta that moves": """
class WarmUp(keras.callbacks.Callback):
    def on_epoch_begin(self, epoch, logs=None):
        self.model.beta = 10.0 * epoch
vae.compile(keras.optimizers.SGD(0.0))
history = vae.fit(x, epochs=2, verbose=0, callbacks=[WarmUp()]).history
expected = history["reconstruction"][1] + 10 * history["kl"][1]
np.testing.assert_allclose(history["loss"][1], expected, rtol=1e-4)
schedule = kvae.BetaSchedule("linear", steps=4, beta=0.5)
vae.fit(x, epochs=1, verbose=0, callbacks=[schedule])
""",
    "8 an objective that does not fall with beta": """
found = {}
for beta in (0.0, 100.0):
    vae = make(beta=beta); vae.compile("adam")
    logs = vae.evaluate(x, verbose=0, return_dict=True)
    found[beta] = logs
    np.testing.assert_allclose(logs["elbo"], -logs["reconstruction"] - logs["kl"],
                               rtol=1e-5)
assert found[0.0]["loss"] < found[100.0]["loss"]
np.testing.assert_allclose(found[0.0]["elbo"], found[100.0]["elbo"], rtol=1e-5)
""",
    "9 configs, shapes, directions": """
encoder = kvae.DenseEncoder(2, activation=keras.activations.tanh)
vae = kvae.BetaVAE(encoder, kvae.DenseDecoder((6,)))
assert encoder.compute_output_shape((None, 6)) == ((None, 2), (None, 2))
assert vae.compute_output_shape((None, 6)) == (None, 6)
config = vae.get_config()
for _ in range(2):
    assert kvae.BetaVAE.from_config(config).encoder.activation is encoder.activation
vae.compile("adam")
stop = keras.callbacks.EarlyStopping("val_active_units")
vae.fit(x, validation_data=(x,), verbose=0, callbacks=[stop])
""",
    "10 dictionaries and bytes": """
images = (np.random.default_rng(0).random((32, 8, 8, 1)) * 255).astype("uint8")
data = tf.data.Dataset.from_tensor_slices({"image": images, "label": [0] * 32})
vae = kvae.BetaVAE(kvae.DenseEncoder(2), kvae.DenseDecoder((8, 8, 1)))
vae.compile("adam")
fails(lambda: vae.fit(data.batch(8), verbose=0), "divide bytes by 255")
fails(lambda: vae.fit(images, verbose=0), "divide bytes by 255")
scaled = data.map(lambda row: {**row, "image": row["image"] / 255})
vae.fit(scaled.batch(8), verbose=0)
inputs = keras.Input((8, 8, 1))
h = keras.layers.Flatten()(keras.layers.Rescaling(1 / 255)(inputs))
codes = [keras.layers.Dense(2)(h) for _ in range(2)]
vae = kvae.BetaVAE(keras.Model(inputs, codes), kvae.DenseDecoder((8, 8, 1)))
vae.compile("adam"); vae.fit(data.batch(8), verbose=0)
""",
}


@pytest.mark.slow
@pytest.mark.parametrize("name", REPRODUCTIONS)
def test_works_in_a_fresh_process(name, tmp_path):
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", START + REPRODUCTIONS[name]],
        capture_output=True,
        text=True,
        cwd=tmp_path,
    )
    assert done.returncode == 0, done.stderr[-2000:]
