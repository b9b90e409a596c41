"""What samplers share: a formula, the choice of parents by class, and the record."""

import dataclasses
import json

import numpy as np

from kvae import random
from kvae.checks import expect_count
from kvae.latent.codes import Draws


@dataclasses.dataclass(frozen=True)
class RequestParameter:
    """How a request to an exported model asks for a sampler: a number by its name.

    Args:
        least: number, the least that is accepted; 0, in any case, asks for nothing.
        greatest: number, the greatest.
        example: number, for the example requests of an export.
    """

    least: float
    greatest: float
    example: float


class Sampler:
    """Draws labelled points around the codes of labelled rows.

    A sampler has no state: the draws depend on codes, n and seed alone, and those of
    a class on nothing of the other classes. Subclasses set `name` and define `step`,
    the formula, and `move`, which finds what goes into it and keeps the record. One
    with a `request_parameter` in `SAMPLERS` is offered by exported models too.

    Attributes:
        name: str.
        uses_unlabelled: bool, whether rows labelled -1 are of any use to it.
        step_inputs: tuple of str, what `step` takes besides z and the amount.
        request_parameter: RequestParameter, or None where a server does not offer it.
    """

    name = None
    uses_unlabelled = False
    step_inputs = ()
    request_parameter = None

    def draw(self, codes, n, seed):
        """Draws points in latent space for every class.

        Args:
            codes: LatentCodes; rows labelled -1 are not drawn around, but by samplers
                that find labels for them.
            n: int, draws per class; or a dict {class index: draws}.
            seed: int.

        Returns:
            Draws of sum(n) points, ordered by class.

        Raises:
            ValueError: for a class without rows, or a negative n.
        """
        return self.draw_around(self.parents(codes), n, seed)

    def parents(self, codes):
        """Returns the codes that are drawn around, with their labels."""
        return codes

    def draw_around(self, codes, n, seed):
        """Draws as `draw` does, around codes that `parents` has returned."""
        parts = []
        for label, count in sorted(expect_counts(codes, n).items()):
            codes_of_class = codes.take(codes.label == label)
            if len(codes_of_class) == 0:
                raise ValueError(
                    f"sampler {self.name!r} expects rows of every class it draws for. "
                    f"Class {label} has none; classes with rows: "
                    f"{codes.classes.tolist()}. Leave it out of n, or label some rows."
                )
            stream = random.generator(seed, "draw", self.name, int(label))
            draws = _start(codes_of_class, count, stream)
            parts.append(self.move(draws, codes_of_class, stream))
        return Draws.concatenate(parts)

    @staticmethod
    def step(z, amount, **inputs):
        """Returns z moved by the sampler's formula.

        It consists of operators alone: `move` calls it with NumPy arrays, and an
        exported graph with tensors. Where a server offers it, an amount of 0 must leave
        z as it is.

        Args:
            z: float array or tensor (N, d), where the draws are.
            amount: number, or (N, 1), how much of the sampler is wanted.
            **inputs: the `step_inputs`, each (N, d): "noise", standard normal numbers;
                "partner", latent means of neighbours; "sigma", standard deviations of
                the parents' posteriors.
        """
        raise NotImplementedError

    def move(self, draws, codes, generator):
        """Moves draws of one class; the first member of a chain gets them at z_mean.

        Args:
            draws: Draws (N,) of one class.
            codes: LatentCodes of that class's rows.
            generator: NumPy generator.

        Returns:
            Draws (N,).
        """
        raise NotImplementedError

    def get_config(self):
        """Returns the arguments."""
        raise NotImplementedError

    @classmethod
    def from_config(cls, config):
        """Returns the sampler that `get_config` described."""
        return cls(**config)

    def __repr__(self):
        arguments = ", ".join(f"{k}={v!r}" for k, v in self.get_config().items())
        return f"{type(self).__name__}({arguments})"

    def __eq__(self, other):
        return type(self) is type(other) and self.get_config() == other.get_config()

    def __hash__(self):
        return hash(repr(self))

    def _record(self, draws, **effective):
        """Adds this sampler's effective parameters to the draws' record."""
        record = json.dumps({"sampler": self.name, **self.get_config(), **effective})
        before = draws.params[0] if len(draws) else ""  # the same for all of a class
        text = f"{before}, {record}" if before else record
        params = np.full(len(draws), text, dtype=object)
        return dataclasses.replace(draws, params=params)


def _start(codes, n, generator):
    """Draws at the means of parents, which are chosen alike or by weight."""
    if codes.weight is None:
        # Every row is a parent once before any is one twice.
        passes = -(-n // len(codes))
        order = np.tile(np.arange(len(codes)), (passes, 1))
        chosen = generator.permuted(order, axis=1).ravel()[:n]
    else:
        chosen = generator.permutation(_by_weight(codes, n, generator))
    parents = codes.take(chosen)
    return Draws(
        z=parents.z_mean.copy(),
        label=parents.label,
        parent=parents.row_id,
        partner=np.full(n, -1),
        replica=parents.replica,
        params=np.full(n, "", dtype=object),
        uncertainty=parents.uncertainty,
    )


def _by_weight(codes, n, generator):
    """Systematic sampling: a row of share p is a parent floor(n p) or ceil(n p) times.

    Reference:
        Madow and Madow 1944, On the theory of systematic sampling, I.
    """
    upto = np.cumsum(codes.weight, dtype="float64")
    if not (np.all(codes.weight >= 0) and 0 < upto[-1] < np.inf):
        raise ValueError(
            "Samplers expect weights >= 0, and one above 0 in each class. Received: "
            f"class {codes.label[0]}, weights from {np.min(codes.weight)} to "
            f"{np.max(codes.weight)}. Leave rows that are not to be drawn around out."
        )
    places = (np.arange(n) + generator.random()) / n * upto[-1]
    return np.searchsorted(upto[:-1], places, side="right")


def expect_counts(codes, n):
    """Returns {class index: draws}; raises ValueError for what is no such thing."""
    counts = n if isinstance(n, dict) else dict.fromkeys(codes.classes.tolist(), n)
    if not counts:
        raise ValueError(
            f"Samplers expect labelled rows. Received: {len(codes)} codes, none of "
            "them labelled. Pass y to encode, or label some rows."
        )
    for label, count in counts.items():
        expect_count(f"n of class {label}", count)
    return counts


def expect_parents(who, draws):
    """Raises ValueError where draws come from N(0, I) and have no parent row."""
    if (draws.parent < 0).any():
        raise ValueError(
            f"sampler {who!r} works on draws around rows. Received: draws of 'normal', "
            "which have no parent row. Put another sampler first in the chain."
        )


def positions(codes, row_ids):
    """Returns where the rows with these ids stand in the codes."""
    order = np.argsort(codes.row_id)
    return order[np.searchsorted(codes.row_id, row_ids, sorter=order)]
