import pickle

import numpy as np
import pandas as pd
import pytest

from kvae.verdicts.held_out import compare_held_out
from kvae.verdicts.verdict import CANNOT_TELL, DO_NOT, USE, make_verdict, verdict


def runs(gains, noise=0.01, n=10, seed=0):
    """Scores of a baseline and of methods that gain this much."""
    stream = np.random.default_rng(seed)
    base = stream.normal(0.8, 0.05, size=n)
    methods = {
        name: base + gain + stream.normal(0, noise, size=n)
        for name, gain in gains.items()
    }
    return pd.DataFrame({"real": base, **methods})


def test_says_use_it_where_a_method_clearly_helps():
    given = verdict(runs({"noise": 0.0, "propagate": 0.1}))
    assert given.outcome == USE
    assert given.method == "propagate"
    assert 0 < given.low < given.difference < given.high
    assert given.sentence.startswith("Use it: 'propagate' changes weighted F1 by +0.")
    assert "corrected for 2 methods" in given.sentence
    assert given.more_runs is None


def test_says_do_not_where_no_gain_worth_having_is_left():
    given = verdict(runs({"noise": -0.03, "smote": -0.02}, noise=0.002))
    assert given.outcome == DO_NOT
    assert "no method adds 0.01 or more" in given.sentence
    assert verdict(runs({"a": 0.004}, noise=0.001), worthwhile=0.0).outcome == USE
    assert verdict(runs({"a": 0.004}, noise=0.001), worthwhile=0.01).outcome == DO_NOT
    assert verdict(runs({"a": 0.0}, noise=0.001), worthwhile=0.01).outcome == DO_NOT


def test_a_clear_method_counts_beside_a_noisier_one_with_a_larger_mean():
    scores = runs({"clear": 0.03}, noise=0.005)
    stream = np.random.default_rng(1)
    scores["noisy"] = scores["real"] + 0.05 + stream.normal(0, 0.2, size=10)
    given = verdict(scores)
    assert (given.outcome, given.method) == (USE, "clear")


def test_cannot_tell_and_how_many_more_runs_would():
    few = runs({"noise": 0.02}, noise=0.04, n=8, seed=3)
    given = verdict(few)
    assert given.outcome == CANNOT_TELL
    assert given.more_runs > 0
    assert f"About {given.more_runs} more runs would tell" in given.sentence
    assert "would have shown in four cases of five" in given.sentence
    # With that many runs of the same mean and spread it does tell.
    times = -(-(given.more_runs + 8) // 8) + 1
    assert verdict(pd.concat([few] * times)).outcome != CANNOT_TELL


def test_a_gain_that_cannot_be_is_not_asked_for():
    scores = runs({"noise": 0.02}, noise=0.4, n=8, seed=3)
    given = verdict(scores)
    assert given.outcome == CANNOT_TELL and given.detectable > 0.3
    assert "at best a gain near the largest that is possible" in given.sentence
    assert "A gain of 0." in verdict(scores, score="nats").sentence


def make_rows(*rights):
    """A verdict on methods that are right on these rows."""
    true = np.arange(len(rights[0])) % 2
    predicted = [np.where(right, true, 1 - true)[None] for right in rights]
    table = compare_held_out(true, predicted, ["real", "other"], scoring="accuracy")
    return make_verdict(
        table, 0.95, worthwhile=0.01, most=60, score="accuracy", unit="labelled rows"
    )


def test_the_largest_gain_may_show_where_a_noisy_method_has_wide_intervals():
    real, noisy = np.arange(20) < 12, np.arange(20) % 2 == 0
    unclear = make_rows(real, noisy)
    assert unclear.detectable > 0.4
    assert "at best a gain near the largest" in unclear.sentence
    assert make_rows(real, np.ones(20, bool)).outcome == USE


def test_a_gain_of_the_detectable_size_shows_four_times_in_five():
    noise, count = 0.03, 10
    sizes = [
        verdict(runs({"a": 0.0}, noise=noise, n=count, seed=seed)).detectable
        for seed in range(20)
    ]
    gain = np.sqrt(np.mean(np.square(sizes)))
    found = [
        verdict(runs({"a": gain}, noise=noise, n=count, seed=seed)).outcome == USE
        for seed in range(100)
    ]
    assert 0.7 < np.mean(found) < 0.92


def test_the_classifier_matters_more_where_augmentation_surely_adds_less():
    columns = ["mean", "difference", "difference_low", "difference_high", "runs"]
    none = [0.7, np.nan, np.nan, np.nan, 60]

    def judged(high):
        rows = {"real": none, "noise": [0.72, 0.02, 0.04 - high, high, 60]}
        better = {"line": none, "forest": [0.8, 0.1, 0.06, 0.14, 60]}
        table, judges = (
            pd.DataFrame.from_dict(each, orient="index", columns=columns)
            for each in (rows, better)
        )
        given = make_verdict(table, 0.95, worthwhile=0.01, most=60, judges=judges)
        return given.judges_sentence

    assert "classifier matters more than augmentation" in judged(high=0.05)
    assert judged(high=0.15).endswith("forest less line: +0.100 [+0.060, +0.140].")


def test_under_the_null_it_seldom_says_use_it():
    outcomes = [
        verdict(runs(dict.fromkeys("abcdef", 0.0), noise=0.03, seed=seed)).outcome
        for seed in range(100)
    ]
    # 5 % for six methods together, two-sided: at most 2.5 % this way, and luck.
    assert np.mean([outcome == USE for outcome in outcomes]) < 0.06


def test_prints_shows_and_pickles():
    given = verdict(runs({"<noise>": 0.1}), seed=7)
    assert str(given).startswith(given.sentence)
    interval = f"{given.difference:+.3f} [{given.low:+.3f}, {given.high:+.3f}]"
    assert str(given).count(interval) == 2  # in the sentence, and in the table
    assert "&lt;noise&gt;" in given._repr_html_()
    assert "<table" in given._repr_html_()
    again = pickle.loads(pickle.dumps(given))
    assert again.sentence == given.sentence
    assert again.settings == {"seed": 7}
    pd.testing.assert_frame_equal(again.table, given.table)


def test_the_same_scores_give_the_same_verdict_from_frame_or_dict():
    frame = runs({"noise": 0.02})
    assert verdict(frame).sentence == verdict(frame.to_dict("list")).sentence
    swapped = verdict(frame[["noise", "real"]], baseline="real")
    assert swapped.difference == verdict(frame).difference


def test_refuses_single_runs_unknown_baselines_and_holes():
    with pytest.raises(ValueError, match="at least 2 runs .* other seeds"):
        verdict(runs({"noise": 0.1}, n=1))
    with pytest.raises(ValueError, match="at least 2 methods"):
        verdict({"real": [0.1, 0.2]})
    with pytest.raises(KeyError, match="expects a baseline"):
        verdict(runs({"noise": 0.1}), baseline="none")
    with pytest.raises(ValueError, match="finite"):
        verdict({"real": [0.1, 0.2], "noise": [0.1, np.nan]})


def test_more_runs_are_those_that_the_least_clear_method_asks_for():
    table = pd.DataFrame(
        {
            "mean": [0.8, 0.8, 0.75],
            "difference": [np.nan, 0.0, -0.05],
            "difference_low": [np.nan, 0.0, -0.12],
            "difference_high": [np.nan, 0.0, 0.02],
            "runs": 60,
        },
        index=["none", "same", "worse"],
    )
    given = make_verdict(table, confidence=0.95, worthwhile=0.01, most=1000)
    assert given.outcome == CANNOT_TELL
    assert 5 < given.more_runs < 60  # 0.07 of half width become 0.06


def test_confidence_is_printed_as_it_is():
    scores = runs({"noise": 0.1})
    assert "(99.9% interval" in verdict(scores, confidence=0.999).sentence
    with pytest.raises(ValueError, match="such as 0.95"):
        verdict(scores, confidence=95)
