import numpy as np
import pandas as pd
import pytest

from kvae.augmentation.methods import Method
from kvae.data.batches import batches
from kvae.training.budget import Budget
from kvae.training.vaes import VAESettings
from kvae.tuning import compare_elbo, compare_scores
from kvae.tuning.comparison import as_sentence

STREAM = np.random.default_rng(0)
X = (STREAM.normal(size=(80, 2)) @ STREAM.normal(size=(2, 4))).astype("float32")
SETTINGS = VAESettings(2, 0.5, (8,), "gaussian", 16, steps=10, learning_rate=0.03)
SLOW = VAESettings(2, 0.5, (8,), "gaussian", 16, steps=10, learning_rate=1e-5)
Y = np.arange(80) % 2
ROWS = (STREAM.normal(size=(80, 3)) + 2.0 * Y[:, None]).astype("float32")
HELD_OUT = np.arange(40, 80)
DRAWS = [np.arange(12), np.arange(8, 20)]
BUDGET = Budget(repeats=1, steps=20, vae_steps=20, batch_size=8)


def sentence(difference, low, high, **arguments):
    row = {
        "difference": difference,
        "difference_low": low,
        "difference_high": high,
    }
    return as_sentence(pd.DataFrame({"winner": row}).T, "nats per row", **arguments)


def test_the_sentence_says_better_worse_or_as_good():
    better = sentence(0.2, 0.1, 0.3)
    assert better.startswith("The winner is better than the default: +0.200 [+0.100")
    worse = sentence(-0.2, -0.3, -0.1)
    assert worse.startswith("The winner is worse than the default: -0.200")
    assert worse.endswith("Keep the default.")
    for low, high in ((-0.1, 0.3), (0.0, 0.3), (-0.3, 0.0)):
        assert sentence(0.0, low, high).startswith("The default is as good")
    assert sentence(0.0, 0.0, 0.0, same=True) == "The winner is the default itself."


def test_each_seed_has_its_elbo_alone_and_a_vae_that_hardly_learns_is_worse():
    trials = {"default": (SETTINGS, {}), "winner": (SLOW, {})}
    table = compare_elbo(trials, X[:60], X[60:], seeds=(1000, 1001))
    assert table.index.tolist() == ["default", "winner"]
    assert table["runs"].eq(2).all()
    assert table.loc["winner", "difference"] < 0
    alone = []
    for seed in (1000, 1001):
        vae = SETTINGS.build((4,), seed)
        vae.run_eagerly = True  # a few steps: tracing them takes longer
        data = batches(X[:60], batch_size=16, steps=10, seeds=seed)
        vae.fit(data, verbose=0, shuffle=False)
        alone.append(vae.evaluate(X[60:], verbose=0, return_dict=True)["elbo"])
    assert table.loc["default", "mean"] == pytest.approx(np.mean(alone), abs=1e-3)


def test_convolutions_are_trained_seed_by_seed():
    conv = VAESettings(2, 0.2, (), "bernoulli", 8, steps=2, filters=(4,))
    images = STREAM.random((12, 4, 4, 1)).astype("float32")
    trials = {"default": (conv, {})}
    table = compare_elbo(trials, images[:8], images[8:], seeds=(1000, 1001))
    assert table.loc["default", "runs"] == 2
    assert table.loc["default", "mean"] < 0


def scores(y=Y, draws=DRAWS, winner=None):
    default = Method("real rows only")
    trials = {
        "default": (default, BUDGET),
        "winner": (winner or Method("noise", rival="input noise"), BUDGET),
    }
    seeds = range(1000, 1000 + len(draws))
    return compare_scores(trials, ROWS, y, HELD_OUT, draws, seeds)


def test_the_same_method_twice_makes_no_difference():
    table = scores(winner=Method("real rows only"))
    assert table.loc["winner", "difference"] == 0.0
    assert table.loc["winner", "runs"] == len(HELD_OUT)
    assert as_sentence(table, "of weighted F1").startswith("The default is as good")


def test_only_the_rows_held_out_judge_and_only_the_drawn_ones_are_learned():
    plain = scores()
    assert plain.loc["default", "mean"] > 0.7
    # Labels of rows that were neither drawn nor held out make no difference.
    other = np.setdiff1d(np.arange(40), np.concatenate(DRAWS))
    changed = Y.copy()
    changed[other] = 1 - Y[other]
    pd.testing.assert_frame_equal(scores(changed), plain)
    # Were the held-out ones learned, they would be told as they are.
    turned = Y.copy()
    turned[HELD_OUT] = 1 - Y[HELD_OUT]
    assert scores(turned).loc["default", "mean"] < 0.3


def test_every_seed_has_its_draw():
    with pytest.raises(ValueError, match="zip"):
        compare_scores(
            {"default": (Method("real rows only"), BUDGET)},
            ROWS,
            Y,
            HELD_OUT,
            DRAWS,
            seeds=(1000,),
        )
