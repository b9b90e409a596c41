"""What repeated, paired runs show: intervals, paired differences and tests.

Arrays of scores have shape (num_runs, num_methods); the runs of one row share a seed,
so that they are pairs.
"""

import numpy as np
import pandas as pd
from scipy import stats

from kvae import random
from kvae.checks import expect_finite

# Below this many pairs an interval is shown, but no p value.
PAIRS_FOR_A_TEST = 10


def mean_interval(values, confidence=0.95):
    """Returns (mean, low, high): Student's t interval of the mean.

    Args:
        values: float array (num_runs,).
        confidence: float in (0, 1).

    Returns:
        Three floats; low and high are NaN for a single run.

    Example:
        >>> [round(float(v), 2) for v in mean_interval([1.0, 2.0, 3.0])]
        [2.0, -0.48, 4.48]
    """
    values = np.asarray(values, float)
    expect_finite("mean_interval", values)
    if len(values) < 2:
        return float(values.mean()), np.nan, np.nan
    return _interval(
        values.mean(),
        standard_error=stats.sem(values),
        freedom=len(values) - 1,
        confidence=confidence,
    )


def bootstrap_interval(values, confidence=0.95, resamples=2000, seed=0):
    """Returns (mean, low, high) from a bootstrap over runs and over test rows.

    Where the split is fixed, seeds measure the noise of training, but not that of the
    test rows; so both axes are resampled.

    Args:
        values: float array (num_runs, num_rows), such as the difference of two
            methods' hits (0 or 1) on each test row.
        confidence: float in (0, 1).
        resamples: int.
        seed: int.
    """
    values = np.asarray(values, float)
    expect_finite("bootstrap_interval", values)
    runs, rows = values.shape
    stream = random.generator(seed, "bootstrap")
    # By counts of how often each run and row is drawn, a resample is two products.
    run_counts = stream.multinomial(runs, np.full(runs, 1 / runs), size=resamples)
    row_counts = stream.multinomial(rows, np.full(rows, 1 / rows), size=resamples)
    means = np.einsum("br,br->b", run_counts @ values, row_counts) / (runs * rows)
    tail = (1 - confidence) / 2
    low, high = np.quantile(means, [tail, 1 - tail])
    return float(values.mean()), float(low), float(high)


def compare(scores, baseline, confidence=0.95):
    """Compares methods with a baseline, run by run.

    Args:
        scores: DataFrame (num_runs, num_methods), one column for each method, one
            line for each seed; or a dict of equally long sequences.
        baseline: str, the column to compare with.
        confidence: float in (0, 1).

    Returns:
        DataFrame with one line for each method: mean, low, high (t interval),
        difference (mean paired difference to the baseline), difference_low,
        difference_high, p (paired t-test, Holm-corrected for the number of methods;
        missing below 10 runs) and runs.

    Raises:
        KeyError: where the baseline is no column.
        ValueError: for scores that are missing or not finite.

    Example:
        >>> table = compare({"real": [0.7, 0.8], "noise": [0.8, 0.8]}, "real")
        >>> round(float(table.loc["noise", "difference"]), 2)
        0.05
    """
    scores = pd.DataFrame(scores).astype(float)
    if baseline not in scores:
        raise KeyError(
            f"compare expects a baseline among {list(scores.columns)}. "
            f"Received: {baseline!r}."
        )
    expect_finite("compare", scores.to_numpy(), "Every method needs every seed.")
    rows = {}
    for method in scores:
        mean = mean_interval(scores[method], confidence)
        row = dict(zip(("mean", "low", "high"), mean, strict=True))
        if method != baseline:
            names = ("difference", "difference_low", "difference_high")
            difference = scores[method] - scores[baseline]
            row |= zip(names, mean_interval(difference, confidence), strict=True)
            if len(scores) >= PAIRS_FOR_A_TEST:
                row["p"] = _paired_p(difference)
        rows[method] = {**row, "runs": len(scores)}
    table = pd.DataFrame.from_dict(rows, orient="index")
    if "p" in table:
        table["p"] = holm(table["p"])
    return table


def conclude(table):
    """Says in a few words what the paired intervals of `compare` show.

    Args:
        table: DataFrame from `compare`.

    Returns:
        Series: "better" where the interval lies above 0, "worse" where it lies below,
        "cannot tell" otherwise; the baseline is left out. Each interval is judged by
        itself, whereas the p values of `compare` are corrected for their number.
    """
    others = table.dropna(subset="difference")
    words = pd.Series("cannot tell", index=others.index)
    words[others["difference_low"] > 0] = "better"
    words[others["difference_high"] < 0] = "worse"
    return words


def _interval(mean, standard_error, freedom, confidence):
    half = standard_error * stats.t.ppf((1 + confidence) / 2, freedom)
    return float(mean), float(mean - half), float(mean + half)


def _paired_p(difference):
    if np.ptp(difference) == 0:  # without spread the t statistic is 0 / 0 or infinite
        return 1.0 if difference.iloc[0] == 0 else 0.0
    return float(stats.ttest_1samp(difference, 0.0).pvalue)


def holm(p):
    """Returns p values (Series) corrected for their number; missing ones stay missing.

    Example:
        >>> holm(pd.Series([0.01, 0.04, None])).tolist()
        [0.02, 0.04, nan]

    Reference:
        Holm 1979, A Simple Sequentially Rejective Multiple Test Procedure.
    """
    # statsmodels has this, too, but runs the garbage collector at every call.
    known = p.dropna().sort_values()
    corrected = known * np.arange(len(known), 0, -1)
    return corrected.cummax().clip(upper=1.0).reindex(p.index)
