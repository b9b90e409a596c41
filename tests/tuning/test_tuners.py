import json

import keras
import keras_tuner
import numpy as np
import pytest

from kvae.models import BetaVAE, DenseDecoder, DenseEncoder
from kvae.tuning import BetaVAEHyperModel, make_tuner, trials_table
from kvae.tuning.tuners import TUNERS

STREAM = np.random.default_rng(0)
X = STREAM.normal(size=(24, 3)).astype("float32")
KINDS = sorted(TUNERS)


class Made(keras_tuner.HyperModel):
    """A score for each trial, without training; notes which trials were run."""

    objective = keras_tuner.Objective("score", "max")

    def __init__(self, wrong=()):
        super().__init__()
        self.run, self.wrong = [], list(wrong)  # numbers of runs that raise: what

    def build(self, hp):
        hp.Int("units", 1, 100, default=7)
        sampler = hp.Choice("sampler", ["normal", "noise"], default="normal")
        with hp.conditional_scope("sampler", ["noise"]):
            hp.Float("alpha", 0.1, 1.0, default=0.5)
        self.sampler = sampler
        return keras.Sequential()

    def fit(self, hp, model, *args, callbacks=None, **kwargs):
        self.run.append(dict(hp.values))
        for number, error in self.wrong:
            if len(self.run) == number:
                raise error
        return {"score": float(-abs(hp.get("units") - 50))}


class Eager(BetaVAEHyperModel):
    """Trained for a few steps, tracing would take longer."""

    def build(self, hp):
        vae = super().build(hp)
        vae.run_eagerly = True
        return vae


def tuned(directory, kind="random", hypermodel=None, trials=4, **arguments):
    hypermodel = hypermodel or Made()
    tuner = make_tuner(kind, hypermodel, trials, directory, progress=False, **arguments)
    tuner.search(verbose=0)
    return hypermodel, tuner


@pytest.mark.parametrize("kind", KINDS)
def test_every_tuner_searches_what_a_plain_function_builds(kind, tmp_path):
    def build(hp):
        vae = BetaVAE(
            DenseEncoder(hp.Int("latent_dim", 1, 3, default=2), (4,)),
            DenseDecoder((3,), (4,)),
            beta=hp.Float("beta", 0.1, 4.0, sampling="log"),
            reconstruction="gaussian",
        )
        vae.compile("adam", run_eagerly=True)  # one step: tracing it takes longer
        return vae

    only = {"max_epochs": 2} if kind == "hyperband" else {"max_trials": 2}
    tuner = TUNERS[kind](
        build,
        objective=keras_tuner.Objective("val_elbo", "max"),
        directory=tmp_path,
        seed=0,
        **only,
    )
    tuner.search(X, validation_data=(X,), epochs=1, batch_size=24, verbose=0)
    table = trials_table(tuner)
    assert len(table) >= 2
    assert table["score"].notna().all() and table["failure"].isna().all()
    best = tuner.get_best_models(1)[0]
    said = best.evaluate(X, verbose=0, return_dict=True, batch_size=24)
    assert said["elbo"] == pytest.approx(table["score"].iloc[0], abs=0.5)


@pytest.mark.parametrize("kind", KINDS)
def test_every_tuner_searches_a_hypermodel_of_kvae(kind, tmp_path):
    model = Eager((3,), steps=(2,), steps_per_epoch=2, batch_sizes=(8,))
    only = {"max_epochs": 2} if kind == "hyperband" else {}
    tuner = make_tuner(kind, model, 2, tmp_path, progress=False, **only)
    tuner.search(X[:16], validation_data=(X[16:],), verbose=0)
    table = trials_table(tuner)
    assert len(table) >= 2
    assert table["score"].notna().all() and table["score"].is_monotonic_decreasing
    assert {"latent_dim", "beta", "learning_rate", "units"} <= set(table)


@pytest.mark.parametrize("kind", ["random", "bayesian", "grid"])
def test_the_first_trial_is_that_of_all_defaults(kind, tmp_path):
    hypermodel, _ = tuned(tmp_path, kind)
    assert hypermodel.run[0] == {"units": 7, "sampler": "normal"}
    assert len(hypermodel.run) == 4


def test_a_search_that_is_over_is_not_done_again(tmp_path):
    _, first = tuned(tmp_path)
    hypermodel, again = tuned(tmp_path)
    assert hypermodel.run == []
    assert trials_table(again).equals(trials_table(first))
    more, _ = tuned(tmp_path, trials=6)
    assert len(more.run) == 2


@pytest.mark.parametrize("number", [1, 3])
def test_a_search_that_was_stopped_goes_on(number, tmp_path):
    stopped = Made(wrong=[(number, KeyboardInterrupt())])
    with pytest.raises(KeyboardInterrupt):
        tuned(tmp_path, hypermodel=stopped)
    hypermodel, tuner = tuned(tmp_path)
    assert hypermodel.run[0] == stopped.run[-1]
    assert len(hypermodel.run) == 5 - number
    table = trials_table(tuner)
    assert len(table) == 4 and table["score"].notna().all()
    assert (table["units"] == 7).sum() >= 1


def test_a_trial_that_fails_says_why_and_the_search_goes_on(tmp_path):
    wrong = [(1, ValueError("no room")), (3, MemoryError("too large"))]
    hypermodel, tuner = tuned(tmp_path, hypermodel=Made(wrong))
    table = trials_table(tuner)
    assert len(hypermodel.run) == len(table) == 4
    assert table["score"].notna().tolist() == [True, True, False, False]
    assert table["failure"].iloc[:2].isna().all()
    assert table["failure"].iloc[2:].tolist() == [
        "ValueError: no room",
        "MemoryError: too large",
    ]
    _, again = tuned(tmp_path)
    assert trials_table(again).equals(table)


def test_a_search_whose_trials_all_fail_comes_to_its_end(tmp_path):
    wrong = [(number, ValueError("no")) for number in range(1, 6)]
    _, tuner = tuned(tmp_path, hypermodel=Made(wrong), trials=5)
    assert len(trials_table(tuner)) == 5
    assert trials_table(tuner)["score"].isna().all()


def test_the_table_has_the_best_first_and_holes_where_a_trial_lacks_something(
    tmp_path,
):
    _, tuner = tuned(tmp_path, trials=8)
    table = trials_table(tuner)
    assert table["score"].is_monotonic_decreasing
    assert (table["score"] == -(table["units"] - 50).abs()).all()
    assert (table["alpha"].notna() == (table["sampler"] == "noise")).all()
    assert set(table["sampler"]) == {"noise", "normal"}


def test_the_lowest_comes_first_where_low_is_good(tmp_path):
    hypermodel = Made()
    hypermodel.objective = keras_tuner.Objective("score", "min")
    _, tuner = tuned(tmp_path, hypermodel=hypermodel)
    assert trials_table(tuner)["score"].is_monotonic_increasing


def test_the_same_seed_draws_the_same_trials(tmp_path):
    one, other, third = (
        tuned(tmp_path / name, seed=seed)[0].run
        for name, seed in (("a", 1), ("b", 1), ("c", 2))
    )
    assert one == other != third


def test_callbacks_stop_a_trial_and_log_it_for_tensorboard(tmp_path):
    model = BetaVAEHyperModel((3,), steps=(8,), steps_per_epoch=1, batch_sizes=(8,))
    tuner = make_tuner("random", model, 2, tmp_path, progress=False)
    never = keras.callbacks.EarlyStopping(
        "val_elbo", mode="max", min_delta=1e9, patience=2
    )
    logs = tmp_path / "logs"
    tuner.search(
        X[:16],
        validation_data=(X[16:],),
        callbacks=[never, keras.callbacks.TensorBoard(logs)],
        verbose=0,
    )
    for trial in tuner.oracle.start_order:
        files = list((logs / trial).rglob("*tfevents*"))
        # Of training, of validation and of HParams.
        assert len({file.parent for file in files}) == 3
        hparams = [f for f in files if b"_hparams_" in f.read_bytes()]
        assert hparams and b"learning_rate" in hparams[0].read_bytes()
        record = tuner.oracle.get_trial(trial).metrics
        assert record.exists("val_elbo")
        steps = json.loads(
            (tmp_path / "search" / f"trial_{trial}/trial.json").read_text()
        )
        assert steps["best_step"] < 3
    assert trials_table(tuner)["failure"].isna().all()


def test_the_progress_bar_counts_what_was_done_before(tmp_path, monkeypatch):
    shown = []

    class Bar:
        def __init__(self, total, initial, **kwargs):
            shown.append((total, initial))

        def update(self):
            shown.append("trial")

        def set_postfix_str(self, text):
            shown.append(text)

    class Worse(Made):
        def fit(self, *args, **kwargs):
            return {"score": -1000.0}

    wrong = [(2, ValueError("no"))]
    tuned(tmp_path, hypermodel=Made(wrong), trials=2)
    monkeypatch.setattr("kvae.tuning.tuners.tqdm", Bar)
    tuner = make_tuner("random", Worse(), 3, tmp_path)
    tuner.search(verbose=0)
    assert shown == [(3, 2), "trial", "best -43"]


@pytest.mark.parametrize(
    ("kind", "trials", "message"),
    [
        ("randm", 2, "'bayesian', 'grid', 'hyperband', 'random'. Received: 'randm'"),
        ("random", 0, "trials of make_tuner expects a whole number >= 1"),
    ],
)
def test_unknown_tuners_and_no_trials_are_refused(kind, trials, message, tmp_path):
    with pytest.raises(ValueError, match=message):
        make_tuner(kind, Made(), trials, tmp_path)


@pytest.mark.parametrize("seed", [0, 1])
def test_a_seed_draws_the_same_trials_again(tmp_path, seed):
    first, _ = tuned(tmp_path / "first", seed=seed)
    again, _ = tuned(tmp_path / "again", seed=seed)
    assert first.run == again.run
