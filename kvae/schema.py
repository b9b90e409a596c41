"""What an attribute of a table is: used by data, losses, transforms and serving."""

from dataclasses import dataclass

from kvae.checks import expect_one_of

KINDS = ("binary", "continuous", "nominal", "ordinal")


@dataclass(frozen=True)
class Attribute:
    """One attribute of a table and the input columns that hold it.

    Args:
        name: str.
        kind: "continuous", "ordinal", "binary" or "nominal".
        span: (start, stop), the input columns start:stop.
        missing: str or None, how a hole is stored; None where there are no holes.

    Raises:
        ValueError: for an unknown kind or an empty span.

    Example:
        >>> Attribute("age", "continuous", (0, 1)).width
        1
    """

    name: str
    kind: str
    span: tuple[int, int]
    missing: str | None = None

    def __post_init__(self):
        expect_one_of(f"kind of attribute {self.name!r}", self.kind, KINDS)
        start, stop = self.span
        if not 0 <= start < stop:
            raise ValueError(
                f"span of attribute {self.name!r} expects 0 <= start < stop. "
                f"Received: {self.span}."
            )

    @property
    def width(self):
        """int: how many input columns hold the attribute."""
        return self.span[1] - self.span[0]


def continuous(names):
    """Returns a schema of continuous attributes, one input column each."""
    return tuple(
        Attribute(str(name), "continuous", (i, i + 1)) for i, name in enumerate(names)
    )
