"""What a model generates, in numbers that go into its description, and tests of them.

Each column is counted in cells: its words, or ten ranges of its numbers with about
equally many rows, and the holes. Later rows are counted in the same cells.
"""

import numpy as np

from kvae.serving.described_columns import read_dates

HOLES = "(holes)"
_RANGES = 10
_MOST_WORDS = 30  # the rarer ones are counted together
_OTHERS = "(others)"
_MOST_VALUES = 32  # of rows that are no table, such as images
_LEAST_EXPECTED = 5.0  # of a cell in a chi-squared test


def columns_of(answer, attributes=None, leave_out=()):
    """Returns the columns of generated rows as numbers or words.

    Args:
        answer: dict of arrays, as a signature answers; texts as str or bytes.
        attributes: list of dicts as of `described_columns.describe`, or None.
        leave_out: names that say nothing, such as the class that was asked for.

    Returns:
        Dict {name: float64 array (N,) with NaN for holes, or object array (N,) of str
        with "" for holes}. Dates are seconds since 1970. Of rows that are no table, 32
        values at even distances, and the mean and the spread of all.
    """
    known = {each["name"]: each for each in attributes or ()}
    columns = {}
    for name, values in answer.items():
        values = np.asarray(values)
        if name in leave_out:
            continue
        if values.ndim > 1:
            columns |= _of_array(name, values.reshape(len(values), -1))
        elif "dates" in known.get(name, ()):
            columns[name] = _seconds(values, known[name])
        elif values.dtype.kind in "OSUb":
            columns[name] = _words(values)
        else:
            columns[name] = values.astype("float64")
    return columns


def summarize(columns):
    """Returns the counts of each column, for JSON.

    Args:
        columns: dict, from `columns_of`.

    Returns:
        Dict {name: dict}: of words `counts` {word: rows}; of numbers `edges` between
        the ranges, `counts` (one more), `least`, `most` and `median`; and `holes`.

    Example:
        >>> summarize({"city": np.array(["Ulm", "Bonn", "Ulm", ""], object)})
        {'city': {'holes': 1, 'counts': {'Ulm': 2, 'Bonn': 1}, 'others': 0}}
    """
    return {name: _summary(values) for name, values in columns.items()}


def compare(summary, columns, dated=()):
    """Tests whether later rows come from the same distributions.

    For each column a chi-squared test of the counts, cells of fewer than 5 expected
    rows together; and exact tests of values that are new: of words that did not occur,
    of numbers below the least and above the most.

    Args:
        summary: dict, from `summarize`.
        columns: dict, from `columns_of`, of the later rows.
        dated: names of the columns of dates, to be shown as such.

    Returns:
        List of (name, p-value, what is different in words).
    """
    found = []
    for name in [*summary, *sorted(set(columns) - set(summary))]:
        if name not in columns or name not in summary:
            words = "is gone" if name in summary else "is new"
            found.append((name, 0.0, words))
        elif (columns[name].dtype == object) != ("others" in summary[name]):
            found.append((name, 0.0, "has turned from words to numbers, or back"))
        else:
            shown = _date if name in dated else "{:.4g}".format
            tests = _tests(summary[name], columns[name], shown)
            found += [(name, *each) for each in tests]
    return found


def holm(p_values):
    """Returns p-values adjusted for their number, by Holm's method.

    Reference:
        Holm 1979: whatever their dependence, the chance of any false alarm among those
        below a level is at most that level.

    Example:
        >>> holm([0.01, 0.04, 0.5]).tolist()
        [0.03, 0.08, 0.5]
    """
    p_values = np.asarray(p_values, float)
    order = np.argsort(p_values, kind="stable")
    scaled = p_values[order] * np.arange(len(p_values), 0, -1)
    adjusted = np.empty_like(p_values)
    adjusted[order] = np.minimum(np.maximum.accumulate(scaled), 1.0)
    return adjusted


def _of_array(name, rows):
    chosen = np.arange(rows.shape[1])
    columns = {}
    if len(chosen) > _MOST_VALUES:
        chosen = np.linspace(0, len(chosen) - 1, _MOST_VALUES).round().astype(int)
        wide = rows.astype("float64")
        columns = {f"mean of {name}": wide.mean(1), f"spread of {name}": wide.std(1)}
    # As coarse as they travel: what differs by rounding is the same.
    return columns | {
        f"{name}[{i}]": np.round(rows[:, i].astype("float64"), 4) for i in chosen
    }


def _seconds(texts, described):
    dates = read_dates(_words(texts), described)
    hole = dates.isna().to_numpy()
    if dates.dtype.kind == "m":
        seconds = dates.dt.total_seconds().to_numpy("float64", na_value=np.nan)
    else:
        zoned = getattr(dates.dtype, "tz", None) is not None
        plain = dates.dt.tz_convert(None) if zoned else dates
        seconds = plain.to_numpy("M8[s]").astype("int64").astype("float64")
    return np.where(hole, np.nan, seconds)


def _words(values):
    words = np.empty(len(values), object)
    words[:] = [v.decode() if isinstance(v, bytes) else str(v) for v in values]
    return words


def _summary(values):
    if values.dtype == object:
        words, counts = np.unique(values[values != ""], return_counts=True)
        order = np.argsort(-counts, kind="stable")
        kept = order[:_MOST_WORDS]
        return {
            "holes": int((values == "").sum()),
            "counts": {str(words[i]): int(counts[i]) for i in kept},
            "others": int(counts[order[_MOST_WORDS:]].sum()),
        }
    known = values[~np.isnan(values)]
    summary = {"holes": int(len(values) - len(known)), "edges": [], "counts": [0]}
    if len(known):
        shares = np.arange(1, _RANGES) / _RANGES
        edges = np.unique(np.quantile(known, shares, method="inverted_cdf"))
        edges = edges[edges < known.max()]
        summary["edges"] = edges.tolist()
        summary["counts"] = _counts(known, edges)
        summary |= {"least": float(known.min()), "most": float(known.max())}
        summary["median"] = float(np.median(known))
    return summary


def _counts(known, edges):
    """Returns how many numbers lie in each range; an edge ends the one before."""
    places = np.searchsorted(edges, known, side="left")
    return np.bincount(places, minlength=len(edges) + 1).tolist()


def _tests(summary, values, shown):
    """Yields (p-value, what is different) of one column."""
    if values.dtype == object:
        before = summary["counts"]
        words, counts = np.unique(values[values != ""], return_counts=True)
        after = dict(zip(map(str, words), map(int, counts), strict=True))
        fresh = sum(n for word, n in after.items() if word not in before)
        cells = [*before]
        first = [*before.values(), summary["others"], summary["holes"]]
        later = [after.get(word, 0) for word in cells]
        later += [fresh, int((values == "").sum())]
        cells += [_OTHERS, HOLES]
        size, total = sum(first), len(values)
        yield _chi_squared(first, later), _largest(cells, first, later)
        if not summary["others"]:
            unknown = next((word for word in after if word not in before), "")
            yield _novelty(fresh, total, size), f"{unknown!r} did not occur"
        return
    known = values[~np.isnan(values)]
    first = [*summary["counts"], summary["holes"]]
    later = [*_counts(known, np.array(summary["edges"])), len(values) - len(known)]
    if not len(known) or "median" not in summary:
        both = [[sum(each[:-1]), each[-1]] for each in (first, later)]
        yield _chi_squared(first, later), _largest(["known", HOLES], *both)
        return
    words = f"median {shown(np.median(known))} instead of {shown(summary['median'])}"
    holes = first[-1] / sum(first), later[-1] / sum(later)
    if abs(holes[0] - holes[1]) > 0.05:
        words = f"{holes[1]:.0%} holes instead of {holes[0]:.0%}"
    yield _chi_squared(first, later), words
    size = sum(first)
    least, most = summary["least"], summary["most"]
    words = f"{shown(known.min())}, where the least was {shown(least)}"
    yield _novelty(int((known < least).sum()), len(values), size), words
    words = f"{shown(known.max())}, where the most was {shown(most)}"
    yield _novelty(int((known > most).sum()), len(values), size), words


def _date(seconds):
    return str(np.datetime64(int(seconds), "s"))


def _chi_squared(first, later):
    """Returns the p-value of a test of homogeneity of two rows of counts."""
    from scipy import stats

    table = np.array([first, later], float)
    totals = table.sum(axis=1)
    if not totals.all():
        return 1.0
    expected = table.sum(axis=0) * totals.min() / totals.sum()
    rare = expected < _LEAST_EXPECTED
    table = np.column_stack([table[:, ~rare], table[:, rare].sum(axis=1)])
    expected = table.sum(axis=0) * totals.min() / totals.sum()
    if 0 < expected[-1] < _LEAST_EXPECTED and table.shape[1] > 1:
        table[:, np.argmin(expected[:-1])] += table[:, -1]
        table = table[:, :-1]
    table = table[:, table.sum(axis=0) > 0]
    if table.shape[1] < 2:
        return 1.0
    return float(stats.chi2_contingency(table, correction=False).pvalue)


def _novelty(count, later, first):
    """Returns how likely it is that so many extreme rows of all are later ones.

    If all rows are alike, any of them may be the k that lie beyond the others.
    """
    places = np.arange(count)
    return float(np.prod((later - places) / (later + first - places)))


def _largest(cells, first, later):
    """Returns the share that has changed most, in words."""
    before = np.array(first) / max(sum(first), 1)
    after = np.array(later) / max(sum(later), 1)
    i = int(np.argmax(np.abs(before - after)))
    return f"{cells[i]} {after[i]:.0%} instead of {before[i]:.0%}"
