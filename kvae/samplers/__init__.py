"""Samplers: latent codes in, draws out. ``get("noise", alpha=0.5)`` makes one."""

from kvae.checks import expect_one_of
from kvae.samplers.chain import Chain
from kvae.samplers.interpolate import Extrapolate, Interpolate
from kvae.samplers.noise import Noise
from kvae.samplers.normal import Normal
from kvae.samplers.posterior import Posterior
from kvae.samplers.propagate import Propagate
from kvae.samplers.sampler import RequestParameter, Sampler

# Of those that a request to an exported model asks for, each works on the output of
# the one before it here.
SAMPLERS = {
    "extrapolate": Extrapolate,
    "interpolate": Interpolate,
    "noise": Noise,
    "normal": Normal,
    "posterior": Posterior,
    "propagate": Propagate,
}

__all__ = [
    "SAMPLERS",
    "Chain",
    "Extrapolate",
    "Interpolate",
    "Noise",
    "Normal",
    "Posterior",
    "Propagate",
    "RequestParameter",
    "Sampler",
    "get",
]


def get(identifier, **kwargs):
    """Returns a sampler from its name, or the sampler itself.

    Args:
        identifier: a Sampler; a name such as "noise"; names joined by "+", such as
            "interpolate+noise", for a chain; or a list of any of these.
        **kwargs: arguments of the sampler, where the identifier is a single name.

    Raises:
        ValueError: for an unknown name or argument; the message lists the known
            ones.

    Example:
        >>> get("noise", alpha=0.5)
        Noise(alpha=0.5)
        >>> get("interpolate+noise").name
        'interpolate+noise'
    """
    if isinstance(identifier, str) and "+" in identifier:
        identifier = identifier.split("+")
    if kwargs and not isinstance(identifier, str):
        raise ValueError(
            "samplers.get takes arguments for a single name. Received: "
            f"{identifier!r} with {kwargs}. Give each member its own: "
            "[Interpolate(k=3), Noise(alpha=0.1)]."
        )
    if isinstance(identifier, Sampler):
        return identifier
    if isinstance(identifier, list | tuple):
        return Chain([get(member) for member in identifier])
    expect_one_of("sampler", identifier, SAMPLERS)
    for name in kwargs:
        known = SAMPLERS[identifier]().get_config()
        expect_one_of(f"argument of sampler {identifier!r}", name, known)
    return SAMPLERS[identifier](**kwargs)
