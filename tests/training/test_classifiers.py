"""Pairing: what a seed fixes, it fixes for every method."""

import dataclasses

import keras
import numpy as np
import pytest

import kvae
from kvae.data.guarded import Rows
from kvae.experiments.protocol import default_settings
from kvae.models import take
from kvae.training import classifiers as training
from kvae.training.classifiers import (
    half_real_indices,
    predict_convnet,
    predict_mlps,
    train_convnet,
    train_convnets,
    train_logistic_regression,
    train_mlps,
)


@pytest.fixture(scope="module")
def digits():
    return kvae.load("digits")


@pytest.fixture
def settings(digits):
    return dataclasses.replace(default_settings(digits), steps=30)


def new_rows(draw, n=20):
    stream = np.random.default_rng(0)
    x = stream.random((n, *draw.rows.x.shape[1:])).astype("float32")
    return Rows(x, np.arange(n) % draw.source.num_classes)


def test_the_real_half_is_the_same_with_and_without_generated_rows():
    alone = half_real_indices(50, 0, batch_size=64, steps=20, seed=3)
    for generated in (7, 500):
        mixed = half_real_indices(50, generated, batch_size=64, steps=20, seed=3)
        np.testing.assert_array_equal(mixed[:, :32], alone[:, :32])
        assert mixed[:, 32:].min() >= 50
        assert mixed[:, 32:].max() < 50 + generated
    other = half_real_indices(50, 0, batch_size=64, steps=20, seed=4)
    assert not np.array_equal(alone, other)


def watch_fit(monkeypatch, cls):
    """Records weights and batches of real rows at every call of fit."""
    seen, fit = [], cls.fit

    def watched(model, data, **kwargs):
        batches = [tuple(map(np.copy, batch)) for batch in data.as_numpy_iterator()]
        seen.append((model.get_weights(), batches))
        return fit(model, data, **kwargs)

    monkeypatch.setattr(cls, "fit", watched)
    return seen


def test_convnets_of_a_seed_start_alike_and_see_the_same_real_rows(
    digits, settings, monkeypatch
):
    seen = watch_fit(monkeypatch, keras.Sequential)
    draw = kvae.few_shot(digits, 5, seed=0)
    for seed, new in (
        (0, None),
        (1, None),
        (0, new_rows(draw)),
        (0, new_rows(draw, 9)),
    ):
        train_convnet(seed, draw.rows, new, 10, settings)
    (first, real), (other, _), *mixed = seen
    for weights, batches in mixed:
        for ours, theirs in zip(weights, first, strict=True):
            np.testing.assert_array_equal(ours, theirs)
        for (x, y), (real_x, real_y) in zip(batches, real, strict=True):
            np.testing.assert_array_equal(x[:32], real_x[:32])
            np.testing.assert_array_equal(y[:32], real_y[:32])
    assert not np.array_equal(other[0], first[0])


def test_mlps_of_a_seed_start_alike_and_see_the_same_real_rows(
    make_source, monkeypatch
):
    source = make_source()
    draw = kvae.few_shot(source, 5, seed=0)
    settings = dataclasses.replace(default_settings(source), steps=20)
    seen = watch_fit(monkeypatch, kvae.models.MLP)
    cells = [(0, draw.rows, None), (1, draw.rows, None), (0, draw.rows, new_rows(draw))]
    model = train_mlps(cells, 2, settings)
    _, batches = seen[0]
    for x, _ in batches:
        np.testing.assert_array_equal(x[0, :16], x[2, :16])
    fresh = kvae.models.MLP(2, seeds=model.seeds)
    fresh.build((3, None, 4))
    for weights in fresh.get_weights()[::2]:  # kernels
        np.testing.assert_array_equal(weights[0], weights[2])
        assert not np.array_equal(weights[0], weights[1])


def test_a_reused_convnet_is_as_good_as_new(digits, settings):
    # The traced model is reset for every cell: nothing of the one before remains.
    draw = kvae.few_shot(digits, 5, seed=0)
    training._compiled_convnet.cache_clear()
    fresh, _ = train_convnet(0, draw.rows, None, 10, settings)
    train_convnet(7, draw.rows, new_rows(draw), 10, settings)
    again, seconds = train_convnet(0, draw.rows, None, 10, settings)
    for ours, theirs in zip(again, fresh, strict=True):
        np.testing.assert_array_equal(ours, theirs)
    assert seconds > 0


def test_each_mlp_comes_back_from_where_its_validation_loss_was_lowest(make_source):
    # Labels without any structure: whoever trains longer only fits noise.
    stream = np.random.default_rng(0)
    real = Rows(
        stream.normal(size=(30, 4)).astype("float32"), stream.integers(2, size=30)
    )
    validation = Rows(
        stream.normal(size=(200, 4)).astype("float32"), stream.integers(2, size=200)
    )
    settings = dataclasses.replace(
        default_settings(make_source()), steps=1000, learning_rate=0.01
    )
    cells = [(seed, real, None) for seed in range(3)]

    def losses(model):
        x = np.broadcast_to(validation.x, (3, 200, 4))
        y = np.broadcast_to(validation.y, (3, 200))
        return model.compute_losses(x, y)[1].numpy()

    stopped = train_mlps(cells, 2, settings, validation)
    last = train_mlps(cells, 2, settings)
    # Every 50 steps is looked at: the run of that length is among the candidates.
    early = train_mlps(cells, 2, dataclasses.replace(settings, steps=50))
    assert (losses(stopped) <= losses(early) + 1e-6).all()
    assert (losses(stopped) < losses(last) - 0.1).all()


def test_early_stopping_of_a_replica_does_not_depend_on_the_others(make_source):
    source = make_source()
    draws = [kvae.few_shot(source, 5, seed) for seed in (0, 1)]
    settings = dataclasses.replace(default_settings(source), steps=300)
    cells = [(seed, draw.rows, None) for seed, draw in enumerate(draws)]
    validation = source.train.take(np.arange(0, 40, 3))
    stack = train_mlps(cells, 2, settings, validation)
    alone = train_mlps(cells[1:], 2, settings, validation)
    for ours, theirs in zip(stack.get_weights(), alone.get_weights(), strict=True):
        np.testing.assert_allclose(ours[1], theirs[0], atol=1e-5)


def test_a_replica_of_the_stack_equals_an_mlp_alone(make_source):
    source = make_source()
    draws = [kvae.few_shot(source, 5, seed) for seed in (0, 1)]
    settings = dataclasses.replace(default_settings(source), steps=50)
    cells = [(0, draws[0].rows, None), (1, draws[1].rows, new_rows(draws[1]))]
    both = train_mlps(cells, 2, settings)
    alone = take(train_mlps(cells[1:], 2, settings), 0)
    for ours, theirs in zip(take(both, 1).weights, alone.weights, strict=True):
        np.testing.assert_allclose(ours, theirs, atol=1e-5)
    labels = predict_mlps(both, source.train.x)
    expected = np.argmax(alone(source.train.x), -1)
    np.testing.assert_array_equal(labels[1], expected)


def test_the_number_of_jobs_changes_nothing(digits, settings):
    draws = [kvae.few_shot(digits, 5, seed) for seed in (0, 1)]
    cells = [(seed, draw.rows, None) for seed, draw in enumerate(draws)]
    one, two = (
        {i: weights for i, weights, _ in train_convnets(cells, 10, settings, jobs)}
        for jobs in (1, 2)
    )
    for i in range(2):
        for ours, theirs in zip(one[i], two[i], strict=True):
            np.testing.assert_array_equal(ours, theirs)
    assert not np.array_equal(one[0][0], one[1][0])


def test_real_and_generated_rows_weigh_alike_in_logistic_regression(make_source):
    draw = kvae.few_shot(make_source(), 5, seed=0)
    twice = draw.rows + draw.rows
    alone = train_logistic_regression(0, draw.rows, None)
    same = train_logistic_regression(0, draw.rows, twice)
    # 10 real rows of weight 1 and 20 copies of weight 1/2: every row counts double.
    doubled = alone.__class__(max_iter=1000).fit(
        *draw.rows, sample_weight=np.full(10, 2.0)
    )
    np.testing.assert_allclose(same.coef_, doubled.coef_, atol=1e-3)


def test_the_convnet_learns_what_can_be_learned(digits):
    settings = dataclasses.replace(default_settings(digits), steps=150)
    draw = kvae.few_shot(digits, 20, seed=0)
    weights, _ = train_convnet(0, draw.rows, None, 10, settings)
    rows = digits.train.take(draw.unlabelled)
    assert (predict_convnet(weights, rows.x, 10) == rows.y).mean() > 0.8
