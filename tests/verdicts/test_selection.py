import dataclasses

import numpy as np
import pandas as pd
import pytest

from kvae.augmentation.methods import BASELINE, METHODS, Method
from kvae.semi_supervised import CLASSIFIERS
from kvae.training.budget import Budget
from kvae.verdicts.held_out import HeldOut
from kvae.verdicts.judges import get_judge
from kvae.verdicts.selection import Selection, select, select_all

SMALL = Budget(folds=3, repeats=2, steps=60, vae_steps=30)
THREE = (
    METHODS[BASELINE],
    Method("a", rival="SMOTE"),
    Method("b", rival="input noise"),
)
ROWS = np.zeros((20, 2)), np.arange(20) % 2


@pytest.fixture
def chosen_from(monkeypatch):
    """Returns what is chosen where cross-validation finds these differences."""

    def chosen_from(*differences, methods=THREE, y=ROWS[1]):
        names = [method.name for method in methods]
        rows = dict(zip(names, [(np.nan,) * 3, *differences], strict=True))
        columns = ["difference", "difference_low", "difference_high"]
        table = pd.DataFrame.from_dict(rows, orient="index", columns=columns)
        found = HeldOut(methods, None, None, None, None, folds=5, seconds=1.0)
        monkeypatch.setattr(HeldOut, "compare", lambda *arguments: table)
        monkeypatch.setattr(
            "kvae.verdicts.selection.cross_validate_all", lambda *a, **kw: [found]
        )
        return select(np.zeros((len(y), 2)), y, methods, unlabelled=-1)

    return chosen_from


def test_a_clear_gain_wins_over_a_larger_unclear_one(chosen_from):
    chosen = chosen_from((0.02, 0.01, 0.03), (0.05, -0.01, 0.11))
    assert chosen.method.name == "a"
    assert chosen.reason.startswith("'a' changes the score by +0.020 [+0.010, +0.030]")


def test_the_real_rows_alone_unless_a_gain_is_clear(chosen_from):
    chosen = chosen_from((0.02, -0.01, 0.05), (-0.1, -0.2, 0.0))
    assert chosen.method.name == BASELINE
    assert "the best, 'a'" in chosen.reason


WITH_KNOWN = METHODS[BASELINE], Method("a", rival="SMOTE"), METHODS["self-training"]
MANY = np.where(np.arange(250) < 200, np.arange(250) % 2, -1)


def test_what_gained_elsewhere_is_chosen_unless_these_rows_say_no(chosen_from):
    unsure = chosen_from(
        (0.02, -0.03, 0.07), (0.01, -0.04, 0.06), methods=WITH_KNOWN, y=MANY
    )
    assert unsure.method.name == "self-training"
    assert "+0.010 [-0.040, +0.060] in cross-validation" in unsure.reason
    worse = chosen_from(
        (0.02, -0.03, 0.07), (-0.03, -0.04, -0.02), methods=WITH_KNOWN, y=MANY
    )
    assert worse.method.name == BASELINE
    clear = chosen_from(
        (0.02, 0.01, 0.03), (0.01, -0.04, 0.06), methods=WITH_KNOWN, y=MANY
    )
    assert clear.method.name == "a"


def test_few_rows_do_not_outweigh_what_gained_elsewhere():
    y = np.where(np.arange(30) < 10, np.arange(30) % 2, -1)
    x = np.random.default_rng(0).normal(size=(30, 2))
    chosen = select(x, y, WITH_KNOWN, unlabelled=-1)
    assert chosen.method.name == "self-training" and chosen.table is None
    assert "With 10 labelled rows" in chosen.reason
    four = np.where(np.arange(30) < 8, y, -1)
    assert select(x, four, WITH_KNOWN, unlabelled=-1).method.name == BASELINE
    assert chosen.fit(x, y, unlabelled=-1).predict(x).shape == (30,)
    # What is known is of weighted F1, and of tables with unlabelled rows.
    other = select(x, y, WITH_KNOWN, unlabelled=-1, scoring="accuracy", budget=SMALL)
    assert other.method.name == BASELINE
    assert select(x[:10], y[:10], WITH_KNOWN[:2], budget=SMALL).method.name == BASELINE


def test_several_problems_are_chosen_for_as_each_alone():
    stream = np.random.default_rng(0)
    problems = [
        (stream.normal(size=(20, 3)), np.arange(20) % 2, 0),
        (stream.normal(size=(8, 3)), np.arange(8) % 2, 1),  # a rule decides
        (stream.normal(size=(20, 3)), np.arange(20) % 2, 2),
    ]
    found = select_all(problems, THREE, budget=SMALL)
    assert found[1].table is None
    for number in (0, 2):
        x, y, seed = problems[number]
        alone = select(x, y, THREE, budget=SMALL, seed=seed)
        assert alone.method == found[number].method
        # float32: a row at the border may change sides.
        np.testing.assert_allclose(
            alone.table["difference"], found[number].table["difference"], atol=0.05
        )


def test_chooses_inside_the_labelled_rows_and_says_why():
    stream = np.random.default_rng(0)
    x, y = stream.normal(size=(24, 3)), np.arange(24) % 2
    chosen = select(x, y, THREE, budget=SMALL)
    assert chosen.method in THREE
    assert chosen.table.loc["a", "runs"] == 24
    assert chosen.seconds > 0 and not chosen.transductive
    again = select(x, np.array(["n", "y"])[y], THREE, budget=SMALL)
    pd.testing.assert_frame_equal(again.table, chosen.table)


def test_below_five_rows_in_a_class_a_rule_decides():
    x = np.zeros((8, 3))
    assert select(x, [0, 1] * 4).method.name == BASELINE
    images = np.zeros((8, 8, 8, 1))
    assert select(images, [0, 1] * 4).method.name == "shifts and rotations"
    some = select(images, [0, 1, None, None] * 2)
    assert some.method.name == "propagate"
    assert "fewer than 5 labels spread" in some.reason


def test_out_of_time_nothing_is_chosen_and_that_is_said():
    x, y = np.random.default_rng(0).normal(size=(20, 3)), np.arange(20) % 2
    late = dataclasses.replace(SMALL, seconds=0.0)
    chosen = select(x, y, THREE, budget=late)
    assert chosen.method.name == BASELINE
    assert "Nothing was chosen. Cross-validation was stopped" in chosen.reason


def test_refuses_one_class():
    with pytest.raises(ValueError, match="at least two classes"):
        select(np.zeros((4, 2)), [1] * 4)


def test_a_classifier_of_unlabelled_rows_is_chosen_and_fitted():
    """Rows inside and outside of a circle, which no line separates."""
    x = np.random.default_rng(0).uniform(-1, 1, size=(300, 2))
    y = (np.hypot(*x.T) > 0.7).astype(int)
    some = np.where(np.arange(300) < 90, y, -1)
    names = BASELINE, "SMOTE", "semi-supervised VAE"
    selection = select(
        x,
        some,
        tuple(METHODS[name] for name in names),
        unlabelled=-1,
        budget=SMALL,
        classifier="logistic_regression",
    )
    assert selection.method.name == "semi-supervised VAE", selection.reason
    model = selection.fit(x, some, unlabelled=-1)
    assert model.score(x[90:], y[90:]) > 0.85


@pytest.mark.parametrize("name", [BASELINE, *CLASSIFIERS])
@pytest.mark.parametrize("classifier", ["mlp", "sklearn.naive_bayes.GaussianNB"])
def test_what_was_chosen_can_be_fitted(name, classifier):
    stream = np.random.default_rng(0)
    true = np.array(["no", "yes"])[np.arange(60) % 2]
    x = stream.normal(size=(60, 2)) * 100 + 400 * (true == "yes")[:, None]
    some = np.where(np.arange(60) < 30, true, None)
    selection = Selection(METHODS[name], "", classifier=get_judge(classifier))
    model = selection.fit(x, some)
    assert model.score(x, true) > 0.9
    assert set(model.predict(x)) == {"no", "yes"}
    numbers = np.where(np.arange(60) < 30, 3 + (true == "yes"), -1)
    assert set(selection.fit(x, numbers, unlabelled=-1).predict(x)) == {3, 4}


def test_a_choice_that_adds_rows_is_no_classifier():
    with pytest.raises(ValueError, match="'SMOTE'.*VAEOverSampler"):
        Selection(METHODS["SMOTE"], "").fit(*ROWS)
