"""What a search builds: a VAE that trains, made of what the trial asks for."""

import keras_tuner
import numpy as np
import pytest

from kvae.tuning import DenseVAEHyperModel


def test_builds_what_the_trial_asks_for():
    model, hp = DenseVAEHyperModel((3, 3, 1), beta=2.0), keras_tuner.HyperParameters()
    model.build(hp)
    hp.values |= {"latent_dim": 5, "units": 20, "learning_rate": 0.01}
    vae = model.build(hp)
    assert (vae.latent_dim, vae.beta) == (5, 2.0)
    assert vae.encoder.hidden_units == vae.decoder.hidden_units == (20,)
    assert float(vae.optimizer.learning_rate) == pytest.approx(0.01)


def test_a_search_trains_and_compares_trials(tmp_path):
    x = np.random.default_rng(0).random((40, 6), "float32")
    tuner = keras_tuner.RandomSearch(
        DenseVAEHyperModel((6,)),
        keras_tuner.Objective("val_loss", "min"),
        max_trials=2,
        seed=0,
        directory=tmp_path,
    )
    tuner.search(x, validation_data=(x,), epochs=1, verbose=0)
    trials = tuner.oracle.get_best_trials(2)
    assert all(trial.score > 0 for trial in trials)
    assert trials[0].score <= trials[1].score
