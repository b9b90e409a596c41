"""How each column of a table becomes inputs of a network, learned on training rows."""

import dataclasses

import numpy as np
from scipy import special

from kvae.preprocessing import grids, written_dates
from kvae.preprocessing.spikes import find_spikes
from kvae.schema import Attribute

# A one-hot code of thousands of levels would drown the other columns.
MOST_ONE_HOT = 64
MOST_KNOTS = 256


@dataclasses.dataclass(frozen=True)
class Encoding:
    """How a column becomes inputs, and how inputs become the column again.

    Numbers, dates and ordered levels become normal scores: a line through (knot,
    score) pairs, where the knots are values of training rows (all, or 256 quantiles)
    and the scores what a normal distribution has in their place, in standard units. So
    neither skew nor an outlier counts for more than its rank, and what comes back
    lies between the smallest and the largest value seen. Numbers that stand out, such
    as the zeros of rain, are spikes: levels of their own beside "other", which comes
    before the normal score of the rest. Levels become one-hot, or 0 and 1 where there
    are two; more than 64 become binary numbers, the frequent ones first.

    Args:
        key: str, the column in the dict of tensors.
        kind: one of `kvae.schema.KINDS`.
        flag: bool, whether there were holes, so that a last input says "hole".
        levels: tuple of str, those of text; else None.
        knots: tuple of float, increasing; of numbers. None where all are spikes.
        scores: tuple of float, increasing, one for each knot.
        bounds: tuple of float, the scores at which one knot ends and the next begins,
            where no number can lie between knots; else None.
        decimals: int, that numbers are rounded to; None for no rounding.
        grid: (decimals, origin, step), as of `find_grid`, of the numbers that are no
            spikes; None where `decimals` says it all.
        spikes: tuple of float, increasing, the numbers that stand out; of ordered
            levels their places. None where none does.
        shares: tuple of float, the shares of rows that have each spike.
        written_dates: "YYYYMMDD" or "YYYYMM", where numbers are dates like 20190219;
            the knots are then days, or months. Else None.
        constant: the value (str or float) of a constant.
    """

    key: str
    kind: str
    flag: bool = False
    levels: tuple[str, ...] | None = None
    knots: tuple[float, ...] | None = None
    scores: tuple[float, ...] | None = None
    bounds: tuple[float, ...] | None = None
    decimals: int | None = None
    grid: tuple[int, int, int] | None = None
    spikes: tuple[float, ...] | None = None
    shares: tuple[float, ...] | None = None
    written_dates: str | None = None
    constant: str | float | None = None

    @property
    def codes(self):
        """The codes of levels that are not one-hot: float32 array (L, W), or None."""
        count = len(self.levels or ())
        if self.kind == "binary" and count:
            return np.array([[0.0], [1.0]], "float32")
        if self.kind != "nominal" or count <= MOST_ONE_HOT:
            return None
        bits = int(count - 1).bit_length()
        numbers = np.arange(count)[:, None] >> np.arange(bits)[::-1]
        return (numbers & 1).astype("float32")

    @property
    def width(self):
        """int: how many inputs there are, the flag's included."""
        if self.kind == "constant":
            width = 0
        elif self.kind == "nominal":
            width = len(self.levels) if self.codes is None else self.codes.shape[1]
        elif self.spikes is not None:
            width = len(self.spikes) + 2 * (self.knots is not None)
        else:
            width = 1
        return width + self.flag

    def attribute(self, start):
        """Returns the Attribute of the inputs start:start + width."""
        codes, spikes = self.codes, self.spikes
        levels = self.levels if self.kind in ("nominal", "binary") else None
        if spikes is not None and self.knots is None:
            levels, spikes = spikes, None
        return Attribute(
            self.key,
            self.kind,
            span=(start, start + self.width),
            missing="flag" if self.flag else None,
            levels=levels,
            codes=None if codes is None else tuple(map(tuple, codes.tolist())),
            spikes=spikes,
        )

    def get_config(self):
        """Returns the arguments, as JSON knows them."""
        config = dataclasses.asdict(self)
        return {name: value for name, value in config.items() if value is not None}

    @classmethod
    def from_config(cls, config):
        """Returns the encoding that `get_config` described."""
        lists = {name: tuple(v) for name, v in config.items() if isinstance(v, list)}
        return cls(**{**config, **lists})


def learn_encoding(values, column):
    """Returns the Encoding of a column.

    Args:
        values: tensor (N,) of training rows, from `FrameFormat.to_tensors`.
        column: Column.

    Example:
        >>> from kvae.preprocessing.columns import Column
        >>> column = Column("n", "n", "integer", np.dtype("int64"), decimals=0)
        >>> learn_encoding(np.array([1.0, 2.0, 1000.0]), column).scores
        (-1.22..., 0.0, 1.22...)
    """
    fields = {"key": column.key, "kind": column.kind, "flag": column.holes > 0}
    if column.spellings is None:
        known = values[~np.isnan(values)]
        fields["decimals"] = column.decimals
        if column.kind == "constant":
            return Encoding(constant=float(known[0]), **fields)
        if column.kind == "binary":
            return Encoding(**fields)
        numbers = _of_numbers(known, column.decimals, column.written_dates)
        return Encoding(**numbers, **fields)
    if column.kind == "constant":
        return Encoding(constant=(*column.spellings, "")[0], **fields)
    levels = column.spellings
    known = values[values != ""]
    place = {text: i for i, text in enumerate(levels)}
    places = np.array([place[text] for text in known])
    if column.kind == "ordinal":
        numbers = _of_numbers(places.astype("float64"), decimals=0)
        return Encoding(levels=levels, **numbers, **fields)
    if len(levels) > MOST_ONE_HOT:
        counts = np.bincount(places, minlength=len(levels))
        levels = tuple(levels[i] for i in np.argsort(-counts, kind="stable"))
    return Encoding(levels=levels, **fields)


def _of_numbers(values, decimals, dates=None):
    """Returns the arguments of an Encoding that numbers (N,) decide, none missing."""
    spikes, shares = find_spikes(values)
    fields = {"spikes": spikes, "shares": shares} if spikes else {}
    rest = values[~np.isin(values, spikes)] if spikes else values
    if not len(rest):
        return fields
    if dates is not None:
        fields["written_dates"], rest = dates, written_dates.places_of(rest, dates)
    knots, scores = normal_scores(rest)
    fields |= {"knots": knots, "scores": scores}
    grid = grids.find_grid(rest)
    if grid is not None and grid != (decimals, 0, 1):
        fields["grid"] = grid
    if len(knots) == len(np.unique(rest)) and grids.is_closed(rest):
        fields["bounds"] = _bounds(rest, scores)
    return fields


def normal_scores(values):
    """Returns (knots, scores): values in increasing order, and their normal scores.

    The score of a value is the quantile of a normal distribution at the share of rows
    below it plus half of those equal to it; scores have mean 0 and variance 1 over the
    rows.

    Args:
        values: float array (N,) with at least two different values.

    Returns:
        Two tuples of at most 256 floats; scores are float32 numbers.

    Reference:
        van der Waerden 1952; the mid-distribution of Parzen 2004.
    """
    knots, counts = np.unique(values, return_counts=True)
    below = np.cumsum(counts) - counts
    scores = special.ndtri((below + counts / 2) / len(values))
    mean = np.average(scores, weights=counts)
    spread = np.average((scores - mean) ** 2, weights=counts) ** 0.5
    scores = ((scores - mean) / spread).astype("float32").astype("float64")
    if len(knots) > MOST_KNOTS:
        shares = np.linspace(0, 1, MOST_KNOTS) * (len(values) - 1)
        chosen = np.unique(np.searchsorted(below, shares, side="right") - 1)
        knots, scores = knots[chosen], scores[chosen]
    kept = np.append(True, np.diff(scores) > 0)  # float32 may not tell neighbours apart
    return tuple(knots[kept].tolist()), tuple(scores[kept].tolist())


def _bounds(values, scores):
    """Returns the scores between which each value has its share of a normal draw.

    None is nearer to a score than a quarter of the way to the next: where a decoder
    knows the value, its noise must not lead to another.
    """
    _, counts = np.unique(values, return_counts=True)
    bounds = special.ndtri(np.cumsum(counts)[:-1] / len(values))
    scores = np.array(scores)
    margin = np.diff(scores) / 4
    return tuple(bounds.clip(scores[:-1] + margin, scores[1:] - margin).tolist())
