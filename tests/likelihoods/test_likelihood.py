"""What all likelihoods do alike."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from kvae import likelihoods
from kvae.likelihoods import Bernoulli, Gaussian, Mixed, OptimalGaussian
from kvae.schema import Attribute

STREAM = np.random.default_rng(0)
SCHEMA = (
    Attribute("number", "continuous", (0, 2), "flag"),
    Attribute("answer", "binary", (2, 3)),
    Attribute("colour", "nominal", (3, 7), "flag", levels=("r", "g", "b")),
    Attribute("always", "constant", (7, 7)),
    Attribute("size", "nominal", (7, 9), levels=("s", "l")),
    Attribute("count", "integer", (9, 10)),
    Attribute("rain", "continuous", (10, 15), "flag", spikes=(0.0, -1.0)),
)
EVERY = [Bernoulli(), Gaussian(), Mixed(SCHEMA), OptimalGaussian()]


@pytest.mark.parametrize("name", ["bernoulli", "gaussian"])
def test_replicas_are_rows_of_rows(name):
    likelihood = likelihoods.get(name)
    x, x_hat = STREAM.random(size=(2, 2, 5, 4, 3))
    stack = likelihood.log_prob(x, x_hat, batch_axes=2)
    assert stack.shape == (2, 5)
    for r in range(2):
        np.testing.assert_allclose(stack[r], likelihood.log_prob(x[r], x_hat[r]))


def test_unknown_reconstruction_names_the_known():
    with pytest.raises(
        ValueError,
        match="'bernoulli', 'gaussian', 'mixed', 'optimal_gaussian'. Received: 'mse'",
    ):
        likelihoods.get("mse")


def drawn(likelihood, mean, log_variance=None):
    """Rows around mean rows, by NumPy, and the random numbers they are made of."""
    numbers = likelihood.random_numbers(np.random.default_rng(0), mean.shape)
    return likelihood.sample(mean, *numbers, log_variance), numbers


def test_samples_of_numbers_and_of_probabilities_scatter_around_the_mean():
    mean = np.repeat(STREAM.random((1, 2, 3)), 20_000, axis=0)
    for likelihood, variance in (
        (Gaussian(), np.ones((2, 3))),
        (Bernoulli(), mean[0] * (1 - mean[0])),
    ):
        x, _ = drawn(likelihood, mean)
        np.testing.assert_allclose(x.mean(axis=0), mean[0], atol=0.03)
        np.testing.assert_allclose(x.var(axis=0), variance, rtol=0.05)
    assert set(np.unique(x)) == {0.0, 1.0}


@pytest.mark.parametrize("likelihood", EVERY, ids=lambda likelihood: likelihood.name)
def test_samples_of_tensors_in_a_graph_are_those_of_arrays(likelihood):
    outputs = STREAM.normal(size=(500, 15)).astype("float32")
    mean = np.asarray(likelihood.mean(outputs))
    log_variance = np.log([[0.25, 4.0, 1.0]]).astype("float32")
    x, numbers = drawn(likelihood, mean, log_variance)
    assert (type(x), x.dtype, x.shape) == (np.ndarray, mean.dtype, mean.shape)
    tensors = [None if n is None else tf.constant(n, "float32") for n in numbers]
    graph = tf.function(likelihood.sample, autograph=False)
    in_graph = graph(tf.constant(mean), *tensors, tf.constant(log_variance))
    assert in_graph.dtype == tf.float32
    np.testing.assert_allclose(in_graph, x, atol=1e-5)


@pytest.mark.parametrize("likelihood", EVERY, ids=lambda likelihood: likelihood.name)
def test_no_rows_are_no_problem(likelihood):
    assert drawn(likelihood, np.zeros((0, 15), "float32"))[0].shape == (0, 15)


@pytest.mark.parametrize("likelihood", EVERY, ids=lambda likelihood: likelihood.name)
def test_is_known_by_its_name_and_round_trips_through_keras_saving(likelihood):
    assert likelihoods.serialize(likelihood) == likelihood.name
    again = likelihoods.get(likelihood.name, SCHEMA)
    assert type(again) is type(likelihood)
    assert likelihoods.get(likelihood) is likelihood
    copy = likelihoods.get(keras.saving.serialize_keras_object(likelihood))
    assert type(copy) is type(likelihood)
    assert copy.schema == likelihood.schema == again.schema
