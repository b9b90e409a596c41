"""Samplers one after another."""

import keras

from kvae.samplers.sampler import Sampler


@keras.saving.register_keras_serializable(package="kvae")
class Chain(Sampler):
    """Each member works on the output of the one before it, with its own parameters.

    Args:
        samplers: Samplers, at least one.

    Raises:
        ValueError: for an empty chain, or members that are no samplers.

    Example:
        >>> from kvae.samplers import Interpolate, Noise
        >>> Chain([Interpolate(alpha=0.5, k=3), Noise(alpha=0.1)]).name
        'interpolate+noise'
    """

    def __init__(self, samplers):
        self.samplers = list(samplers)
        if not self.samplers or not all(isinstance(s, Sampler) for s in self.samplers):
            raise ValueError(
                "Chain expects a list of at least one sampler. "
                f"Received: {self.samplers!r}."
            )

    @property
    def name(self):
        """The names of the members, joined by "+"."""
        return "+".join(member.name for member in self.samplers)

    def move(self, draws, codes, generator):
        """Lets every member move the draws."""
        for member in self.samplers:
            draws = member.move(draws, codes, generator)
        return draws

    def get_config(self):
        """Returns the members' configs."""
        return {
            "samplers": [keras.saving.serialize_keras_object(s) for s in self.samplers]
        }

    @classmethod
    def from_config(cls, config):
        """Returns the chain that `get_config` described."""
        members = config["samplers"]
        return cls(
            [keras.saving.deserialize_keras_object(member) for member in members]
        )

    def __repr__(self):
        return f"Chain({self.samplers!r})"
