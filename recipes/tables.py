"""Tables of the recipes: paired comparisons, in print and in words."""


def compare(results, methods):
    """Returns the comparison with the baseline, for each classifier."""
    import pandas as pd

    from kvae import evaluation

    tables = {}
    for classifier, own in results.groupby("classifier", sort=False):
        scores = own.pivot(index="seed", columns="method", values="weighted_f1")
        tables[classifier] = evaluation.compare(scores[list(methods)], methods[0])
    return pd.concat(tables, names=["classifier", "method"])


def readable(table):
    """The table in print: means and intervals in one column each."""
    import pandas as pd

    def interval(row, name, low, high, sign=""):
        if pd.isna(row[name]):
            return ""
        if pd.isna(row[low]):
            return f"{row[name]:{sign}.3f}"
        return f"{row[name]:{sign}.3f} [{row[low]:{sign}.3f}, {row[high]:{sign}.3f}]"

    columns = {
        "weighted F1": [interval(r, "mean", "low", "high") for _, r in table.iterrows()]
    }
    if "difference" in table:
        names = ("difference", "difference_low", "difference_high", "+")
        columns["paired difference"] = [
            interval(r, *names) for _, r in table.iterrows()
        ]
    if "p" in table:
        columns["p (Holm)"] = [_p_value(p) for p in table["p"]]
    return pd.DataFrame(columns, index=table.index.to_list())


def _p_value(p):
    if p != p:
        return ""
    return "<0.001" if p < 0.001 else f"{p:.3f}"


def in_words(table, classifier):
    """What the paired intervals say, good or bad."""
    from kvae.evaluation import conclude

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
