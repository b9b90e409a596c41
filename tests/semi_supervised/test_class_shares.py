import numpy as np
import pytest
from sklearn.ensemble import RandomForestClassifier
from sklearn.svm import LinearSVC

from kvae.semi_supervised import ClassShares
from kvae.semi_supervised.class_shares import estimated_shares


def gaussian_rows(sizes, seed=0, apart=2.0):
    y = np.repeat(np.arange(len(sizes)), sizes)
    noise = np.random.default_rng(seed).normal(size=(len(y), 2))
    return noise + apart * y[:, None] / np.sqrt(2), y


def test_shares_of_unlabelled_rows_are_found():
    x, y = gaussian_rows([300, 300])
    more, true = gaussian_rows([900, 100], seed=1)
    rows = np.concatenate([x, more]), np.append(y, np.full(1000, -1))
    model = ClassShares().fit(*rows)
    assert model.class_shares_[0] == pytest.approx(0.9, abs=0.04)
    plain = ClassShares().fit(x, y)
    assert plain.class_shares_.tolist() == [0.5, 0.5]
    assert model.score(more, true) > plain.score(more, true) + 0.04


def test_even_classes_stay_even():
    x, y = gaussian_rows([300, 300])
    more, _ = gaussian_rows([500, 500], seed=1)
    rows = np.concatenate([x, more]), np.append(y, np.full(1000, -1))
    assert ClassShares().fit(*rows).class_shares_[0] == pytest.approx(0.5, abs=0.05)


def test_pseudo_rows_keep_a_class_alive():
    sure = np.tile([1.0, 0.0], (50, 1))
    half = np.array([0.5, 0.5])
    assert estimated_shares(sure, half, 0.0)[1] == 0
    assert estimated_shares(sure, half, 1.0)[1] == pytest.approx(1 / 52, abs=1e-3)


def test_members_have_seeds_of_their_own():
    x, y = gaussian_rows([20, 20], apart=0.5)
    model = ClassShares(RandomForestClassifier(5), n_estimators=2).fit(x, y)
    first, second = (member.predict_proba(x) for member in model.model_)
    assert (first != second).any()


def test_bad_arguments_are_refused():
    x, y = gaussian_rows([5, 5])
    with pytest.raises(ValueError, match="predict_proba"):
        ClassShares(LinearSVC()).fit(x, y)
    with pytest.raises(ValueError, match="n_estimators"):
        ClassShares(n_estimators=0).fit(x, y)
