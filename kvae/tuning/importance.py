"""What each hyperparameter mattered, as far as the trials of a search tell."""

import numpy as np
import pandas as pd
from sklearn.ensemble import RandomForestRegressor
from sklearn.inspection import permutation_importance

FEWEST = 8  # trials; with fewer a forest tells nothing
TREES, SHUFFLES = 200, 30


def importance(table, seed=0):
    """Returns how much each hyperparameter mattered.

    A random forest learns the scores from the hyperparameters; a hyperparameter matters
    as much as the forest's error grows, on trials that its trees have not seen, where
    its values are shuffled. With 20 trials that is a hint and no proof: the interval is
    that of the shuffles alone.

    Args:
        table: DataFrame from `trials_table`.
        seed: int.

    Returns:
        DataFrame, a line for each hyperparameter that varies, the most important first:
        importance (share of the variance of scores), low, high (95 % of shuffles),
        best (its value in the best trial). Without lines where fewer than 8 trials are
        complete.

    Example:
        >>> table = pd.DataFrame({"trial": range(20), "score": np.arange(20.0)})
        >>> importance(table.assign(beta=np.arange(20.0), failure=None)).index.tolist()
        ['beta']

    Reference:
        Breiman 2001, Random Forests, section 10; Hutter, Hoos and Leyton-Brown 2014, An
        Efficient Approach for Assessing Hyperparameter Importance.
    """
    done = table[np.isfinite(table["score"].astype(float))]
    inputs = done.drop(columns=["trial", "score", "failure"])
    inputs = inputs.loc[:, inputs.astype(str).nunique() > 1]
    columns = ["importance", "low", "high", "best"]
    if len(done) < FEWEST or inputs.empty or done["score"].nunique() < 2:
        return pd.DataFrame(columns=columns, index=pd.Index([], name="hyperparameter"))
    codes = np.column_stack([_codes(column) for _, column in inputs.items()])
    scores = done["score"].to_numpy()
    forest = RandomForestRegressor(
        TREES, min_samples_leaf=2, bootstrap=True, random_state=seed
    )
    gained = np.zeros((codes.shape[1], SHUFFLES))
    # Halves in turn: the error is that of trials the forest has not seen.
    order = np.random.default_rng(seed).permutation(len(scores))
    for part in (0, 1):
        seen, unseen = order[part::2], order[1 - part :: 2]
        forest.fit(codes[seen], scores[seen])
        gained += permutation_importance(
            forest,
            codes[unseen],
            scores[unseen],
            scoring="neg_mean_squared_error",
            n_repeats=SHUFFLES,
            random_state=seed,
        ).importances / (2 * scores.var())
    low, high = np.quantile(gained, [0.025, 0.975], axis=1)
    found = pd.DataFrame(
        {
            "importance": gained.mean(axis=1),
            "low": low,
            "high": high,
            "best": inputs.iloc[0].tolist(),
        },
        index=pd.Index(inputs.columns, name="hyperparameter"),
    )
    return found.sort_values("importance", ascending=False, kind="stable")


def _codes(column):
    """Returns numbers (N,): those that are none become ranks, and a hole -1."""
    if pd.api.types.is_numeric_dtype(column) and not column.dtype == bool:
        return column.astype(float).fillna(-1.0).to_numpy()
    return pd.factorize(column.astype(str), sort=True)[0].astype(float)
