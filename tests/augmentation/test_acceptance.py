import numpy as np
import pytest

from kvae.augmentation.generate import generate
from kvae.models import MultiVAE
from kvae.warning_classes import TooFewRowsWarning


class Judge:
    """Accepts rows whose first attribute is above a bound; never those of class 1."""

    num_classes = 2

    def __init__(self, bound=0.0, never=()):
        self.bound, self.never = bound, never

    def judge(self, x, label=None):
        if label is None:
            label = (x[:, 1] > np.median(x[:, 1])).astype("int64")
        accepted = (x[:, 0] > self.bound) & ~np.isin(label, self.never)
        return np.asarray(label), x[:, 0].astype("float32"), accepted


@pytest.fixture
def around_zero(make_vae):
    """A VAE, and rows on whose first attribute draws scatter around 0."""
    vae = make_vae()
    stream = np.random.default_rng(0)
    return vae, stream.normal(size=(20, 4)).astype("float32"), np.arange(20) % 2


def test_keeps_what_is_accepted_and_draws_again(around_zero):
    plain = generate(*around_zero, "noise", n=30)
    bound = float(np.median(plain.x[:, 0]))
    new = generate(
        *around_zero, "noise", n=30, generative_classifier=Judge(bound), redraws=50
    )
    assert np.bincount(new.y).tolist() == [30, 30]
    assert (new.y[:-1] <= new.y[1:]).all()
    assert (new.x[:, 0] > bound).all()
    np.testing.assert_allclose(new.provenance["score"], new.x[:, 0], rtol=1e-6)
    assert new.provenance["parent"].notna().all()
    table = new.acceptance
    assert table["asked"].tolist() == [30, 30]
    assert (table["drawn"] > 30).all()
    np.testing.assert_allclose(table["rate"], table["accepted"] / table["drawn"])


def test_a_judge_that_accepts_all_changes_nothing(around_zero):
    plain = generate(*around_zero, "noise", n=7, seed=3)
    new = generate(
        *around_zero, "noise", n=7, seed=3, generative_classifier=Judge(-np.inf)
    )
    np.testing.assert_array_equal(plain.x, new.x)
    assert plain.acceptance is None
    assert new.acceptance["rate"].tolist() == [1, 1]


def test_a_class_that_cannot_be_filled_is_named_and_comes_short(around_zero):
    judge = Judge(-np.inf, never=(1,))
    with pytest.warns(TooFewRowsWarning, match="class 1: 5 of 5 missing, 0 of 20"):
        new = generate(
            *around_zero, "noise", n=5, generative_classifier=judge, redraws=3
        )
    assert np.bincount(new.y, minlength=2).tolist() == [5, 0]
    assert new.acceptance.loc[1, "rate"] == 0


def test_names_draws_from_the_prior_of_a_single_vae(around_zero):
    with pytest.raises(ValueError, match="pass a generative_classifier"):
        generate(*around_zero, "normal", n=5)
    vae, x, y = around_zero
    new = generate(
        vae, x, y, "normal", n=5, generative_classifier=Judge(-np.inf), redraws=0
    )
    assert np.bincount(new.y).tolist() == [5, 5]
    low, high = new.x[:5, 1], new.x[5:, 1]
    assert low.max() <= high.min()
    assert new.provenance["parent"].isna().all()


def test_works_with_a_multi_vae_and_with_none_wanted(make_vae, around_zero):
    _, x, y = around_zero
    vae = make_vae(seeds=(0, 1), cls=MultiVAE)
    new = generate(
        vae, x, y, "normal", n=4, generative_classifier=Judge(-np.inf), redraws=50
    )
    assert new.provenance["replica"].tolist() == [0] * 4 + [1] * 4
    none = generate(vae, x, y, "normal", n=0, generative_classifier=Judge())
    assert len(none) == 0


def test_a_class_that_the_judge_does_not_know_is_no_bad_row(around_zero):
    vae, x, y = around_zero
    with pytest.raises(ValueError, match="knows classes 0 to 1. Received: .* class 2"):
        generate(vae, x, y + 1, "noise", n=2, generative_classifier=Judge())
