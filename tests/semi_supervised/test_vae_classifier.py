import dataclasses
import pickle

import numpy as np

from kvae.data.guarded import Rows
from kvae.semi_supervised import VAEClassifier
from kvae.semi_supervised.vae_classifier import SETTINGS, fit_vae_classifiers

SHORT = dataclasses.replace(SETTINGS, steps=100)


def problem(seed):
    stream = np.random.default_rng(seed)
    y = np.arange(120) % 3
    x = 100 * (stream.normal(size=(120, 4)) + 3 * y[:, None]) + 1000
    return Rows(x[:12], y[:12]), x[12:], y[12:]


def test_learns_in_units_of_its_own():
    labelled, unlabelled, y = problem(0)
    x = np.concatenate([labelled.x, unlabelled])
    some = np.append(labelled.y, np.full(len(unlabelled), -1))
    model = VAEClassifier().fit(x, some)
    assert model.score(unlabelled, y) > 0.95
    again = pickle.loads(pickle.dumps(model))
    np.testing.assert_array_equal(again.predict_proba(x), model.predict_proba(x))


def test_a_problem_is_the_same_in_any_company():
    parts = [problem(0)[:2], problem(1)[:2]]
    both = fit_vae_classifiers(parts, [7, 8], 3, settings=SHORT)
    (alone,) = fit_vae_classifiers(parts[1:], [8], 3, settings=SHORT)
    x = parts[1][1]
    np.testing.assert_allclose(both[1](x), alone(x), atol=1e-5)
