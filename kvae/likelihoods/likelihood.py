"""What every p(x | z) of a decoder can do."""

import math

import numpy as np
from keras import ops


class Likelihood:
    """p(x | z): what a decoder's outputs say about a row.

    Subclasses set `name` and define `log_prob`, `mean`, `random_numbers` and `sample`.

    Attributes:
        name: str, what `BetaVAE(reconstruction=...)` calls it.
        support: (low, high), between which every value of a row lies.
        expected_values: str, the values that x may have, for messages.
        schema: tuple of Attribute of a table; None for images and plain numbers, whose
            mean row can stand for a draw.
        num_variances: int, how many variances can be learned.
    """

    name = None
    support = (-math.inf, math.inf)
    expected_values = "that are finite; fill or drop the others"
    schema = None
    num_variances = 0

    def log_prob(self, x, outputs, log_variance=None, batch_axes=1):
        """Returns log p(x | z) in nats, summed over features.

        The constant of a Gaussian, -0.5 log(2 pi) for each number, is left out.

        Args:
            x: tensor (B, ...) or (R, B, ...).
            outputs: tensor of the same shape, the decoder's output.
            log_variance: optional tensor, the logarithms of learned variances.
            batch_axes: int, leading axes to keep: 1 for (B, ...), 2 for (R, B, ...).

        Returns:
            Float tensor (B,) or (R, B).
        """
        raise NotImplementedError

    def mean(self, outputs):
        """Returns the mean row of p(x | z), of the outputs' shape."""
        raise NotImplementedError

    def random_numbers(self, generator, shape):
        """Returns the random numbers that `sample` turns into rows of this shape.

        Args:
            generator: NumPy generator.
            shape: shape of the rows, (N, ...).

        Returns:
            (normal, uniform): float64 arrays of this shape; None for one not needed.
        """
        raise NotImplementedError

    def sample(self, mean, normal, uniform, log_variance=None):
        """Returns rows drawn from p(x | z); all that is random comes as an argument.

        Args:
            mean: float array or tensor (N, ...), mean rows.
            normal: standard normal numbers of the same shape, used where x is Gaussian.
            uniform: numbers in [0, 1) of the same shape, used everywhere else.
            log_variance: optional, learned variances that broadcast to the Gaussian
                values; variance 1 by default.

        Returns:
            NumPy array for arrays, tensor for tensors: (N, ...), of mean's dtype.
        """
        raise NotImplementedError

    def fits(self, x):
        """Returns whether no value is out of range, a bool tensor ()."""
        low, high = self.support
        return ops.all(ops.greater_equal(x, low) & ops.less_equal(x, high))

    def get_config(self):
        """Returns the arguments."""
        return {}

    @classmethod
    def from_config(cls, config):
        """Returns the likelihood that `get_config` described."""
        return cls(**config)


def library_of(x):
    """Returns NumPy for its arrays, else keras.ops: both have the same functions."""
    return np if isinstance(x, np.ndarray) else ops
