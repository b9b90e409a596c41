"""Tables of results that people read: means and intervals in one column each."""

import pandas as pd

from kvae.evaluation.statistics import compare, conclude


def summarize(results, by):
    """Compares every method with the first, for each row of a table.

    Args:
        results: DataFrame with the columns `by`, method, seed and weighted_f1.
        by: list of str, the columns that name a row of the table.

    Returns:
        DataFrame: the columns `by`, method, and those of `evaluation.compare`.
    """
    tables = []
    for key, runs in results.groupby(by, sort=False):
        scores = runs.pivot(index="seed", columns="method", values="weighted_f1")
        methods = list(runs["method"].unique())
        table = compare(scores[methods], methods[0]).reset_index()
        table = table.rename(columns={"index": "method"})
        for position, (name, value) in enumerate(zip(by, key, strict=True)):
            table.insert(position, name, value)
        tables.append(table)
    return pd.concat(tables, ignore_index=True)


def readable(table, score="weighted F1"):
    """Returns a table of `compare` or `compare_held_out` in print.

    Args:
        table: DataFrame; columns that are missing are left out. `deck` and
            `deck_difference` are the deck's values.
        score: str, what is compared.

    Returns:
        DataFrame of strings, a line for each method, means and their intervals in one
        column each.

    Example:
        >>> columns = ["mean", "difference", "difference_low", "difference_high"]
        >>> table = pd.DataFrame([[0.7, 0.01, -0.005, 0.025]], ["noise"], columns)
        >>> readable(table).loc["noise", "paired difference"]
        '+0.010 [-0.005, +0.025]'
    """
    columns = {}
    if "deck" in table and table["deck"].notna().any():
        columns["deck"] = [_number(value) for value in table["deck"]]
    columns[score] = _intervals(table, ("mean", "low", "high"))
    if "deck_difference" in table and table["deck_difference"].notna().any():
        columns["deck's difference"] = [
            "" if first else _number(value, "+")
            for first, value in zip(
                table["difference"].isna(), table["deck_difference"], strict=True
            )
        ]
    if "difference" in table:
        names = ("difference", "difference_low", "difference_high")
        columns["paired difference"] = _intervals(table, names, sign="+")
    if "p" in table:
        columns["p (Holm)"] = [_p_value(p) for p in table["p"]]
    return pd.DataFrame(columns, index=table.index.to_list())


def in_brackets(mean, low, high, sign=""):
    """Returns a mean and its interval in print; what is missing stays empty.

    Example:
        >>> in_brackets(0.005, -0.008, 0.0171, sign="+")
        '+0.005 [-0.008, +0.017]'
    """
    mean, low, high = (_number(value, sign) for value in (mean, low, high))
    return f"{mean} [{low}, {high}]" if low else mean


def _intervals(table, names, sign=""):
    values = table.reindex(columns=names).to_numpy("float64")
    return [in_brackets(mean, low, high, sign=sign) for mean, low, high in values]


def _number(value, sign=""):
    return "" if value != value else f"{value:{sign}.3f}"


def _p_value(p):
    if p != p:
        return ""
    return "<0.001" if p < 0.001 else f"{p:.3f}"


def in_words(table, classifier):
    """What the paired intervals say, good or bad."""
    if "difference_low" not in table or table["difference_low"].isna().all():
        return ""
    words = conclude(table)
    lines = [
        f"{word:12} {', '.join(words.index[words == word]) or 'none'}"
        for word in ("better", "worse", "cannot tell")
    ]
    return (
        f"\nCompared with {table.index[0]}, {classifier} (does the 95 % interval of "
        "the paired difference exclude 0? each taken alone):\n"
        + "\n".join(lines)
        + "\n"
    )
