import numpy as np
import pytest

import kvae
from kvae.data.labels import stratified_folds
from kvae.training.generative_classifiers import (
    EarlyCheckpoint,
    _threshold,
    early_reconstructions,
    fit_generative_classifier,
    fit_generative_classifiers,
    noisy_rows,
)


def test_noise_is_in_units_of_each_column():
    stream = np.random.default_rng(0)
    x = stream.normal(size=(5000, 2)) * [1.0, 100.0]
    step = noisy_rows(x, seed=3, noise=2.0) - x
    np.testing.assert_allclose(step.std(axis=0), [2.0, 200.0], rtol=0.05)
    images = noisy_rows(
        np.full((9, 2, 2, 1), 0.5) + np.eye(9)[:, :4].reshape(9, 2, 2, 1)
    )
    assert images.min() == 0 and images.max() == 1
    assert noisy_rows(x, seed=3).tolist() == noisy_rows(x, seed=3).tolist()
    assert noisy_rows(x, seed=3).tolist() != noisy_rows(x, seed=4).tolist()


def test_the_threshold_lets_the_share_pass_and_is_the_largest():
    score = np.array([0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.2, 0.1, 0.05])
    threshold = _threshold(score, 0.9)
    assert threshold == 0.1
    assert (score >= threshold).mean() == 0.9
    # Two of ten are not even the arg max: none of the thresholds lets 90 % pass.
    assert _threshold(np.where(score < 0.15, -np.inf, score), 0.9) == 0.0
    assert _threshold(np.array([]), 0.9) == 0.0


def test_folds_are_stratified_and_leave_no_class_without_rows():
    y = np.repeat([0, 1, 2], [10, 3, 1])
    fold = stratified_folds(y, 5, seed=0)
    assert np.bincount(fold[y == 0]).tolist() == [2] * 5
    assert sorted(fold[y == 1]) == [0, 1, 2]
    assert fold[y == 2].tolist() == [-1]


def test_most_originals_pass_and_noise_does_not(table_rows):
    x, y = table_rows
    judge = fit_generative_classifier(
        x,
        y,
        noisy_rows(np.tile(x, (2, 1)), noise=8.0),
        num_classes=2,
        steps=500,
        seed=1,
    )
    assert 0 < float(judge.threshold) < 1
    _, _, accepted = judge.judge(x, y)
    assert np.mean(np.asarray(accepted)) > 0.8
    fresh = noisy_rows(x, seed=9, noise=8.0)
    assert np.mean(np.asarray(judge.judge(fresh)[2])) < 0.5
    assert np.mean(np.asarray(judge.judge(x, 1 - y)[2])) < 0.05


def test_a_cell_is_the_same_in_any_company(table_rows):
    x, y = table_rows
    cells = [(x, y, noisy_rows(x, s)) for s in range(2)]
    both = fit_generative_classifiers(cells, 2, seeds=[0, 1], steps=50)
    (alone,) = fit_generative_classifiers(cells[1:], 2, seeds=[1], steps=50)
    np.testing.assert_allclose(both[1](x), alone(x), atol=1e-4)
    assert float(both[1].threshold) == pytest.approx(float(alone.threshold), abs=1e-4)
    assert np.abs(both[0](x) - both[1](x)).max() > 1e-3


def test_a_cell_of_images_is_the_same_in_any_company():
    # One traced convnet trains them all: nothing of the one before remains.
    stream = np.random.default_rng(0)
    x, bad = stream.random((2, 8, 8, 8, 1)).astype("float32")
    cells = [(x, np.arange(8) % 2, bad), (bad, np.arange(8) % 2, x)]
    both = fit_generative_classifiers(cells, 2, seeds=[0, 1], steps=5, folds=2)
    (alone,) = fit_generative_classifiers(cells[1:], 2, seeds=[1], steps=5, folds=2)
    np.testing.assert_array_equal(both[1](x), alone(x))
    assert float(both[1].threshold) == float(alone.threshold)
    assert np.abs(both[0](x) - both[1](x)).max() > 1e-3


def test_one_row_per_class_gives_no_threshold():
    x, y = np.eye(2, 3), np.arange(2)
    judge = fit_generative_classifier(
        x, y, noisy_rows(x, noise=3.0), num_classes=2, steps=20
    )
    assert float(judge.threshold) == 0.0


def test_images_are_judged_by_a_convnet_and_early_reconstructions():
    digits = kvae.load("digits")
    draw = kvae.few_shot(digits, shots=3, seed=0)
    vae = kvae.BetaVAE(kvae.DenseEncoder(8), kvae.DenseDecoder((8, 8, 1)), beta=0.2)
    vae.compile("adam", steps_per_execution=10)
    early = EarlyCheckpoint(steps=15)
    vae.fit(kvae.batches(digits.train.x, steps=60), verbose=0, callbacks=[early])
    x, y = draw.rows
    bad = early_reconstructions(early.model_then, x)
    late = early_reconstructions(vae, x)
    assert ((late - x) ** 2).mean() < ((bad - x) ** 2).mean()
    judge = fit_generative_classifier(x, y, bad, num_classes=10, steps=300, folds=2)
    assert np.mean(np.asarray(judge.judge(x, y)[2])) > 0.5
    # Bad is the early VAE's handwriting, whatever it wrote.
    others = early_reconstructions(early.model_then, digits.train.x[:50])
    assert np.mean(np.asarray(judge.judge(others)[2])) < 0.2


def test_refuses_unlabelled_rows_and_bad_rows_of_another_shape(table_rows):
    x, y = table_rows
    with pytest.raises(ValueError, match="labelled rows"):
        fit_generative_classifier(x, [None] * len(y), x, num_classes=2)
    with pytest.raises(ValueError, match="of the same shape"):
        fit_generative_classifier(x, y, x[:, :2], num_classes=2)
    with pytest.raises(ValueError, match="of the same shape"):
        fit_generative_classifier(x, y, x[:0], num_classes=2)
    with pytest.raises(ValueError, match="2 stands for bad rows. Received: 2"):
        fit_generative_classifier(x, y + 1, x, num_classes=2)
    with pytest.raises(ValueError, match="pass_rate"):
        fit_generative_classifier(x, y, x, num_classes=2, pass_rate=0)
    with pytest.raises(ValueError, match="as many steps as EarlyCheckpoint"):
        early_reconstructions(EarlyCheckpoint(5).model_then, x)
