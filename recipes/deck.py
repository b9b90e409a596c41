"""Tables of the recipes: paired comparisons beside the deck's, also in words."""

BOUNDS = ("bootstrap_low", "bootstrap_high")


def by_permutation(results):
    """Splits PROBEN1's names into data and permutation, and adds their mean.

    Args:
        results: DataFrame with the columns data, method, seed, weighted_f1 and, where
            there are several, classifier and row.

    Returns:
        DataFrame with "card" and 1 where data was "proben1/card1", and, where there
        are several, permutation "mean": each seed's mean over the permutations. The
        mean of bootstrapped bounds is as wide as if the permutations had the same test
        rows: they share some.
    """
    import pandas as pd

    for name in BOUNDS:
        if name in results:  # of a table of baselines alone they are all missing
            results = results.assign(**{name: pd.to_numeric(results[name])})
    names = results["data"].str.extract(r"proben1/(?P<data>[a-z]+)(?P<permutation>\d)")
    results = results.assign(**names)
    if results["permutation"].nunique() == 1:
        return results
    by = [c for c in ("data", "row", "classifier", "method", "seed") if c in results]
    groups = results.groupby(by, sort=False, dropna=False)
    # No mean where a permutation is missing: it would be that of the others.
    whole = groups["permutation"].nunique() == results["permutation"].nunique()
    averaged = [name for name in ("weighted_f1", *BOUNDS) if name in results]
    mean = groups[averaged].mean()[whole].reset_index().assign(permutation="mean")
    return pd.concat([results, mean], ignore_index=True)


def with_bounds(summary, results, by):
    """Adds the bootstrapped bounds, over seeds and test rows, of the gain in accuracy.

    Args:
        summary: DataFrame with the columns `by` and method.
        results: DataFrame from `by_permutation`; every seed has the bounds of all.
        by: list of str.
    """
    bounds = results.groupby([*by, "method"])[list(BOUNDS)].first().reset_index()
    return summary.merge(bounds, how="left")


def classifiers_on_real_rows(results, by):
    """Compares the classifiers on real rows alone with the MLP, seed by seed.

    Args:
        results: DataFrame from `by_permutation`, with the column classifier.
        by: list of str.

    Returns:
        DataFrame as from `evaluation.tables.summarize`, its method a classifier. Its
        intervals are over seeds alone.
    """
    from kvae.augmentation.methods import BASELINE
    from kvae.evaluation import tables

    real = results[results["method"] == BASELINE]
    real = real.assign(method=real["classifier"])
    # The first is compared with, whichever was trained first.
    real = real.sort_values("method", key=lambda m: m != "MLP", kind="stable")
    return tables.summarize(real, by)


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
