import pickle

import joblib
import numpy as np
import pytest

from kvae.augmentation.methods import BASELINE, METHODS, table_methods
from kvae.training.budget import Budget
from kvae.verdicts import verdict_from_rows
from kvae.verdicts.cross_validation import cross_validate_all
from kvae.verdicts.from_rows import verdict_on
from kvae.verdicts.verdict import CANNOT_TELL, DO_NOT, USE

SMALL = Budget(folds=3, repeats=2, steps=150, vae_steps=30)
TWO = METHODS[BASELINE], METHODS["SMOTE"]


def noise_rows(seed, n=60):
    stream = np.random.default_rng(seed)
    return stream.normal(size=(n, 5)), stream.permutation(np.arange(n) % 2)


def test_answers_with_the_rows_counted_and_their_number_to_tell():
    x, y = noise_rows(0)
    given = verdict_from_rows(x, np.where(y, "yes", "no"), TWO, budget=SMALL)
    assert given.outcome in (CANNOT_TELL, DO_NOT)
    assert (given.unit, given.runs, given.baseline) == ("labelled rows", 60, BASELINE)
    assert "over 60 labelled rows" in given.sentence
    if given.outcome == CANNOT_TELL and given.more_runs:
        assert f"About {given.more_runs} more rows would tell" in given.sentence
    assert pickle.loads(pickle.dumps(given)).sentence == given.sentence


def test_says_use_it_where_the_gain_is_large():
    # Few rows of one class: without weights hardly any of them is found.
    stream = np.random.default_rng(0)
    y = np.repeat([0, 1], [180, 20])
    x = stream.normal(size=(200, 2)) + 1.2 * y[:, None]
    weighted = METHODS[BASELINE], METHODS["class weights"]
    given = verdict_from_rows(x, y, weighted, budget=SMALL, scoring="balanced_accuracy")
    assert given.outcome == USE
    assert given.score == "balanced_accuracy"


def test_the_same_seed_gives_the_same_verdict():
    x, y = noise_rows(1)
    first, again = (verdict_from_rows(x, y, TWO, budget=SMALL) for _ in range(2))
    assert first.sentence == again.sentence


@pytest.mark.slow
def test_labels_that_are_noise_are_seldom_worth_augmenting():
    # As stacks of 20: a problem is the same in any company.
    outcomes = []
    for start in range(0, 100, 20):
        problems = [(*noise_rows(seed), seed) for seed in range(start, start + 20)]
        methods = table_methods(problems[0][1])
        held_out = cross_validate_all(problems, methods, Budget(vae_steps=500))
        outcomes += [verdict_on(predictions).outcome for predictions in held_out]
    assert outcomes.count(USE) <= 9


def test_refuses_what_cannot_be_judged():
    x, y = noise_rows(0)
    with pytest.raises(ValueError, match="at least two classes"):
        verdict_from_rows(x, np.zeros(60))
    with pytest.raises(ValueError, match="finite"):
        verdict_from_rows(np.where(x > 2, np.nan, x), y)
    with pytest.raises(ValueError, match="a label for each"):
        verdict_from_rows(x[:, 0], y)
    with pytest.raises(ValueError, match="two or more, of different names"):
        verdict_from_rows(x, y, TWO[:1])


def _sentence(seed):
    return verdict_from_rows(*noise_rows(seed), TWO, budget=SMALL, seed=seed).sentence


@pytest.mark.slow
def test_the_verdict_is_the_same_on_any_number_of_jobs():
    here = [_sentence(seed) for seed in range(3)]
    for jobs in (2, 3):
        pool = joblib.Parallel(n_jobs=jobs)
        assert pool(joblib.delayed(_sentence)(seed) for seed in range(3)) == here


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"y": [0] * 19 + [1]}, "2 labelled rows of each class.* 1 of '1'"),
        ({"x": np.ones((20, 4, 4))}, r"x\[..., None\]"),
        ({"x": np.full((20, 2), "a", object)}, "table_verdict"),
        ({"x": np.full((20, 4, 4, 1), 16.0)}, r"images in \[0, 1\].* 16 to 16"),
        ({"methods": (BASELINE, "SMOTE")}, f"Received: '{BASELINE}'.* Multi-VAE"),
        ({"scoring": "f1_marco"}, "scoring"),
        ({"scoring": "roc_auc"}, "'roc_auc', which needs more"),
        ({"confidence": 95}, "such as 0.95"),
    ],
)
def test_what_is_wrong_is_said_before_anything_is_trained(
    changed, message, monkeypatch
):
    def trained(*arguments, **keywords):
        raise AssertionError("trained")

    monkeypatch.setattr("kvae.verdicts.cross_validation.cross_validate", trained)
    arguments = {"x": np.ones((20, 2)), "y": [0, 1] * 10} | changed
    with pytest.raises(ValueError, match=message):
        verdict_from_rows(**arguments)
