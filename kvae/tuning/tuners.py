"""KerasTuner's tuners, set up so that a search ends with an answer."""

import keras_tuner
import numpy as np
import pandas as pd
from tqdm import tqdm

from kvae.checks import expect_count, expect_one_of
from kvae.tuning import roles

TUNERS = {
    "random": keras_tuner.RandomSearch,
    "bayesian": keras_tuner.BayesianOptimization,
    "hyperband": keras_tuner.Hyperband,
    "grid": keras_tuner.GridSearch,
}


def make_tuner(
    kind,
    hypermodel,
    trials=20,
    directory="out/search",
    name="search",
    seed=0,
    progress=True,
    **arguments,
):
    """Returns a tuner of KerasTuner for one of kvae's hypermodels.

    The trial of all defaults comes first, so that the winner is never worse than it;
    Hyperband alone draws all of its trials. A trial that fails tells why, in
    `trials_table`, and the search goes on. Trials are kept in the directory: a search
    that was stopped goes on with the same call.

    Args:
        kind: "random", "bayesian", "hyperband" or "grid".
        hypermodel: HyperModel with an `objective`.
        trials: int, how many; Hyperband decides itself.
        directory: str or path, of the searches.
        name: str, of this one.
        seed: int.
        progress: bool, whether to show a progress bar.
        **arguments: other arguments of the tuner, such as max_epochs of Hyperband.

    Returns:
        keras_tuner.Tuner.

    Raises:
        ValueError: for an unknown kind.

    Example:
        >>> from kvae.tuning import BetaVAEHyperModel
        >>> model = BetaVAEHyperModel((4,))
        >>> tuner = make_tuner("random", model, trials=2, directory="out/doctest")
        >>> tuner.oracle.max_trials
        2
    """
    expect_one_of("tuner", kind, TUNERS)
    expect_count("trials of make_tuner", trials, 1)
    if kind != "hyperband":
        arguments |= {"max_trials": trials}
    tuner = TUNERS[kind](
        hypermodel,
        objective=hypermodel.objective,
        directory=str(directory),
        project_name=name,
        seed=seed or 2**31 - 1,  # of 0 KerasTuner makes another one each time
        # A trial may ask for what cannot be trained; others can.
        max_consecutive_failed_trials=10**6,
        **arguments,
    )
    _begin_with_defaults(tuner)
    if progress:
        _show_progress(tuner, None if kind == "hyperband" else trials)
    return tuner


def _begin_with_defaults(tuner):
    """Makes the first trial that of all defaults, as KerasTuner's grid does anyway."""
    if roles.is_worker() or isinstance(
        tuner, keras_tuner.GridSearch | keras_tuner.Hyperband
    ):
        return  # what a worker runs, its chief decides
    oracle, draw = tuner.oracle, tuner.oracle.populate_space

    def populate_space(trial_id):
        if oracle.start_order:
            return draw(trial_id)
        return {"status": "RUNNING", "values": dict(oracle.get_space().values)}

    oracle.populate_space = populate_space


def _show_progress(tuner, trials):
    """Shows a bar; `on_trial_end` is what KerasTuner's tuners have for that."""
    objective, end = tuner.oracle.objective, tuner.on_trial_end
    ended = [] if roles.is_worker() else tuner.oracle.end_order
    scores = [tuner.oracle.trials[trial_id].score for trial_id in ended]
    best = [score for score in scores if score is not None]
    bar = tqdm(
        total=trials, initial=len(ended), desc="Trials", unit="trial", disable=None
    )

    def on_trial_end(trial):
        end(trial)
        bar.update()
        if trial.metrics.exists(objective.name):
            best.append(trial.metrics.get_best_value(objective.name))
            up = objective.direction == "max"
            bar.set_postfix_str(f"best {(max if up else min)(best):.4g}")

    tuner.on_trial_end = on_trial_end


def active_values(hyperparameters):
    """Returns {name: value} of those that a trial has: not of other families.

    Args:
        hyperparameters: keras_tuner.HyperParameters.
    """
    values = hyperparameters.values
    return {
        hp.name: values[hp.name]
        for hp in hyperparameters.space
        if hyperparameters.is_active(hp) and hp.name in values
    }


def trials_table(tuner):
    """Returns a line for each trial, the best first and those that failed last.

    Args:
        tuner: a tuner whose search is over.

    Returns:
        DataFrame: trial, score, the hyperparameters (missing where a trial has none),
        and failure, in a line.
    """
    rows = []
    for trial_id in tuner.oracle.start_order:
        trial = tuner.oracle.get_trial(trial_id)
        why = (trial.message or "").strip().splitlines()
        failed = trial.status != "COMPLETED"
        row = {"trial": trial_id, "score": None if failed else trial.score}
        row |= active_values(trial.hyperparameters)
        reason = why[-1] if failed and why else None
        if row["score"] is not None and not np.isfinite(row["score"]):
            row["score"], reason = None, f"its score is {row['score']}"
        rows.append({**row, "failure": reason})
    table = pd.DataFrame(rows)
    up = tuner.oracle.objective.direction == "max"
    return table.sort_values(
        "score", ascending=not up, na_position="last", kind="stable"
    )
