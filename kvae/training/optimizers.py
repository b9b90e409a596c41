"""Optimizers of stacks."""

import keras
import numpy as np
from keras import ops


@keras.saving.register_keras_serializable(package="kvae")
class ReplicatedAdam(keras.optimizers.Adam):
    """Adam with a learning rate for each replica of a stack.

    Adam looks at each number alone, so that replica r trains as it would alone with
    Adam(learning_rates[r]).

    Args:
        learning_rates: R floats. Callbacks that set `learning_rate` scale them all: it
            is a factor, 1 at first.
        **kwargs: other arguments of keras.optimizers.Adam.

    Raises:
        ValueError: for weight decay or norms to clip to; in training, for variables
            without an axis of R replicas.

    Example:
        >>> ReplicatedAdam([0.1, 0.01]).get_config()["learning_rates"]
        [0.1, 0.01]

    Reference:
        Kingma and Ba 2015, Adam: A Method for Stochastic Optimization.
    """

    def __init__(self, learning_rates, learning_rate=1.0, **kwargs):
        odd = [
            n for n in ("weight_decay", "clipnorm", "global_clipnorm") if kwargs.get(n)
        ]
        if odd:
            raise ValueError(
                f"ReplicatedAdam has no {', '.join(odd)}: Keras would take them of the "
                "whole stack, so that its members were not what they are alone. Leave "
                "them out, or train the members one by one with Adam."
            )
        super().__init__(learning_rate=learning_rate, **kwargs)
        self.learning_rates = [float(rate) for rate in learning_rates]

    def update_step(self, gradient, variable, learning_rate):
        """Moves a variable (R, ...), each replica by its own rate."""
        replicas = len(self.learning_rates)
        if tuple(variable.shape)[:1] != (replicas,):
            raise ValueError(
                f"ReplicatedAdam has {replicas} learning rates and expects variables "
                f"({replicas}, ...). Received: {variable.name!r} of shape "
                f"{tuple(variable.shape)}."
            )
        rates = np.reshape(
            self.learning_rates, (-1,) + (1,) * (len(variable.shape) - 1)
        )
        rates = ops.cast(rates, variable.dtype) * ops.cast(
            learning_rate, variable.dtype
        )
        super().update_step(gradient, variable, rates)

    def get_config(self):
        """Returns the arguments."""
        return {**super().get_config(), "learning_rates": self.learning_rates}
