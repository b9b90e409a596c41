"""R dense layers in one, so that R small models train in one step."""

import keras
import numpy as np
from keras import ops

from kvae import random
from kvae.checks import expect_shape
from kvae.row_sums import NEIGHBOURS, to_rows

# Longer sums than this are cut into parts whose number depends on that of the replicas,
# in products of a whole stack.
AT_ONCE = 256


def normalize_seeds(seeds):
    """Returns an int for a single model, or a tuple of R ints for R replicas.

    Raises:
        ValueError: for an empty sequence, or anything but integers.

    Example:
        >>> normalize_seeds(3), normalize_seeds(range(2))
        (3, (0, 1))
    """
    if isinstance(seeds, int | np.integer):
        return int(seeds)
    seeds = tuple(seeds)
    if not seeds or not all(isinstance(seed, int | np.integer) for seed in seeds):
        raise ValueError(
            "seeds expects an integer (one model) or a sequence of R >= 1 integers "
            f"(R replicas). Received: {seeds!r}."
        )
    return tuple(int(seed) for seed in seeds)


def seeds_config(seeds):
    """Returns seeds for a config: an int, or a list, which Keras stores as it is."""
    return seeds if isinstance(seeds, int) else list(seeds)


def expect_replica_axis(who, x, replicas):
    """Raises ValueError unless a stack of R models gets batches (R, B, ...)."""
    if replicas is not None and x.shape[0] != replicas:
        raise ValueError(
            f"{who} has {replicas} replicas and expects batches of shape (R, B, ...) "
            f"= ({replicas}, None, ...). Received: shape={tuple(x.shape)}. Make them "
            "with kvae.batches(x, seeds=...); fit(array) would cut R into batches."
        )


@keras.saving.register_keras_serializable(package="kvae")
class ReplicatedDense(keras.layers.Layer):
    """R dense layers side by side: y[r] = activation(x[r] @ kernel[r] + bias[r]).

    With an int as `seeds` it is a plain dense layer without the axis R; replica r of
    a stack equals the plain layer with its seed, in training, too: on CPUs bit by bit
    where B is a multiple of 16, else up to rounding.

    Args:
        units: int, outputs of each replica.
        activation: str or callable, default linear.
        seeds: int, or R ints; replica r starts from seeds[r] and the layer's name
            alone, wherever it stands.

    Call arguments:
        x: float tensor (R, B, F), or (B, F).

    Returns:
        Float tensor (R, B, units), or (B, units).

    Raises:
        ValueError: where the input's axes do not fit the seeds.

    Example:
        >>> layer = ReplicatedDense(4, seeds=(0, 1, 2), name="dense")
        >>> layer(ops.ones((3, 5, 7))).shape
        TensorShape([3, 5, 4])
    """

    def __init__(self, units, activation=None, seeds=0, **kwargs):
        super().__init__(**kwargs)
        self.units = units
        self.activation = keras.activations.get(activation)
        self.seeds = normalize_seeds(seeds)

    @property
    def replicas(self):
        """Int R, or None where there is no replica axis."""
        return None if isinstance(self.seeds, int) else len(self.seeds)

    def build(self, input_shape):
        """Makes kernel (R, F, units) and bias (R, 1, units)."""
        features = input_shape[-1]
        stack = () if self.replicas is None else (self.replicas,)
        axes = "(R, B, F)" if stack else "(B, F)"
        expect_shape(self.name, axes, input_shape, (*stack, None, features))
        self.input_spec = keras.InputSpec(shape=(*stack, None, features))
        self.kernel = self.add_weight(
            (*stack, features, self.units), self._draw_each, name="kernel"
        )
        self.bias = self.add_weight((*stack, 1, self.units), "zeros", name="bias")

    def call(self, x):
        """Returns the activations."""
        bias = self.bias
        if self.units % NEIGHBOURS:  # else `to_rows` would change nothing
            bias = to_rows(bias, x)
        return self.activation(self._product(x) + bias)

    def compute_output_shape(self, input_shape):
        """Returns the input's shape with `units` in the last place."""
        return (*input_shape[:-1], self.units)

    def _product(self, x):
        if self.replicas is None or max(self.kernel.shape[-2:]) <= AT_ONCE:
            return ops.matmul(x, self.kernel)
        pairs = zip(ops.unstack(x), ops.unstack(self.kernel), strict=True)
        return ops.stack([ops.matmul(*pair) for pair in pairs])

    def get_config(self):
        """Returns the arguments."""
        return {
            **super().get_config(),
            "units": self.units,
            "activation": keras.activations.serialize(self.activation),
            "seeds": seeds_config(self.seeds),
        }

    def _draw_each(self, shape, dtype=None):
        # Glorot's uniform, replica by replica: on the whole stack R would count as
        # fan-in. By NumPy: a graph operation for each of hundreds takes half a minute.
        # Layers are named by their model, so that a name means the same everywhere.
        limit = np.sqrt(6.0 / (shape[-2] + shape[-1]))
        each = [
            random.generator(seed, self.name, "kernel").uniform(
                -limit, limit, shape[-2:]
            )
            for seed in ([self.seeds] if self.replicas is None else self.seeds)
        ]
        return ops.convert_to_tensor(np.reshape(each, shape), dtype)
