import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from kvae.data.guarded import Rows
from kvae.semi_supervised import candidates
from kvae.semi_supervised.candidates import (
    CLASSIFIERS,
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
    vae = fit_vaes(x, 0, settings)
    estimators = [LogisticRegression(max_iter=1000)] * 2
    found = predict_parts(
        name, parts, [x[60:], x[60:70]], estimators, [1, 2], 3, [vae, vae]
    )
    assert [len(labels) for labels in found] == [30, 10]
    assert np.mean(found[0] == y[60:]) > 0.9


def test_of_many_unlabelled_rows_some_are_drawn():
    rows = np.arange(40.0)[:, None]
    few = candidates._at_most(rows, 10, seed=1)
    assert len(few) == 10 and (np.diff(few[:, 0]) > 0).all()
    assert candidates._at_most(rows, 40, seed=1) is rows
    np.testing.assert_array_equal(few, candidates._at_most(rows, 10, seed=1))


def test_an_unknown_name_is_said():
    with pytest.raises(ValueError, match="'self-training'.*Received: 'magic'"):
        make("magic")
