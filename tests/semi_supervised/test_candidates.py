import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from kvae.data.guarded import Rows
from kvae.semi_supervised.candidates import (
    CLASSIFIERS,
    LATENT_MEANS,
    make,
    predict_parts,
)
from kvae.training.vaes import VAESettings, fit_vaes


@pytest.mark.parametrize("name", CLASSIFIERS)
def test_each_predicts_the_rows_held_out(name):
    stream = np.random.default_rng(0)
    y = np.arange(90) % 3
    x = (stream.normal(size=(90, 4)) + 4 * y[:, None]).astype("float32")
    parts = [(Rows(x[:15], y[:15]), x[30:60]), (Rows(x[15:30], y[15:30]), x[30:60])]
    settings = VAESettings(2, 1.0, (8,), "gaussian", batch_size=16, steps=20)
    vae = fit_vaes(x, 0, settings) if name == LATENT_MEANS else None
    estimators = [LogisticRegression(max_iter=1000)] * 2
    found = predict_parts(
        name, parts, [x[60:], x[60:70]], estimators, [1, 2], 3, [vae, vae]
    )
    assert [len(labels) for labels in found] == [30, 10]
    assert np.mean(found[0] == y[60:]) > 0.9


def test_what_is_missing_is_said():
    with pytest.raises(ValueError, match="expects a trained VAE"):
        make(LATENT_MEANS)
    with pytest.raises(ValueError, match="'self-training'.*Received: 'magic'"):
        make("magic")
