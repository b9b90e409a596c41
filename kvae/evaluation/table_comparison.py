"""Generated rows beside real ones, column by column and pair by pair."""

import dataclasses

import numpy as np
import pandas as pd
from pandas.api import types

from kvae import random
from kvae.checks import expect_count
from kvae.evaluation.fidelity import associations
from kvae.preprocessing.columns import is_date
from kvae.preprocessing.relations import determined_pairs, unseen

BINS = 24
MOST_ROWS = 5_000  # that are compared, of each kind
MOST_COLUMNS = 60  # whose pairs are compared
MOST_BARS = 15  # of the values of a column; the others are one bar
STANDS_OUT = 0.05  # share of rows of one number that is called a spike
OTHERS = "all others"


@dataclasses.dataclass(frozen=True)
class ColumnComparison:
    """One column of real and of generated rows.

    Args:
        name: of the column.
        kind: "numbers", "dates", "durations" or "values".
        bars: DataFrame, a line for each value or bin: what (str), real and new (shares
            of the rows that have a value); start and end of a bin, else missing.
        difference: float from 0 to 1, the total variation distance of the bars: the
            share of generated rows that would have to be others; 1 where only one of
            both has values at all.
        by_chance: float, the difference to expect of so few rows were both of one
            distribution.
        holes: (real, new), shares of rows without a value.
        spikes: DataFrame like bars: numbers that 5 % of the real rows or more have.
    """

    name: object
    kind: str
    bars: pd.DataFrame
    difference: float
    by_chance: float
    holes: tuple[float, float]
    spikes: pd.DataFrame


@dataclasses.dataclass(frozen=True)
class TableComparison:
    """Real and generated rows, compared.

    Args:
        columns: tuple of ColumnComparison, the least alike first.
        pairs: DataFrame, a line for each pair of columns: first, second, real and new
            (Pearson's r, Cramer's V or the correlation ratio) and difference.
        unseen: DataFrame, a line for each pair of columns of which one determines the
            other: first, second, share (of generated rows that hold a pair of values
            which no real row holds).
        rows: (real, new), how many rows were compared.
        of_rows: (real, new), how many there are.
    """

    columns: tuple[ColumnComparison, ...]
    pairs: pd.DataFrame
    unseen: pd.DataFrame
    rows: tuple[int, int]
    of_rows: tuple[int, int]


def compare_tables(real, new, most=MOST_ROWS, seed=0):
    """Compares generated rows with real ones, column by column and pair by pair.

    Args:
        real: DataFrame (N, columns).
        new: DataFrame (M, columns) with the same columns.
        most: int, rows of each kind that are looked at; of more, some are drawn.
        seed: int, for that.

    Returns:
        TableComparison.

    Raises:
        ValueError: where the columns differ, two of them have one name, or a table has
            no rows.

    Example:
        >>> frame = pd.DataFrame({"n": [1.0, 2, 3, 4], "c": list("abab")})
        >>> [column.difference for column in compare_tables(frame, frame).columns]
        [0.0, 0.0]
    """
    expect_count("most", most, 1)
    if unshared := sorted(map(str, {*real.columns} ^ {*new.columns})):
        raise ValueError(
            "compare_tables expects tables of the same columns. Received: "
            f"{unshared} in only one of them."
        )
    if twice := sorted({*map(str, real.columns[real.columns.duplicated()])}):
        raise ValueError(
            "compare_tables expects columns of different names. Received: several "
            f"columns named {', '.join(map(repr, twice))}."
        )
    if not (len(real) and len(new)):
        raise ValueError(
            "compare_tables expects rows of both kinds. Received: "
            f"{len(real)} real and {len(new)} generated ones."
        )
    of_rows = len(real), len(new)
    pairs = determined_pairs(real)
    share = unseen(real, new, pairs).mean() if pairs else []
    never = pd.DataFrame(pairs, columns=["first", "second"])
    never["share"] = np.asarray(share, "float64")
    new = new[real.columns]
    real, new = (_some(frame, most, seed) for frame in (real, new))
    columns = [_compare_column(name, real[name], new[name]) for name in real.columns]
    columns.sort(key=lambda column: -column.difference)
    return TableComparison(
        tuple(columns),
        _compare_pairs(real, new),
        never,
        rows=(len(real), len(new)),
        of_rows=of_rows,
    )


def _some(frame, most, seed):
    if len(frame) <= most:
        return frame
    stream = random.generator(seed, "compare_tables")
    return frame.iloc[np.sort(stream.choice(len(frame), most, replace=False))]


def _compare_column(name, real, new):
    holes = float(real.isna().mean()), float(new.isna().mean())
    real, new = real.dropna(), new.dropna()
    kind = _kind(real)
    if kind == "numbers":
        real, new = _alike(real, new)
    if kind == "values" or real.nunique() <= MOST_BARS:
        bars = _bars(real, new, ordered=kind != "values")
        spikes = bars[:0]  # the bars say it
    else:
        bars, spikes = _histogram(real, new, kind), _spikes(real, new)
    difference = 0.5 * float((bars["real"] - bars["new"]).abs().sum())
    if (len(real) > 0) != (len(new) > 0):
        difference = 1.0
    return ColumnComparison(
        name,
        kind,
        bars,
        difference=difference,
        by_chance=_by_chance(bars["real"], len(real), len(new)),
        holes=holes,
        spikes=spikes[:MOST_BARS],
    )


def _by_chance(shares, num_real, num_new):
    """Returns the mean of the difference where both kinds have these shares.

    The difference of two counted shares is about normal; |normal| has this mean.
    """
    if not (num_real and num_new):
        return 0.0
    variance = shares * (1 - shares) * (1 / num_real + 1 / num_new)
    return min(0.5 * float(np.sqrt(2 / np.pi * variance).sum()), 1.0)


def _kind(column):
    if types.is_timedelta64_dtype(column.dtype):
        return "durations"
    if is_date(column.dtype):
        return "dates"
    numeric = types.is_numeric_dtype(column.dtype)
    return "numbers" if numeric and not types.is_bool_dtype(column.dtype) else "values"


def _alike(real, new):
    """Returns both as numbers of one type: 1 and 1.0, or 0.0 and -0.0, are one text."""
    if not types.is_numeric_dtype(new.dtype):
        return real, new
    both = pd.concat([real, new], ignore_index=True) + 0
    return both[: len(real)], both[len(real) :]


def _bars(real, new, ordered=False):
    """Returns the shares of each value; those that come after 14 others are one bar."""
    shares = [_shares(column) for column in (real, new)]
    table = pd.concat(shares, axis=1, keys=["real", "new"]).fillna(0.0)
    if ordered:
        values = sorted({*real.astype("object"), *new.astype("object")})
        table = table.loc[list(dict.fromkeys(map(str, values)))]
    else:
        table = table.sort_values(["real", "new"], ascending=False, kind="stable")
    if len(table) > MOST_BARS:
        rest = table.iloc[MOST_BARS - 1 :].sum()
        table = table.iloc[: MOST_BARS - 1]
        table.loc[OTHERS] = rest
    table = table.rename_axis("what").reset_index()
    return table.assign(start=np.nan, end=np.nan)


def _shares(column):
    texts = column.astype("object").map(str)
    return texts.value_counts(normalize=True).astype("float64")


def _histogram(real, new, kind):
    """Returns the shares of rows in equally wide bins, from the least value to the top.

    The ends are the real rows' 0.5 % and 99.5 % quantiles: one outlier would press all
    others into one bin. What lies beyond is counted in the first and the last.
    """
    real, new = (_as_numbers(column, kind) for column in (real, new))
    low, high = np.quantile(real, [0.005, 0.995])
    if not low < high:
        low, high = real.min(), real.max()
    edges = np.linspace(low, high, BINS + 1)
    counts = [
        np.histogram(np.clip(numbers, low, high), edges)[0] / max(len(numbers), 1)
        for numbers in (real, new)
    ]
    names = _texts(edges, kind)
    ends = {"start": edges[:-1], "end": edges[1:]}
    if kind == "dates":
        ends = {name: edge * 86_400e3 for name, edge in ends.items()}  # milliseconds
    return pd.DataFrame(
        {
            "what": [f"{a} to {b}" for a, b in zip(names, names[1:], strict=False)],
            "real": counts[0],
            "new": counts[1],
            **ends,
        }
    )


def _spikes(real, new):
    table = _bars(real, new)
    return table[(table["real"] >= STANDS_OUT) & (table["what"] != OTHERS)]


def _as_numbers(column, kind):
    """Returns numbers; of dates days since 1970, of durations days."""
    if kind == "numbers":
        return column.to_numpy("float64")
    if isinstance(column.dtype, pd.DatetimeTZDtype):
        column = column.dt.tz_convert(None)
    # By NumPy: nanoseconds, in which pandas reckons, end in 2262.
    counts = column.to_numpy()
    unit, size = np.datetime_data(counts.dtype)
    return counts.astype("int64") / (
        np.timedelta64(1, "D") / np.timedelta64(size, unit)
    )


def _texts(edges, kind):
    if kind != "dates":
        unit = " days" if kind == "durations" else ""
        return [f"{edge:.4g}{unit}" for edge in edges]
    days = edges[-1] - edges[0] >= BINS  # else several edges are of one day
    seconds = np.floor(edges * 86_400).astype("int64").astype("datetime64[s]")
    texts = np.datetime_as_string(seconds, unit="D" if days else "s")
    return [text.replace("T", " ") for text in texts.tolist()]


def _compare_pairs(real, new):
    names = list(real.columns)[:MOST_COLUMNS]
    of_real, of_new = associations(real[names]), associations(new[names])
    lines = [
        (first, second, of_real.iat[i, j], of_new.iat[i, j])
        for i, first in enumerate(names)
        for j, second in enumerate(names[:i])
    ]
    table = pd.DataFrame(lines, columns=["first", "second", "real", "new"])
    table = table.astype({"real": "float64", "new": "float64"})
    table["difference"] = table["new"] - table["real"]
    return table.dropna().reset_index(drop=True)
