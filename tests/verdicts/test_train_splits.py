import dataclasses

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from kvae.augmentation.methods import BASELINE, METHODS, Method
from kvae.models import ConditionalVAE
from kvae.training import vaes
from kvae.training.budget import Budget
from kvae.verdicts import train_splits
from kvae.verdicts.splits import make_splits
from kvae.verdicts.train_splits import predict_splits, vae_settings

BUDGET = Budget(folds=2, repeats=1, steps=10, vae_steps=10, batch_size=8)
STREAM = np.random.default_rng(0)
Y = np.append(np.arange(16) % 2, [-1] * 5)
X = STREAM.normal(size=(21, 3)) + 3.0 * np.where(Y < 0, 0.5, Y)[:, None]
SPLITS = make_splits(X, Y, seed=0, budget=BUDGET, scaled=True)
JUDGE = LogisticRegression()
TOLD = Method("told", "normal", "conditional")


def test_each_split_is_predicted_by_every_method_in_order():
    methods = METHODS[BASELINE], METHODS["SMOTE"], METHODS["class weights"]
    done = []
    labels = predict_splits(
        SPLITS, methods, 2, BUDGET, JUDGE, stage_done=lambda: done.append(1)
    )
    assert len(done) == 4
    expected = [len(split.held_out) for split in SPLITS for _ in methods]
    assert [len(each) for each in labels] == expected
    truth = np.concatenate([Y[split.held_out] for split in SPLITS for _ in methods])
    assert (np.concatenate(labels) == truth).mean() > 0.9


def test_a_conditional_vae_is_told_the_class_of_labelled_rows_alone(monkeypatch):
    seen = {}

    def remembered(x, seeds, settings, rows, **arguments):
        seen.update(x=x, rows=rows, **arguments)
        return fit_vaes(x, seeds, settings, rows=rows, **arguments)

    fit_vaes = vaes.fit_vaes
    monkeypatch.setattr(vaes, "fit_vaes", remembered)
    labels = predict_splits(SPLITS, (TOLD,), 2, BUDGET, JUDGE)
    assert seen["cls"] is ConditionalVAE
    for split, rows in zip(SPLITS, seen["rows"], strict=True):
        inputs, known = seen["x"][rows], len(split.labelled.y)
        np.testing.assert_array_equal(inputs[:known, :3], split.labelled.x)
        np.testing.assert_array_equal(inputs[:known, 3:], np.eye(2)[split.labelled.y])
        np.testing.assert_array_equal(inputs[known:, :3], split.unlabelled)
        assert not inputs[known:, 3:].any()
    assert [len(each) for each in labels] == [len(split.held_out) for split in SPLITS]


def test_labels_of_the_rows_held_out_change_nothing():
    changed = [dataclasses.replace(split, test=split.test[::-1]) for split in SPLITS]
    noise = (METHODS["noise"],)
    plain = predict_splits(SPLITS, noise, 2, BUDGET, JUDGE)
    turned = predict_splits(changed, noise, 2, BUDGET, JUDGE)
    for one, other in zip(plain, turned, strict=True):
        np.testing.assert_array_equal(one, other[::-1])


def test_only_what_the_methods_need_is_trained(monkeypatch):
    def refused(*args, **kwargs):
        raise AssertionError

    monkeypatch.setattr(train_splits, "fit_vae_parts", refused)
    monkeypatch.setattr(train_splits, "fit_generative_classifiers", refused)
    assert len(predict_splits(SPLITS, (METHODS["SMOTE"],), 2, BUDGET, JUDGE)) == 2
    with pytest.raises(AssertionError):
        predict_splits(SPLITS, (TOLD,), 2, BUDGET, JUDGE)


def test_settings_fit_the_rows_and_the_budget():
    table = vae_settings(X, dataclasses.replace(BUDGET, latent_dim=3))
    assert (table.beta, table.reconstruction, table.latent_dim) == (1.0, "gaussian", 3)
    assert (table.batch_size, table.steps) == (8, 10)
    images = vae_settings(np.zeros((2, 8, 8, 1)), BUDGET)
    assert (images.beta, images.reconstruction) == (0.2, "bernoulli")
    assert vae_settings(X, dataclasses.replace(BUDGET, beta=0.7)).beta == 0.7
