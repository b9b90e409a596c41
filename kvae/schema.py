"""What an attribute of a table is: used by data, losses, transforms and serving."""

from dataclasses import dataclass

import numpy as np

from kvae.checks import expect_one_of

KINDS = ("binary", "continuous", "nominal", "ordinal")
HOLES = ("flag", "level", "zero")


@dataclass(frozen=True)
class Attribute:
    """One attribute of a table and the input columns that hold it.

    Args:
        name: str.
        kind: "continuous", "ordinal", "binary" or "nominal".
        span: (start, stop), the input columns start:stop.
        missing: how a hole is stored: "flag" (the last column is 1, the others 0),
            "level" (the last column of a one-hot code is 1) or "zero" (the value 0
            is a hole); None where there are no holes.
        levels: values of an attribute that is not a number, in the order of their
            codes; None for numbers, which are their own code.
        codes: one tuple of numbers for each level; one-hot by default.

    Raises:
        ValueError: for an unknown kind or way to store holes, an empty span, or codes
            that do not fit the span.

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

    def __post_init__(self):
        expect_one_of(f"kind of attribute {self.name!r}", self.kind, KINDS)
        if self.missing is not None:
            expect_one_of(f"missing of attribute {self.name!r}", self.missing, HOLES)
        start, stop = self.span
        if not 0 <= start < stop:
            raise ValueError(
                f"span of attribute {self.name!r} expects 0 <= start < stop. "
                f"Received: {self.span}."
            )
        width = self.width - (self.missing == "flag")
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
    def codebook(self):
        """Float32 array (L, W): the code of each level; of a hole last, if a level."""
        if self.codes is not None:
            return np.array(self.codes, "float32")
        return np.eye(len(self.levels) + (self.missing == "level"), dtype="float32")


def continuous(names):
    """Returns a schema of continuous attributes, one input column each."""
    return tuple(
        Attribute(str(name), "continuous", (i, i + 1)) for i, name in enumerate(names)
    )
