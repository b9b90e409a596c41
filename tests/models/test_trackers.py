"""Logged means and their directions."""

import keras
import numpy as np
import pytest

from kvae.models import MLP, BetaVAE, DenseDecoder, DenseEncoder
from kvae.models.trackers import make_trackers

X = np.random.default_rng(0).random((16, 4), "float32")


def test_holds_a_mean_for_each_name():
    trackers = make_trackers({"kl": "down", "elbo": "up"})
    kl, elbo = trackers.metrics
    kl.update_state([1.0, 3.0])
    elbo.update_state([-1.0])
    assert {k: float(v) for k, v in trackers.result().items()} == {"kl": 2, "elbo": -1}
    assert len(trackers.variables) == 4
    trackers.reset_state()
    assert float(trackers.result()["kl"]) == 0


@pytest.mark.parametrize(
    ("monitor", "better"),
    [("val_active_units", "greater"), ("val_elbo", "greater"), ("kl", "less")],
)
def test_early_stopping_knows_which_way_is_better(monitor, better):
    vae = BetaVAE(DenseEncoder(2, (4,)), DenseDecoder((4,), (4,)))
    vae.compile("adam")
    stopping = keras.callbacks.EarlyStopping(monitor, patience=9)
    vae.fit(X, validation_data=(X,), epochs=1, verbose=0, callbacks=[stopping])
    assert stopping.monitor_op is getattr(keras.ops, better)


def test_accuracy_of_an_mlp_goes_up():
    model = MLP(2, (4,))
    model.compile("adam")
    stopping = keras.callbacks.EarlyStopping("accuracy")
    model.fit(X, np.arange(16) % 2, verbose=0, callbacks=[stopping])
    assert stopping.monitor_op is keras.ops.greater
