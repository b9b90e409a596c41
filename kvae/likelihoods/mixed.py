"""The row of a table: each attribute by a distribution that suits it."""

import keras
import numpy as np
from keras import ops

from kvae import losses
from kvae.likelihoods.bernoulli import Bernoulli
from kvae.likelihoods.likelihood import Likelihood, library_of
from kvae.row_sums import to_rows
from kvae.schema import schema_from_configs


@keras.saving.register_keras_serializable(package="kvae")
class Mixed(Likelihood):
    """The row of a table: each attribute by a distribution that suits it.

    Gaussian columns with variance s^2 give -0.5 ((x - mean)^2 / s^2 + log s^2),
    Bernoulli columns minus the binary cross-entropy on logits, and the one-hot columns
    of a nominal attribute minus the cross-entropy on logits. A number with spikes is
    both: a level, and where that is "other" a Gaussian number. A cell that is missing
    (a flag of 1, a "zero") gives nothing, and neither do the flags themselves.

    Args:
        schema: tuple of Attribute, or their configs.

    Attributes:
        gaussian: int array, the Gaussian columns.
        bernoulli: int array, the Bernoulli columns.
        categorical: list of int arrays (S, L): the columns of all S attributes of L
            levels, "other" of a number with spikes among them.

    Example:
        >>> import numpy as np
        >>> from kvae.schema import Attribute
        >>> mixed = Mixed([Attribute("a", "nominal", (0, 2), levels=("x", "y"))])
        >>> mixed.log_prob(np.array([[1.0, 0.0]]), np.zeros((1, 2))).numpy().round(3)
        array([-0.693])
    """

    name = "mixed"
    expected_values = "that are finite, and in [0, 1] where the schema says levels"

    def __init__(self, schema):
        self.schema = schema_from_configs(schema or ())
        if not self.schema or not self.schema[-1].span[1]:
            raise ValueError(
                "reconstruction='mixed' expects a schema, a tuple of Attribute with "
                f"at least one column. Received: {self.schema!r}."
            )
        width = self.schema[-1].span[1]
        single, groups = {"gaussian": [], "bernoulli": []}, {}
        self._flag = np.full(width, -1)  # the column that says whether a cell is a hole
        self._zero = np.zeros(width, bool)
        self._other = np.full(width, -1)  # of a number with spikes: of "no spike"
        for attribute in self.schema:
            columns = list(range(*attribute.values))
            if attribute.missing == "flag":
                self._flag[columns] = attribute.span[1] - 1
            self._zero[columns] = attribute.missing == "zero"
            if attribute.likelihood == "spiked":
                *columns, number = columns
                self._other[number] = columns[-1]
                single["gaussian"].append(number)
            if attribute.likelihood in ("categorical", "spiked"):
                groups.setdefault(len(columns), []).append(columns)
            elif attribute.likelihood is not None:
                single[attribute.likelihood] += columns
        self.gaussian = np.array(single["gaussian"], "int32")
        self.num_variances = len(self.gaussian)
        self.bernoulli = np.array(single["bernoulli"], "int32")
        self.categorical = [np.array(group, "int32") for group in groups.values()]

    def log_prob(self, x, outputs, log_variance=None, batch_axes=1):
        """Returns log p(x | z), (B,) or (R, B); see `Likelihood.log_prob`."""
        x, outputs = losses.at_least_float32(x), losses.at_least_float32(outputs)
        nats = ops.zeros_like(x[..., 0])
        if len(self.gaussian):
            each = ops.square(_take(x, self.gaussian) - _take(outputs, self.gaussian))
            if log_variance is not None:
                log_variance = to_rows(ops.cast(log_variance, each.dtype), each)
                each = each * ops.exp(-log_variance) + log_variance
            nats += ops.sum(0.5 * each * self._seen(x, self.gaussian), -1)
        if len(self.bernoulli):
            logits = _take(outputs, self.bernoulli)
            each = losses.cross_entropy(_take(x, self.bernoulli), logits)
            nats += ops.sum(each * self._seen(x, self.bernoulli), -1)
        for columns in self.categorical:
            logits = _take(outputs, columns)
            each = ops.logsumexp(logits, -1) - ops.sum(logits * _take(x, columns), -1)
            nats += ops.sum(each * self._seen(x, columns[:, 0]), -1)
        return -nats

    def mean(self, outputs):
        """Returns means, probabilities and shares of levels; flags are 0.

        The mean of a number with spikes is that of the rows that have none.
        """
        return self._row_of(
            _take(outputs, self.gaussian),
            ops.sigmoid(_take(outputs, self.bernoulli)),
            [ops.softmax(_take(outputs, group), -1) for group in self.categorical],
            others=ops.zeros_like(outputs),
        )

    def random_numbers(self, generator, shape):
        """Returns (normal, uniform): each column has numbers of one kind alone."""
        normal, uniform = np.zeros(shape), np.zeros(shape)
        for numbers, columns, draw in (
            (normal, self.gaussian, generator.standard_normal),
            (uniform, self.bernoulli, generator.random),
            # One number decides the level of an attribute: in its first column.
            *((uniform, group[:, 0], generator.random) for group in self.categorical),
        ):
            numbers[:, columns] = draw((shape[0], len(columns)))
        return normal, uniform

    def sample(self, mean, normal, uniform, log_variance=None):
        """Returns numbers, zeros and ones, one-hot levels; see `Likelihood.sample`."""
        library, deviation = library_of(mean), 1.0
        if log_variance is not None:
            deviation = library.exp(0.5 * library.array(log_variance))
            deviation = library.array(deviation, normal.dtype)
        levels = []
        for columns in self.categorical:
            below = library.cumsum(_take(mean, columns), axis=-1)
            point = _take(uniform, columns[:, :1]) * below[..., -1:]
            level = library.sum(library.array(below <= point, "int32"), axis=-1)
            level = library.minimum(level, columns.shape[1] - 1)
            levels.append(library.take(library.eye(columns.shape[1]), level, axis=0))
        row = self._row_of(
            _take(mean, self.gaussian) + deviation * _take(normal, self.gaussian),
            _take(uniform, self.bernoulli) < _take(mean, self.bernoulli),
            levels,
            others=mean,
        )
        if (self._other < 0).all():
            return row
        # Real rows have 0 for a number that is a spike.
        return row * self._is_other(row, np.arange(row.shape[-1]))

    def fits(self, x):
        """Returns whether all answers and levels lie in [0, 1], a bool tensor ()."""
        groups = [columns.ravel() for columns in self.categorical]
        return Bernoulli().fits(_take(x, np.concatenate([self.bernoulli, *groups])))

    def get_config(self):
        """Returns the arguments."""
        return {"schema": [attribute.get_config() for attribute in self.schema]}

    def _row_of(self, numbers, answers, levels, others):
        """Returns columns in their order; those of no distribution are of `others`."""
        library = library_of(others)
        columns = [self.gaussian, self.bernoulli]
        parts = [numbers, answers]
        for group, level in zip(self.categorical, levels, strict=True):
            columns.append(group.ravel())
            shape = (*library.shape(others)[:-1], group.size)
            parts.append(library.reshape(level, shape))
        every = np.arange(others.shape[-1])  # of a ConditionalVAE there are more
        rest = np.setdiff1d(every, np.concatenate(columns))
        parts.append(_take(others, rest))
        parts = [library.array(part, others.dtype) for part in parts]
        order = np.argsort(np.concatenate([*columns, rest])).astype("int32")
        return _take(library.concatenate(parts, axis=-1), order)

    def _seen(self, x, columns):
        """Which of these cells are there: 1 or 0, of the shape of x[..., columns]."""
        flag, zero = self._flag[columns], self._zero[columns]
        seen = 1.0
        if (self._other[columns] >= 0).any():
            seen *= self._is_other(x, columns)
        if (flag >= 0).any():
            flags = _take(x, np.maximum(flag, 0).astype("int32"))
            seen *= 1.0 - flags * (flag >= 0).astype("float32")
        if zero.any():
            known = ops.not_equal(_take(x, columns), 0)
            seen *= ops.cast(ops.logical_or(known, ~zero), x.dtype)
        return seen

    def _is_other(self, x, columns):
        """Which cells are no spike: 1 or 0, of the shape of x[..., columns]."""
        more = x.shape[-1] - len(self._other)  # of a ConditionalVAE
        other = np.pad(self._other, (0, more), constant_values=-1)[columns]
        others = _take(x, np.maximum(other, 0).astype("int32"))
        spiked = (other >= 0).astype("float32")
        return others * spiked + (1 - spiked)


def _take(x, columns):
    return library_of(x).take(x, columns, axis=-1)
