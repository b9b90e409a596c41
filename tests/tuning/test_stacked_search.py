import dataclasses

import numpy as np
import pytest

from kvae.data.batches import batches
from kvae.models import take
from kvae.schema import continuous
from kvae.training.vaes import VAESettings
from kvae.tuning import search_stacked

STREAM = np.random.default_rng(0)
X = (STREAM.normal(size=(90, 2)) @ STREAM.normal(size=(2, 5))).astype("float32")
TRAIN, VALIDATION = X[:60], X[60:]
SETTINGS = VAESettings(2, 0.5, (8,), "gaussian", batch_size=16, steps=30)
TRIALS = [
    {"beta": 0.1, "learning_rate": 0.01, "seed": 3},
    {"learning_rate": 0.001},
    {"beta": 2.0},
]
COMPLETE = [
    {"beta": 0.1, "learning_rate": 0.01, "seed": 3},
    {"beta": 0.5, "learning_rate": 0.001, "seed": 0},
    {"beta": 2.0, "learning_rate": 0.001, "seed": 0},
]


@pytest.fixture(scope="module")
def found():
    return search_stacked(TRAIN, VALIDATION, TRIALS, SETTINGS)


@pytest.mark.parametrize("number", [0, 2])
def test_a_trial_ends_with_the_elbo_it_has_alone(found, number):
    table, _ = found
    trial = COMPLETE[number]
    settings = dataclasses.replace(
        SETTINGS, beta=trial["beta"], learning_rate=trial["learning_rate"]
    )
    vae = settings.build((5,), trial["seed"])
    data = batches(TRAIN, batch_size=16, steps=30, seeds=trial["seed"])
    vae.fit(data, verbose=0, shuffle=False)
    said = vae.evaluate(VALIDATION, verbose=0, return_dict=True, batch_size=30)
    row = table.loc[number]
    assert row["elbo"] == pytest.approx(said["elbo"], abs=1e-3)
    assert row["kl"] == pytest.approx(said["kl"], abs=1e-3)
    assert row["reconstruction"] == pytest.approx(said["reconstruction"], abs=1e-3)


def test_the_best_elbo_comes_first_and_what_a_trial_lacks_is_in_the_settings(found):
    table, _ = found
    assert table["elbo"].is_monotonic_decreasing
    elbo = -(table["reconstruction"] + table["kl"])
    np.testing.assert_allclose(table["elbo"], elbo, rtol=1e-6)
    inputs = table.sort_index()[["beta", "learning_rate", "seed"]]
    assert inputs.to_dict("records") == COMPLETE
    assert table["elbo"].nunique() == 3


def test_the_vae_of_a_trial_can_be_taken_out_of_the_stack(found):
    table, stack = found
    for r in range(3):
        vae = take(stack, r)
        assert np.ravel(vae.beta).tolist() == [pytest.approx(COMPLETE[r]["beta"])]
        vae.compile("adam", run_eagerly=True)
        said = vae.evaluate(VALIDATION, verbose=0, return_dict=True, batch_size=30)
        assert said["elbo"] == pytest.approx(table.loc[r, "elbo"], abs=1e-4)


def test_many_rows_are_judged_in_parts_and_arguments_of_the_vae_arrive():
    many = STREAM.normal(size=(270, 5)).astype("float32")
    settings = dataclasses.replace(SETTINGS, steps=2, reconstruction="mixed")
    schema = continuous(range(5))
    arguments = {"schema": schema, "learn_variance": True}
    table, stack = search_stacked(TRAIN, many, TRIALS[:1], settings, **arguments)
    vae = take(stack, 0)
    assert vae.likelihood.schema == schema
    vae.compile("adam", run_eagerly=True)
    said = vae.evaluate(many, verbose=0, return_dict=True, batch_size=256)
    assert table["elbo"][0] == pytest.approx(said["elbo"], abs=1e-4)


@pytest.mark.parametrize(
    ("trials", "message"),
    [
        ([], "at least one trial"),
        ([{"latent_dim": 3}], r"\['latent_dim'\]. Search those by .*make_tuner"),
    ],
)
def test_what_cannot_be_stacked_is_refused(trials, message):
    with pytest.raises(ValueError, match=message):
        search_stacked(TRAIN, VALIDATION, trials, SETTINGS)
