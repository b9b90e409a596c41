"""What an attribute of a table is: used by data, losses, transforms and serving."""

import dataclasses

import numpy as np

from kvae.checks import expect_one_of

KINDS = (
    "binary",
    "constant",
    "continuous",
    "datetime",
    "integer",
    "nominal",
    "ordinal",
)
HOLES = ("flag", "level", "zero")


@dataclasses.dataclass(frozen=True)
class Attribute:
    """One attribute of a table and the input columns that hold it.

    Args:
        name: str.
        kind: one of `KINDS`.
        span: (start, stop), the input columns start:stop; none of a constant.
        missing: how a hole is stored: "flag" (the last column is 1, the others 0),
            "level" (the last column of a one-hot code is 1) or "zero" (the value 0
            is a hole); None where there are no holes.
        levels: values of an attribute that is not a number, in the order of their
            codes; None for numbers, which are their own code.
        codes: one tuple of numbers for each level; one-hot by default.
        spikes: values of a number that stand out, such as the zeros of rain. Its
            columns are a one-hot code of the spikes and "other", and then the number,
            which means something where it is "other". None for other numbers.

    Raises:
        ValueError: for an unknown kind or way to store holes, an empty span, codes
            that do not fit the span, or spikes of what is no number.

    Example:
        >>> Attribute("age", "continuous", (0, 1)).width
        1
        >>> Attribute("base", "nominal", (1, 4), "level", levels=("A", "C")).codebook
        array([[1., 0., 0.],
               [0., 1., 0.],
               [0., 0., 1.]], dtype=float32)
    """

    name: str
    kind: str
    span: tuple[int, int]
    missing: str | None = None
    levels: tuple | None = None
    codes: tuple[tuple[float, ...], ...] | None = None
    spikes: tuple | None = None

    def __post_init__(self):
        expect_one_of(f"kind of attribute {self.name!r}", self.kind, KINDS)
        if self.missing is not None:
            expect_one_of(f"missing of attribute {self.name!r}", self.missing, HOLES)
        start, stop = self.span
        least = start + (self.kind != "constant")
        if not (0 <= start and least <= stop):
            raise ValueError(
                f"span of attribute {self.name!r} expects 0 <= start < stop. "
                f"Received: {self.span}."
            )
        if self.kind == "constant":
            return  # its columns are a flag, or none
        width = self.width - (self.missing == "flag")
        if self.spikes is not None:
            if self.levels is not None or self.missing not in (None, "flag"):
                raise ValueError(
                    f"spikes of attribute {self.name!r} expect a number, whose holes "
                    f"are flags. Received: levels={self.levels}, missing="
                    f"{self.missing!r}."
                )
            expected = len(self.spikes) + 2
        else:
            expected = 1 if self.levels is None else self.codebook.shape[1]
        if width != expected:
            raise ValueError(
                f"span of attribute {self.name!r} expects {expected} column(s) for its "
                f"values. Received: {width}, in {self.span}."
            )

    @property
    def width(self):
        """int: how many input columns hold the attribute."""
        return self.span[1] - self.span[0]

    @property
    def values(self):
        """(start, stop): the columns that hold the value, without those of the flag."""
        return self.span[0], self.span[1] - (self.missing == "flag")

    @property
    def likelihood(self):
        """str: "gaussian", "bernoulli", "categorical", or "spiked".

        It is what its columns follow; None of a constant. Codes of zeros and ones are
        Bernoulli, column by column. A spiked number is categorical, and Gaussian where
        it is no spike.
        """
        if self.kind == "constant":
            return None
        if self.spikes is not None:
            return "spiked"
        if self.levels is None:
            return "bernoulli" if self.kind == "binary" else "gaussian"
        if self.codes is None:
            return "categorical"
        return "bernoulli" if np.isin(self.codebook, (0, 1)).all() else "gaussian"

    def get_config(self):
        """Returns the arguments, as JSON knows them."""
        config = dataclasses.asdict(self)
        return {name: value for name, value in config.items() if value is not None}

    @classmethod
    def from_config(cls, config):
        """Returns the attribute that `get_config` described."""
        arguments = {**config, "span": tuple(config["span"])}
        for name in ("levels", "spikes"):
            if arguments.get(name) is not None:
                arguments[name] = tuple(arguments[name])
        if arguments.get("codes") is not None:
            arguments["codes"] = tuple(tuple(code) for code in arguments["codes"])
        return cls(**arguments)

    @property
    def codebook(self):
        """Float32 array (L, W): the code of each level, and of holes that are one."""
        if self.codes is not None:
            return np.array(self.codes, "float32")
        return np.eye(len(self.levels) + (self.missing == "level"), dtype="float32")


def continuous(names):
    """Returns a schema of continuous attributes, one input column each."""
    return tuple(
        Attribute(str(name), "continuous", (i, i + 1)) for i, name in enumerate(names)
    )


def schema_from_configs(schema):
    """Returns a tuple of Attribute, of attributes or their configs; None stays None."""
    if schema is None:
        return None
    return tuple(
        attribute
        if isinstance(attribute, Attribute)
        else Attribute.from_config(attribute)
        for attribute in schema
    )
