"""p(x | z) of a decoder: its logarithm, its mean rows, and rows drawn from it."""

import keras

from kvae.checks import expect_one_of
from kvae.likelihoods.bernoulli import Bernoulli
from kvae.likelihoods.gaussian import Gaussian
from kvae.likelihoods.likelihood import Likelihood
from kvae.likelihoods.mixed import Mixed
from kvae.likelihoods.optimal_gaussian import OptimalGaussian

__all__ = [
    "LIKELIHOODS",
    "Bernoulli",
    "Gaussian",
    "Likelihood",
    "Mixed",
    "OptimalGaussian",
    "get",
    "serialize",
]

LIKELIHOODS = {
    "bernoulli": Bernoulli,
    "gaussian": Gaussian,
    "mixed": Mixed,
    "optimal_gaussian": OptimalGaussian,
}


def get(identifier, schema=None):
    """Returns a likelihood from its name or config, or the likelihood itself.

    Args:
        identifier: Likelihood, a name in `LIKELIHOODS`, or what `serialize` returned.
        schema: tuple of Attribute, which "mixed" needs.

    Example:
        >>> get("bernoulli").support
        (0.0, 1.0)
    """
    if isinstance(identifier, Likelihood):
        return identifier
    if isinstance(identifier, dict):
        return keras.saving.deserialize_keras_object(identifier)
    expect_one_of("reconstruction", identifier, LIKELIHOODS)
    return Mixed(schema) if identifier == "mixed" else LIKELIHOODS[identifier]()


def serialize(likelihood):
    """Returns what `get` takes: the name of one of kvae's own, or a config."""
    if type(likelihood) is LIKELIHOODS.get(likelihood.name):
        return likelihood.name
    return keras.saving.serialize_keras_object(likelihood)
