"""Tables of the recipes: paired comparisons beside the deck's, also in words."""


def by_permutation(results):
    """Splits PROBEN1's names into data and permutation, and adds their mean.

    Args:
        results: DataFrame with the columns data, method, seed, weighted_f1 and, where
            there are several, classifier and row.

    Returns:
        DataFrame with "card" and 1 where data was "proben1/card1", and, where there
        are several, permutation "mean": each seed's mean over the permutations.
    """
    import pandas as pd

    names = results["data"].str.extract(r"proben1/(?P<data>[a-z]+)(?P<permutation>\d)")
    results = results.assign(**names)
    if results["permutation"].nunique() == 1:
        return results
    by = [c for c in ("data", "row", "classifier", "method", "seed") if c in results]
    groups = results.groupby(by, sort=False, dropna=False)
    # No mean where a permutation is missing: it would be that of the others.
    whole = groups["permutation"].nunique() == results["permutation"].nunique()
    mean = groups["weighted_f1"].mean()[whole].reset_index().assign(permutation="mean")
    return pd.concat([results, mean], ignore_index=True)


def beside_deck(summary, deck, by):
    """Adds the deck's values, and its differences to its own baseline.

    Args:
        summary: DataFrame from `summarize`.
        deck: DataFrame with the columns `by`, method and deck; in each row the
            method that stands first is the baseline.
        by: list of str.
    """
    baseline = deck.groupby(by, sort=False)["deck"].transform("first")
    deck = deck.assign(deck_difference=deck["deck"] - baseline)
    return summary.merge(deck, how="left", on=[*by, "method"])
