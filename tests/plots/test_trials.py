import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest

from kvae.plots import plot_trials


@pytest.fixture
def axes():
    figure, axes = plt.subplots(1, 3)
    yield list(axes)
    plt.close(figure)


def table():
    return pd.DataFrame(
        {
            "trial": ["2", "0", "1", "3"],
            "score": [0.9, 0.8, 0.7, None],
            "sampler": ["noise", "normal", "noise", "normal"],
            "learning_rate": [1e-4, 1e-2, 1e-3, 1e-3],
            "k": [np.nan, 3, 5, 7],
            "filtered": [True, False, True, True],
            "failure": [None, None, None, "ValueError: no"],
        },
        index=[2, 0, 1, 3],
    )


def points(line):
    return sorted(zip(line.get_xdata(), line.get_ydata(), strict=True))


def test_every_trial_with_a_score_is_a_point_and_the_best_a_star(axes):
    assert plot_trials(table(), ["learning_rate"], axes[:1], "F1") == axes[:1]
    dots, star = axes[0].lines
    assert points(dots) == [(1e-4, 0.9), (1e-3, 0.7), (1e-2, 0.8)]
    assert points(star) == [(1e-4, 0.9)]
    assert axes[0].get_xscale() == "log"
    assert (axes[0].get_xlabel(), axes[0].get_ylabel()) == ("learning_rate", "F1")


def test_words_and_yes_or_no_get_a_place_each(axes):
    plot_trials(table(), ["sampler", "filtered"], axes[:2])
    for ax, words in zip(axes, (["noise", "normal"], ["False", "True"]), strict=False):
        assert [text.get_text() for text in ax.get_xticklabels()] == words
        assert {x for x, _ in points(ax.lines[0])} == {0.0, 1.0}
        assert ax.get_xscale() == "linear"
    assert points(axes[0].lines[1]) == [(0.0, 0.9)]
    assert points(axes[1].lines[1]) == [(1.0, 0.9)]


def test_a_trial_without_the_hyperparameter_is_no_point_and_no_star(axes):
    plot_trials(table(), ["k"], axes[:1])
    (dots,) = axes[0].lines
    assert points(dots) == [(3, 0.8), (5, 0.7)]
    assert axes[0].get_xscale() == "linear"


def test_a_number_that_is_zero_stays_on_a_linear_scale(axes):
    plot_trials(table().assign(k=[0, 1000, 1, 2]), ["k"], axes[:1])
    assert axes[0].get_xscale() == "linear"


def test_as_many_axes_as_names_are_expected(axes):
    with pytest.raises(ValueError, match="zip"):
        plot_trials(table(), ["k"], axes)
