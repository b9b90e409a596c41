"""Numbers of a model that a callback may set while it trains."""

import keras
import numpy as np

from kvae.checks import expect_at_least


class Adjustable:
    """A number >= 0 of a model, or one for each of its R replicas, read by every step.

    An attribute of a class. It is no weight: it is saved in the model's config. The
    traced training step reads a variable, so that an assignment reaches it.

    Raises (on assignment):
        ValueError: for a number < 0, or a wrong number of them.
    """

    def __set_name__(self, owner, name):
        self.name = name

    def __get__(self, model, owner=None):
        return self if model is None else vars(model).get(f"_{self.name}")

    def __set__(self, model, value):
        value = self._checked(model, value)
        variable = vars(model).get(f"_{self.name}_variable")
        if variable is None:
            variable = keras.Variable(
                value, dtype=model.variable_dtype, trainable=False, name=self.name
            )
            # Past Keras' __setattr__, which would make a weight of it.
            vars(model)[f"_{self.name}_variable"] = variable
        if np.shape(value) != tuple(variable.shape):
            raise ValueError(
                f"{self.name} expects one for each replica where it had one for each, "
                f"and one for all where it had one. Received: {value!r}."
            )
        variable.assign(value)
        vars(model)[f"_{self.name}"] = value

    def in_graph(self, model, dtype):
        """Returns the tensor, () or (R,), that a training step reads."""
        return keras.ops.cast(vars(model)[f"_{self.name}_variable"], dtype)

    def config(self, model):
        """Returns the number, or the list of them, for the model's config."""
        value = vars(model)[f"_{self.name}"]
        return list(value) if isinstance(value, tuple) else value

    def _checked(self, model, value):
        if np.ndim(value) == 0:
            expect_at_least(self.name, value, 0)
            return float(value)
        values = tuple(float(number) for number in value)
        if len(values) != model.replicas:
            raise ValueError(
                f"{self.name} expects one number, or one for each replica "
                f"(replicas={model.replicas}). Received: {len(values)} numbers."
            )
        for number in values:
            expect_at_least(self.name, number, 0)
        return values
