"""The two halves of the negative ELBO, in nats, summed over features or latents.

Nothing here averages: every function returns one number per row, so that callers
decide (mean over the batch B, sum over the replicas R).
"""

import math

import keras
import numpy as np
from keras import ops

from kvae.checks import expect_one_of

# Of a learned variance: a tenth of a standard unit. Below, a few rows would be learned
# by heart.
LEAST_LOG_VARIANCE = math.log(0.01)


def kl_divergence(z_mean, z_log_var):
    """KL(q(z|x) || N(0, I)) = 0.5 * sum(exp(s) + m^2 - 1 - s), s = z_log_var.

    Args:
        z_mean: float tensor (..., d).
        z_log_var: float tensor (..., d), the logarithm of the variance.

    Returns:
        Float32 (or float64) tensor (...), in nats.

    Example:
        >>> import numpy as np
        >>> float(kl_divergence(np.zeros(3), np.zeros(3)))
        0.0

    Reference:
        Kingma and Welling 2013, Auto-Encoding Variational Bayes, appendix B.
    """
    m, s = _at_least_float32(z_mean), _at_least_float32(z_log_var)
    return 0.5 * ops.sum(ops.exp(s) + ops.square(m) - 1.0 - s, axis=-1)


def bernoulli(x, logits, batch_axes=1):
    """-log p(x | z) of a Bernoulli decoder: binary cross-entropy on logits.

    Args:
        x: tensor (B, ...) or (R, B, ...) with values in [0, 1].
        logits: tensor of the same shape, the decoder's output.
        batch_axes: int, leading axes to keep: 1 for (B, ...), 2 for (R, B, ...).

    Returns:
        Float tensor (B,) or (R, B), in nats, summed over features.
    """
    x, logits = _at_least_float32(x), _at_least_float32(logits)
    return _sum_features(_cross_entropy(x, logits), batch_axes)


def gaussian(x, mean, batch_axes=1):
    """-log p(x | z) of a Gaussian decoder with unit variance, constants dropped.

    Args:
        x: tensor (B, ...) or (R, B, ...).
        mean: tensor of the same shape, the decoder's output.
        batch_axes: int, leading axes to keep: 1 for (B, ...), 2 for (R, B, ...).

    Returns:
        Float tensor (B,) or (R, B): 0.5 * sum((x - mean)^2), in nats.
    """
    x, mean = _at_least_float32(x), _at_least_float32(mean)
    return _sum_features(0.5 * ops.square(x - mean), batch_axes)


class Mixed:
    """-log p(x | z) of a table: each attribute by its own distribution, in nats.

    Gaussian columns with variance s^2 give 0.5 ((x - mean)^2 / s^2 + log s^2), without
    the constant; Bernoulli columns binary cross-entropy on logits; the one-hot columns
    of a nominal attribute cross-entropy on logits. A cell that is missing (a flag of
    1, a "zero") gives nothing, and neither do the flags themselves.

    Args:
        schema: tuple of Attribute.

    Attributes:
        gaussian: int array, the Gaussian columns.
        bernoulli: int array, the Bernoulli columns.
        categorical: list of int arrays (S, L): the columns of all S attributes of L
            levels.

    Example:
        >>> import numpy as np
        >>> from kvae.schema import Attribute
        >>> mixed = Mixed([Attribute("a", "nominal", (0, 2), levels=("x", "y"))])
        >>> mixed(np.array([[1.0, 0.0]]), np.zeros((1, 2))).numpy().round(3)
        array([0.693])
    """

    def __init__(self, schema):
        schema = tuple(schema)
        if not schema or not schema[-1].span[1]:
            raise ValueError(
                "reconstruction='mixed' expects a schema, a tuple of Attribute with "
                f"at least one column. Received: {schema!r}."
            )
        self.width = schema[-1].span[1]
        columns = {"gaussian": [], "bernoulli": []}
        spans = {}
        self._flag = np.full(self.width, -1)
        self._zero = np.zeros(self.width, bool)
        for attribute in schema:
            own = list(range(*attribute.values))
            if attribute.missing == "flag":
                self._flag[own] = attribute.span[1] - 1
            self._zero[own] = attribute.missing == "zero"
            if attribute.likelihood == "categorical":
                spans.setdefault(len(own), []).append(own)
            elif attribute.likelihood is not None:
                columns[attribute.likelihood] += own
        self.gaussian = np.array(columns["gaussian"], "int32")
        self.bernoulli = np.array(columns["bernoulli"], "int32")
        self.categorical = [np.array(group, "int32") for group in spans.values()]
        unit = [self.bernoulli, *(group.ravel() for group in self.categorical)]
        self.in_unit_interval = np.concatenate(unit)

    def __call__(self, x, outputs, log_variance=None, batch_axes=1):
        """Returns -log p(x | z).

        Args:
            x: tensor (B, F) or (R, B, F).
            outputs: tensor of the same shape: means and logits.
            log_variance: optional tensor that broadcasts to the Gaussian columns.
            batch_axes: int, not used: the last axis is summed.

        Returns:
            Float tensor (B,) or (R, B).
        """
        x, outputs = _at_least_float32(x), _at_least_float32(outputs)
        total = ops.zeros_like(x[..., 0])
        if len(self.gaussian):
            own = self.gaussian
            each = ops.square(ops.take(x, own, -1) - ops.take(outputs, own, -1))
            if log_variance is not None:
                log_variance = ops.cast(log_variance, each.dtype)
                each = each * ops.exp(-log_variance) + log_variance
            total += ops.sum(0.5 * each * self._seen(x, own), -1)
        if len(self.bernoulli):
            own = self.bernoulli
            each = _cross_entropy(ops.take(x, own, -1), ops.take(outputs, own, -1))
            total += ops.sum(each * self._seen(x, own), -1)
        for own in self.categorical:
            logits = ops.take(outputs, own, -1)
            each = ops.logsumexp(logits, -1) - ops.sum(
                logits * ops.take(x, own, -1), -1
            )
            total += ops.sum(each * self._seen(x, own[:, 0]), -1)
        return total

    def mean(self, outputs):
        """Returns the mean row of p(x | z), of the outputs' shape; flags are 0."""
        parts, columns = [], []
        for own, function in (
            (self.gaussian, lambda means: means),
            (self.bernoulli, ops.sigmoid),
        ):
            parts.append(function(ops.take(outputs, own, -1)))
            columns.append(own)
        for own in self.categorical:
            share = ops.softmax(ops.take(outputs, own, -1), -1)
            parts.append(ops.reshape(share, (*ops.shape(outputs)[:-1], own.size)))
            columns.append(own.ravel())
        every = np.arange(outputs.shape[-1])  # of a ConditionalVAE there are more
        rest = np.setdiff1d(every, np.concatenate(columns))
        parts.append(ops.zeros_like(ops.take(outputs, rest, -1)))
        order = np.argsort(np.concatenate([*columns, rest])).astype("int32")
        return ops.take(ops.concatenate(parts, -1), order, -1)

    def sample(self, mean, generator, log_variance=None):
        """Draws rows from p(x | z).

        Args:
            mean: float array (N, F), mean rows.
            generator: NumPy generator.
            log_variance: optional float array that broadcasts to (N, Gaussian
                columns); variance 1 by default.

        Returns:
            Float array (N, F), numbers and one-hot codes.
        """
        x = np.array(mean)
        own = self.gaussian
        spread = np.exp(0.5 * (0.0 if log_variance is None else log_variance))
        x[:, own] += spread * generator.standard_normal((len(x), len(own)))
        own = self.bernoulli
        x[:, own] = generator.random((len(x), len(own))) < x[:, own]
        for own in self.categorical:
            below = np.cumsum(x[:, own], axis=-1)
            drawn = generator.random((len(x), len(own), 1)) * below[..., -1:]
            level = (below <= drawn).sum(axis=-1).clip(max=own.shape[1] - 1)
            x[:, own] = np.eye(own.shape[1], dtype=x.dtype)[level]
        return x

    def _seen(self, x, columns):
        """Which of these cells are there: 1 or 0, of the shape of x[..., columns]."""
        flag, zero = self._flag[columns], self._zero[columns]
        seen = 1.0
        if (flag >= 0).any():
            flags = ops.take(x, np.maximum(flag, 0).astype("int32"), -1)
            seen = 1.0 - flags * (flag >= 0).astype("float32")
        if zero.any():
            known = ops.not_equal(ops.take(x, columns, -1), 0)
            seen *= ops.cast(ops.logical_or(known, ~zero), x.dtype)
        return seen


RECONSTRUCTIONS = {"bernoulli": bernoulli, "gaussian": gaussian, "mixed": Mixed}


def get(identifier, schema=None):
    """Returns a reconstruction loss from its name; "mixed" needs a schema."""
    expect_one_of("reconstruction", identifier, RECONSTRUCTIONS)
    if identifier == "mixed":
        return Mixed(() if schema is None else schema)
    return RECONSTRUCTIONS[identifier]


def _cross_entropy(x, logits):
    # max(l, 0) - l x + log(1 + exp(-|l|)) never overflows.
    stable = ops.maximum(logits, 0.0) - logits * x
    return stable + ops.log1p(ops.exp(-ops.abs(logits)))


def _at_least_float32(x):
    # Under mixed_bfloat16 a sum over 784 pixels would lose its last digits.
    x = ops.convert_to_tensor(x)
    double = keras.backend.standardize_dtype(x.dtype) == "float64"
    return x if double else ops.cast(x, "float32")


def _sum_features(x, batch_axes):
    return ops.sum(x, axis=tuple(range(batch_axes, len(x.shape))))
