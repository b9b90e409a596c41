"""The winner of a search against the default, on rows and seeds the search never saw.

The best of many trials is lucky, too: its own score is too good. This one is not.
"""

import numpy as np
import pandas as pd

from kvae import random
from kvae.evaluation.statistics import bootstrap_interval
from kvae.training.vaes import fit_vaes
from kvae.tuning.stacked_search import rows_terms, search_stacked
from kvae.verdicts.held_out import compare_held_out
from kvae.verdicts.splits import make_split
from kvae.verdicts.train_splits import predict_splits

DEFAULT, WINNER = "default", "winner"


def compare_elbo(trials, x, development, seeds):
    """Trains the VAEs of two trials by several seeds; compares their ELBO.

    Args:
        trials: dict {"default": (VAESettings, dict of arguments of BetaVAE), "winner":
            the same}.
        x: float array (N, ...), rows to train on.
        development: float array (M, ...), rows that no trial has seen.
        seeds: S ints, which no trial has used.

    Returns:
        DataFrame: mean, difference, difference_low, difference_high, runs, in nats per
        row. The interval is a bootstrap over seeds and over rows: both are few.
    """
    elbos = {
        name: _elbos(x, development, settings, arguments, seeds)
        for name, (settings, arguments) in trials.items()
    }
    rows = {}
    for name, of_rows in elbos.items():
        rows[name] = {"mean": of_rows.mean(), "runs": len(seeds)}
        if name != DEFAULT:
            difference = bootstrap_interval(of_rows - elbos[DEFAULT])
            names = "difference", "difference_low", "difference_high"
            rows[name] |= dict(zip(names, difference, strict=True))
    return pd.DataFrame.from_dict(rows, orient="index")


def _elbos(x, development, settings, arguments, seeds):
    """Returns the ELBO (S, M) of each row; a stack trains all if there can be one."""
    if settings.filters is None:
        trials = [{"seed": seed} for seed in seeds]
        _, stack = search_stacked(x, development, trials, settings, **arguments)
        return -sum(rows_terms(stack, development))
    vaes = [fit_vaes(x, seed, settings, **arguments) for seed in seeds]
    return np.concatenate([-sum(rows_terms(vae, development)) for vae in vaes])


def compare_scores(trials, x, y, held_out, draws, seeds, confidence=0.95):
    """Trains classifiers by the methods of two trials; compares them on rows held out.

    Args:
        trials: dict {"default": (Method, Budget), "winner": (Method, Budget)}.
        x: float array (N, ...).
        y: int array (N,) of class indices, -1 = unlabelled.
        held_out: int array, rows that no trial has seen: they judge.
        draws: list of S int arrays, the rows that are labelled for each seed.
        seeds: S ints, which no trial has used.
        confidence: float in (0, 1).

    Returns:
        DataFrame from `kvae.verdicts.compare_held_out`: its intervals count both that
        the rows held out are few and that draws and trainings differ.
    """
    y = np.asarray(y)
    splits = []
    for repeat, (drawn, seed) in enumerate(zip(draws, seeds, strict=True)):
        known = np.full(len(y), -1)
        known[drawn], known[held_out] = y[drawn], y[held_out]
        seed = random.derive(seed, "comparison")
        splits.append(make_split(x, known, held_out, seed=seed, repeat=repeat))
    predicted = [
        np.stack(predict_splits(splits, (method,), int(y.max()) + 1, budget))
        for method, budget in trials.values()
    ]
    return compare_held_out(
        y[held_out],
        np.stack(predicted),
        list(trials),
        confidence=confidence,
    )


def as_sentence(table, unit, same=False):
    """Returns what the comparison says, in a sentence.

    Args:
        table: DataFrame of `compare_elbo` or `compare_scores`.
        unit: str, what is compared, such as "nats per row".
        same: bool, whether winner and default are one trial.

    Example:
        >>> row = {"difference": 0.1, "difference_low": -0.1, "difference_high": 0.3}
        >>> as_sentence(pd.DataFrame({"winner": row}).T, "nats per row")
        'The default is as good: the winner changes it by +0.100 [-0.100, +0.300] nats
        per row.'
    """
    row = table.loc[WINNER]
    low, high = row["difference_low"], row["difference_high"]
    interval = f"{row['difference']:+.3f} [{low:+.3f}, {high:+.3f}] {unit}"
    if same:
        return "The winner is the default itself."
    if low > 0:
        return f"The winner is better than the default: {interval}."
    if high < 0:
        return f"The winner is worse than the default: {interval}. Keep the default."
    return f"The default is as good: the winner changes it by {interval}."
